"""Images looked at once each: decoded ahead of time, in order, by several threads.

Memory is bounded: at most `_AHEAD` batches of pixels are held, whatever the number of images.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from core.cache import Seen
from core.decoding import DECODER, ImageProblem, decode, thumbnail
from core.images import identify
from core.transforms import Transform

CHANGED = "changed while it was being read: scan again"
THUMBNAIL_SIDE = 128
_AHEAD = 3

Read = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Look:
    """What decoding one image gave: what was seen of it and, without a problem, its pixels."""

    id: str
    seen: Seen
    pixels: NDArray[np.uint8] | None = None


def look(image_id: str, read: Read, transform: Transform | None) -> Look:
    """Decode one image, once, for its thumbnail and, with a transform, for the network."""
    try:
        data = read(image_id)
        if identify(data) != image_id:
            raise ImageProblem(CHANGED)
    except ImageProblem as problem:
        return Look(image_id, Seen(0, 0, str(problem)))  # of the moment: no decoder has judged
    try:
        image = decode(data)
    except ImageProblem as problem:
        return Look(image_id, Seen(0, 0, str(problem), decoder=DECODER))
    small = thumbnail(image, side=THUMBNAIL_SIDE)
    seen = Seen(image.width, image.height, None, small, DECODER)
    return Look(image_id, seen, None if transform is None else transform.cut(image))


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
