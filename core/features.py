"""From image ids to features, in batches: reading, decoding and the network overlap."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from core.device import Device
from core.errors import CoreError
from core.images import Seen
from core.network.batching import Square, make_batch
from core.network.transforms import Transform
from core.network.vgg import FeatureNetwork, quicken
from core.pictures.reading import Look, Read, look_ahead

if TYPE_CHECKING:
    from core.pictures.device_reading import DeviceLook

    Looks = Sequence[Look | DeviceLook]

_PIXELS_AT_ONCE = {"cpu": 800_000, "cuda": 13_000_000, "mps": 3_200_000}
"""Input pixels that keep a kind of device busy; more of them only cost memory."""
_FEWEST, _MOST = 4, 512


@dataclass(frozen=True, slots=True)
class Batch:
    """Features of shape (n_features,) for each readable image, and what was seen of them all."""

    features: dict[str, NDArray[np.floating]]
    seen: dict[str, Seen]


@dataclass(frozen=True, slots=True)
class _Launched:
    """A batch whose features (n, n_features) may still be on their way from the device."""

    seen: dict[str, Seen]
    ids: list[str]
    features: list[torch.Tensor]
    arrived: torch.cuda.Event | None


def suit_batch_size(kind: str, size: int) -> int:
    """How many images of size x size pixels go through the network at once on this device."""
    return min(max(_PIXELS_AT_ONCE[kind] // size**2, _FEWEST), _MOST)


class Extractor:
    """A network on its device, with the transform that feeds it.

    With `jpegs_on_device` that device decodes JPEGs, too.
    """

    def __init__(
        self,
        network: FeatureNetwork,
        transform: Transform,
        device: Device,
        *,
        jpegs_on_device: bool = False,
    ) -> None:
        self.transform = transform
        self.device = device
        self.jpegs_on_device = jpegs_on_device
        self._is_cuda = device.kind == "cuda"
        self.dtype = torch.bfloat16 if device.precision == "bf16" else torch.float32
        if device.kind == "cpu" and isinstance(network, FeatureNetwork):
            network = quicken(network, device.precision)  # before its weights are rounded
        self.network = network.to(device.kind, self.dtype)
        if device.kind != "mps":
            self.network.to(memory_format=torch.channels_last)

    def extract(
        self, ids: Sequence[str], read: Read, *, batch_size: int | None = None, workers: int
    ) -> Iterator[Batch]:
        """Features of the images, batch by batch, in the order of `ids`.

        Where a batch does not fit into the device's memory, it is halved, and so are the rest.

        Args:
            ids: the images.
            read: gives an image's bytes, which hash to its id, or raises ImageProblem.
            batch_size: how many images go through the network at once; None: what suits.
            workers: how many threads read and decode.

        Raises:
            CoreError: the network gives values that are not finite, not even one image fits into
                memory, the device fails, or it is to decode JPEGs and cannot.
        """
        self._at_once = batch_size or suit_batch_size(self.device.kind, self.transform.size)
        in_flight: deque[_Launched] = deque()
        for batch in self._look_ahead(ids, read, workers):
            in_flight.append(self._launch(batch))
            # A GPU works on one batch while the features of the one before are taken away.
            if len(in_flight) > self._is_cuda:
                yield self._collect(in_flight.popleft())
        while in_flight:
            yield self._collect(in_flight.popleft())

    def _look_ahead(self, ids: Sequence[str], read: Read, workers: int) -> "Iterator[Looks]":
        kind, at_once = self.device.kind, self._at_once
        if not self.jpegs_on_device:
            yield from look_ahead(ids, read, self.transform, batch_size=at_once, workers=workers)
            return
        from core.pictures.device_reading import look_ahead_on_device  # noqa: PLC0415 - seldom used

        try:
            yield from look_ahead_on_device(
                ids, read, self.transform, device=kind, batch_size=at_once, workers=workers
            )
        except RuntimeError as error:
            raise self._failure(error) from error

    def _launch(self, looks: "Looks") -> _Launched:
        usable = {one.id: one.pixels for one in looks if one.pixels is not None}
        try:
            features = self._encode(list(usable.values()))
            arrived = torch.cuda.current_stream().record_event() if self._is_cuda else None
        except RuntimeError as error:
            raise self._failure(error) from error
        return _Launched({one.id: one.seen for one in looks}, list(usable), features, arrived)

    def _encode(self, squares: Sequence[Square]) -> list[torch.Tensor]:
        """Features in parts of at most `_at_once` images, which shrink as memory demands."""
        done, parts = 0, []
        while done < len(squares):
            some = squares[done : done + self._at_once]
            try:
                parts.append(self._forward(some))
            except (RuntimeError, MemoryError) as error:
                if not _is_out_of_memory(error):
                    raise
                self._halve(len(some), error)
                continue
            done += len(some)
        return parts

    def _halve(self, tried: int, error: BaseException) -> None:
        if tried == 1:
            size = self.transform.size
            raise CoreError(
                f"the memory of this {self.device.kind} does not hold the network and one image of "
                f"{size} x {size} pixels: take a smaller --size"
            ) from error
        self._at_once = tried // 2
        if self._is_cuda:
            torch.cuda.empty_cache()

    @torch.inference_mode()
    def _forward(self, squares: Sequence[Square]) -> torch.Tensor:
        """Features (n, n_features) as they will be stored, on their way to the CPU."""
        batch = make_batch(squares, self.device.kind)  # (n, size, size, 3)
        images = self.transform.to_input(batch).to(self.dtype)  # (n, 3, size, size)
        stored = torch.float32 if self.device.precision == "fp32" else torch.float16
        features: torch.Tensor = self.network(images).to(stored)  # (n, n_features)
        if not self._is_cuda:
            return features.cpu()
        arriving = torch.empty(features.shape, dtype=stored, pin_memory=True)
        return arriving.copy_(features, non_blocking=True)

    def _collect(self, launched: _Launched) -> Batch:
        if launched.arrived is not None:
            try:
                launched.arrived.synchronize()
            except RuntimeError as error:
                raise self._failure(error) from error
        if not launched.ids:
            return Batch({}, launched.seen)
        features: NDArray[np.floating] = torch.cat(launched.features).numpy()
        if not np.isfinite(features).all():
            raise CoreError(
                "the network gives values that are not finite numbers: try --precision fp32 "
                f"(now {self.device.precision}); if that does not help, its weights are damaged"
            )
        return Batch(dict(zip(launched.ids, features, strict=True)), launched.seen)

    def _failure(self, error: RuntimeError) -> Exception:
        """What a failing device means for whoever waits; on a CPU it is a mistake of ours."""
        if self.device.kind == "cpu":
            return error
        reason = str(error).partition("\n")[0]
        return CoreError(
            f"the {self.device.kind} device failed: {reason}. What was extracted is kept: "
            "start again, or go on with --device cpu"
        )


def _is_out_of_memory(error: BaseException) -> bool:
    """Torch has a class for a GPU's memory, and only words for the CPU's and for Apple's."""
    said = str(error)
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(
        words in said
        for words in ("can't allocate memory", "not enough memory", "out of memory", "ALLOC_FAILED")
    )
