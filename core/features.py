"""From image ids to features, in batches: reading and decoding overlap with the network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.cache import Seen
from core.device import Device
from core.errors import CoreError
from core.reading import Read, look_ahead
from core.transforms import Transform
from core.vgg import FeatureNetwork


@dataclass(frozen=True, slots=True)
class Batch:
    """Features of shape (n_features,) for each readable image, and what was seen of them all."""

    features: dict[str, NDArray[np.floating]]
    seen: dict[str, Seen]


class Extractor:
    """A network on its device, with the transform that feeds it."""

    def __init__(self, network: FeatureNetwork, transform: Transform, device: Device) -> None:
        self.transform = transform
        self.device = device
        self.dtype = torch.bfloat16 if device.precision == "bf16" else torch.float32
        self.network = network.to(device.kind, self.dtype)
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
        images = self.transform.to_input(batch).to(self.dtype)  # (n, 3, size, size)
        features = self.network(images).float().cpu().numpy()  # (n, n_features)
        with np.errstate(over="ignore"):  # what overflows is refused below
            stored: NDArray[np.floating] = features.astype(self.device.stored_dtype)
        if not np.isfinite(stored).all():
            raise CoreError(
                "the network gives values that are not finite numbers: its weights are damaged "
                f"or need --precision fp32 (now {self.device.precision})"
            )
        return stored
