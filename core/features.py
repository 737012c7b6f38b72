"""From image ids to features, in batches: reading and decoding overlap with the network.

Memory is bounded by the batch: at most `_AHEAD` batches of pixels are held, whatever the number
of images.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray

from core.cache import Seen
from core.decoding import DECODER, ImageProblem, decode, thumbnail
from core.device import Device
from core.errors import CoreError
from core.images import identify
from core.transforms import Transform
from core.vgg import FeatureNetwork

CODE_VERSION = 1
"""Raised whenever a change here or in the transforms alters what comes out."""

THUMBNAIL_SIDE = 128
_AHEAD = 3

Read = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Look:
    """What decoding one image gave: what was seen of it and, without a problem, its pixels."""

    id: str
    seen: Seen
    pixels: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Features of shape (n_features,) for each readable image, and what was seen of them all."""

    features: dict[str, NDArray[np.floating]]
    seen: dict[str, Seen]


def look(image_id: str, read: Read, transform: Transform | None) -> Look:
    """Decode one image, once, for its thumbnail and, with a transform, for the network."""
    try:
        data = read(image_id)
        if identify(data) != image_id:
            raise ImageProblem("changed while it was being read: scan again")
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


class Extractor:
    """A network on its device, with the transform that feeds it."""

    def __init__(self, network: FeatureNetwork, transform: Transform, device: Device) -> None:
        self.transform = transform
        self.device = device
        self.network = network.to(device.kind, device.dtype)
        self.network.to(memory_format=torch.channels_last)

    def extract(
        self, ids: Sequence[str], read: Read, *, batch_size: int, workers: int
    ) -> Iterator[Batch]:
        """Features of the images, batch by batch, in the order of `ids`.

        Args:
            ids: the images; their bytes must hash to them.
            read: gives an image's bytes, or raises ImageProblem.
            batch_size: how many images go through the network at once.
            workers: how many threads read and decode.

        Raises:
            CoreError: the network gives values that are not finite.
        """
        looks = look_ahead(ids, read, self.transform, batch_size=batch_size, workers=workers)
        for batch in looks:
            seen = {one.id: one.seen for one in batch}
            usable = {one.id: one.pixels for one in batch if one.pixels is not None}
            if not usable:
                yield Batch({}, seen)
                continue
            features = self._encode(list(usable.values()))
            yield Batch(dict(zip(usable, features, strict=True)), seen)

    @torch.inference_mode()
    def _encode(self, squares: Sequence[NDArray[np.uint8]]) -> NDArray[np.floating]:
        batch = torch.from_numpy(np.stack(squares)).to(self.device.kind)  # (n, size, size, 3)
        images = self.transform.to_input(batch).to(self.device.dtype)  # (n, 3, size, size)
        features = self.network(images).float().cpu().numpy()  # (n, n_features)
        stored: NDArray[np.floating] = features.astype(stored_dtype(self.device.precision))
        if not np.isfinite(stored).all():
            raise CoreError(
                "the network gives values that are not finite numbers: its weights are damaged "
                f"or need --precision fp32 (now {self.device.precision})"
            )
        return stored


def stored_dtype(precision: str) -> "np.dtype[np.floating]":
    """How features are kept: as computed, or in the half that holds all that bfloat16 resolves."""
    return np.dtype(np.float32 if precision == "fp32" else np.float16)
