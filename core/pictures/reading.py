"""Images looked at once each: decoded ahead of time, in order, by several threads.

Memory is bounded: at most `_AHEAD` batches of pixels are held, whatever the number of images.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from core.images import Seen
from core.network.transforms import Transform
from core.pictures.colors import to_array
from core.pictures.decoding import DECODER, Decoded, ImageProblem, Scale, decoding
from core.pictures.resizing import Pixels
from core.pictures.thumbnails import PREVIEW_SIDE, draw_pictures

CHANGED = "changed while it was being read: scan again"
_AHEAD = 3
_PREVIEW_SHARPNESS = 2
"""Pixels that are kept while decoding for each pixel of a preview's side."""

Item = TypeVar("Item")
Read = Callable[[str], bytes]
"""Gives an image's bytes, which hash to its id, or raises ImageProblem."""


@dataclass(frozen=True, slots=True)
class Look:
    """What decoding one image gave: what was seen of it and, without a problem, its pixels."""

    id: str
    seen: Seen
    pixels: Pixels | None = None


def look(image_id: str, read: Read, transform: Transform | None) -> Look:
    """Decode one image, once, for its two pictures and, with a transform, for the network."""
    try:
        with decoding(read(image_id), scale_for(transform)) as decoded:
            made = _draw(image_id, decoded, transform)
            del decoded  # while room is still held for its pixels
        return made
    except ImageProblem as problem:
        return refuse(image_id, problem)


def refuse(image_id: str, problem: ImageProblem) -> Look:
    """What is told of an image that cannot be used."""
    return Look(image_id, Seen(0, 0, str(problem), decoder=problem.judge))


def _draw(image_id: str, decoded: Decoded, transform: Transform | None) -> Look:
    width, height = decoded.width, decoded.height
    try:
        pixels = to_array(decoded.image)  # (h, w, 3)
        thumbnail, preview = draw_pictures(pixels, longer=max(width, height))
        cut = None if transform is None else transform.cut(pixels)
    except MemoryError:
        size = f"{width} x {height}"
        return Look(image_id, Seen(0, 0, f"too large for this machine's memory: {size}"))
    return Look(image_id, Seen(width, height, None, thumbnail, DECODER, preview), cut)


def scale_for(transform: Transform | None) -> Scale:
    """How far an image may shrink while it is decoded: neither network nor preview may notice."""

    def scale(*sides: int) -> float:
        for_preview = _PREVIEW_SHARPNESS * PREVIEW_SIDE / max(sides)
        if transform is None:
            return for_preview
        return max(for_preview, transform.least_scale(min(sides)))

    return scale


def look_ahead(
    ids: Iterable[str],
    read: Read,
    transform: Transform | None,
    *,
    batch_size: int,
    workers: int,
) -> Iterator[list[Look]]:
    """Batches of decoded images, in order, decoded by `workers` threads while others are used."""
    remaining = iter(ids)
    pending: deque[list[Future[Look]]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="decode") as pool:
        try:
            while True:
                while len(pending) < _AHEAD and (some := list(islice(remaining, batch_size))):
                    pending.append([pool.submit(look, i, read, transform) for i in some])
                if not pending:
                    return
                yield [future.result() for future in pending.popleft()]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def write_behind(items: Iterable[Item], write: Callable[[Item], None]) -> Iterator[Item]:
    """Each item once it is written, written in a thread while the next one is being made.

    Raises:
        Exception: what `write` raised; the items before were written.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="write") as pool:
        writing: tuple[Item, Future[None]] | None = None
        for item in items:
            # Handed over before the last one is given away: who stops there loses nothing.
            before, writing = writing, (item, pool.submit(write, item))
            if before is not None:
                before[1].result()
                yield before[0]
        if writing is not None:
            writing[1].result()
            yield writing[0]
