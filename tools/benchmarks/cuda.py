"""From JPEG files to features on a CUDA device, decoded by a CPU and by the device itself."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_sample_images
from torchvision.transforms import CenterCrop, Compose, Normalize, Resize, ToTensor

from benchmarks.extraction import make_network, measure_network, plain_rate
from benchmarks.timing import Row, best_of
from core.device import Device, choose_device
from core.features import Extractor
from core.network.layers import Cut
from core.network.transforms import Transform

_FILES = 4096
_PLAIN_FILES = 200
_ROUNDS = 3
"""The first of them does some things for the first time, and is not the fastest."""
_WORKERS = min(16, os.cpu_count() or 1)
_CUT = Cut("conv5")
_PLAIN = Compose(
    [
        Resize(256),
        CenterCrop(224),
        ToTensor(),
        Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ]
)
_NOT_MEASURED = "not measured: this machine has no CUDA device"


def measure_cuda(folder: Path, photos: Path | None) -> list[Row]:
    """Both decoders side by side, the plain loop on the same device, and the network alone."""
    if not torch.cuda.is_available():
        return [Row("JPEG files to features on CUDA, 224 px", _NOT_MEASURED)]
    files = write_photos(folder, _FILES) if photos is None else find_jpegs(photos)
    if not files:
        return [Row("JPEG files to features on CUDA, 224 px", f"not measured: none in {photos}")]
    return [*compare_decoders(files, choose_device("cuda")), *measure_network(folder, photos)]


def compare_decoders(files: Sequence[Path], device: Device) -> list[Row]:
    """JPEG files to features by either decoder, in turns, and by the plain loop."""
    by_cpu, by_device = (_Passes(files, device, on_device=one) for one in (False, True))
    ours = [len(files) / duration for duration in best_of(_ROUNDS, by_cpu, by_device)]
    data = [file.read_bytes() for file in files[:_PLAIN_FILES]]
    plain = plain_rate(data, _PLAIN, _CUT, device.kind)
    return [
        Row(f"{len(files):,} JPEG files to features, 224 px, {device.precision}", ""),
        Row("  decoded by the CPU", f"{ours[0]:.0f} images/s", "5,000 by one of them"),
        Row("  decoded by the device", f"{ours[1]:.0f} images/s"),
        Row("  ratio", f"{ours[1] / ours[0]:.2f} x"),
        Row("  plain loop, one at a time, fp32, on the same device", f"{plain:.0f} images/s"),
        Row("  ratio of the faster to it", f"{max(ours) / plain:.1f} x", "50 x"),
        Row("  smallest cosine between both decoders' features", _cosine(by_cpu, by_device)),
    ]


class _Passes:
    """All files through one network, again and again."""

    def __init__(self, files: Sequence[Path], device: Device, *, on_device: bool) -> None:
        transform = Transform("imagenet", 224)
        network = make_network(_CUT)
        self._extractor = Extractor(network, transform, device, jpegs_on_device=on_device)
        self._files = {str(file): file for file in files}
        self.features: dict[str, NDArray[np.floating]] = {}

    def __call__(self) -> None:
        ids = list(self._files)
        for batch in self._extractor.extract(ids, self._read, workers=_WORKERS):
            self.features |= batch.features

    def _read(self, name: str) -> bytes:
        return self._files[name].read_bytes()


def _cosine(first: _Passes, second: _Passes) -> str:
    a, b = (np.stack([*one.features.values()]).astype(np.float64) for one in (first, second))
    lengths = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return f"{((a * b).sum(axis=1) / lengths).min():.5f}"


def write_photos(folder: Path, count: int) -> list[Path]:
    """Two photographs of 640 x 427, moved by some pixels, so that no file equals another."""
    photos = load_sample_images().images
    files = [folder / f"{number:05}.jpg" for number in range(count)]
    for number, file in enumerate(files):
        moved = np.roll(photos[number % 2], divmod(number, 600), axis=(0, 1))
        Image.fromarray(moved).save(file, quality=90)
    return files


def find_jpegs(folder: Path) -> list[Path]:
    """The first of a folder's JPEGs."""
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in {".jpg", ".jpeg"})[
        :_FILES
    ]
