"""Images looked at once each, as `reading` does it, but JPEGs are decoded and scaled by a device.

Threads read files and look at their heads, one thread drives the device, threads write pictures.
What is no plain JPEG, and what the device cannot do, goes the way of every image on a CPU: so
which way one goes follows from the image, and never from how long something took. Only where the
device's memory does not hold even this image alone, memory decides.
"""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from itertools import islice

import torch

from core.images import Seen
from core.network.transforms import Transform
from core.pictures.decoding import DECODER, ImageProblem
from core.pictures.device_decoding import decode_jpegs, require_decoder
from core.pictures.device_drawing import Drawn, Plan, draw, plan_drawing
from core.pictures.plain_jpegs import find_plain
from core.pictures.reading import Look, Read, look, refuse, scale_for
from core.pictures.thumbnails import encode_picture

_AT_ONCE = 32
_AHEAD = 3
"""So many times `_AT_ONCE` files are held in memory."""
_PIXELS_AT_ONCE = 1 << 26
"""That the device holds decoded, unless one image alone has more: 200 MB."""


@dataclass(frozen=True, slots=True)
class DeviceLook:
    """Like a Look of an image without a problem, its pixels (size, size, 3) on the device."""

    id: str
    seen: Seen
    pixels: torch.Tensor


@dataclass(frozen=True, slots=True)
class _Planned:
    """An image that waits for the device."""

    id: str
    plan: Plan


def look_ahead_on_device(
    ids: Iterable[str],
    read: Read,
    transform: Transform,
    *,
    device: str,
    batch_size: int,
    workers: int,
) -> Iterator[list[Look | DeviceLook]]:
    """Batches of decoded images, in order, as `look_ahead` gives them.

    Raises:
        CoreError: the device decodes no JPEGs at all.
        RuntimeError: the device has failed for good.
    """
    require_decoder(device)
    at_once = min(batch_size, _AT_ONCE)
    looks = _look_ahead(ids, _Reading(read, transform, device), at_once, workers)
    with closing(looks):
        while batch := list(islice(looks, batch_size)):
            yield batch


def _look_ahead(
    ids: Iterable[str], reading: "_Reading", at_once: int, workers: int
) -> Generator[Look | DeviceLook]:
    remaining = iter(ids)
    pending: deque[Future[list[Future[Look | DeviceLook]]]] = deque()
    with (
        ThreadPoolExecutor(workers, thread_name_prefix="decode") as pool,
        ThreadPoolExecutor(1, thread_name_prefix="device") as driver,
    ):
        try:
            while True:
                while len(pending) < _AHEAD and (some := list(islice(remaining, at_once))):
                    prepared = [pool.submit(reading.prepare, one) for one in some]
                    pending.append(driver.submit(reading.finish, prepared, pool))
                if not pending:
                    return
                for future in pending.popleft().result():
                    yield future.result()
        finally:
            driver.shutdown(wait=True, cancel_futures=True)  # first: it waits for the others
            pool.shutdown(wait=True, cancel_futures=True)


class _Reading:
    """What the threads do: `prepare` and `_write` by many, `finish` by the one of the device."""

    def __init__(self, read: Read, transform: Transform, device: str) -> None:
        self._read = read
        self._transform = transform
        self._device = device
        # Of its own: decoding need not wait for the network.
        self._stream = torch.cuda.Stream() if device == "cuda" else None  # type: ignore[no-untyped-call]

    def prepare(self, image_id: str) -> Look | _Planned:
        """Read a file and plan what the device makes of it, or look at it here."""
        try:
            data = self._read(image_id)
        except ImageProblem as problem:
            return refuse(image_id, problem)
        jpeg = find_plain(data, scale_for(self._transform))
        if jpeg is not None:
            plan = plan_drawing(jpeg, self._transform)
            if plan.is_within_reach:
                return _Planned(image_id, plan)
        return self._look_here(image_id, data)

    def finish(
        self, prepared: Sequence[Future[Look | _Planned]], pool: ThreadPoolExecutor
    ) -> list[Future[Look | DeviceLook]]:
        """Let the device draw what waits for it, and the pool do the rest."""
        found = [one.result() for one in prepared]
        plans = [one.plan for one in found if isinstance(one, _Planned)]
        with self._on_its_stream():
            drawn = iter([one for some in _group(plans) for one in self._draw(some)])
        return [
            pool.submit(self._write, one, next(drawn)) if isinstance(one, _Planned) else _done(one)
            for one in found
        ]

    def _on_its_stream(self) -> AbstractContextManager[object]:
        return nullcontext() if self._stream is None else torch.cuda.stream(self._stream)

    def _draw(self, plans: Sequence[Plan]) -> list[Drawn | None]:
        """None for what the device cannot do: tried again one by one, since nobody says which."""
        try:
            return [*draw(plans, decode_jpegs([plan.jpeg for plan in plans], self._device))]
        except (RuntimeError, MemoryError):
            pass  # whose trace would keep the pixels, while it is handled
        if self._device == "cuda":
            torch.cuda.empty_cache()
        if len(plans) == 1:
            return [None]
        return [one for plan in plans for one in self._draw([plan])]

    def _write(self, planned: _Planned, drawn: Drawn | None) -> Look | DeviceLook:
        jpeg = planned.plan.jpeg
        if drawn is None:
            return self._look_here(planned.id, jpeg.data)
        *preview, thumbnail = map(encode_picture, drawn.pictures)
        seen = Seen(*jpeg.upright_size, None, thumbnail, DECODER, *preview)
        return DeviceLook(planned.id, seen, drawn.square)

    def _look_here(self, image_id: str, data: bytes) -> Look:
        return look(image_id, lambda _: data, self._transform)


def _group(plans: Sequence[Plan]) -> Iterator[list[Plan]]:
    """Neighbours whose pixels the device holds at once."""
    group: list[Plan] = []
    held = 0
    for plan in plans:
        pixels = plan.jpeg.width * plan.jpeg.height
        if group and held + pixels > _PIXELS_AT_ONCE:
            yield group
            group, held = [], 0
        group.append(plan)
        held += pixels
    if group:
        yield group


def _done(look_of_it: Look) -> Future[Look | DeviceLook]:
    future: Future[Look | DeviceLook] = Future()
    future.set_result(look_of_it)
    return future
