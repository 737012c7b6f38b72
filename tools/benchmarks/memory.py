"""Memory by the number of images, scanning many files, and features that are cached already."""

from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.timing import Row, run_child, seconds
from core.cache import Cache
from core.pictures.scan import scan
from core.recipe import StudyParams
from core.sources import open_source
from core.study import open_study

_SIZES = (1_000, 20_000)
_FILES = 100_000
_CACHED = 10_000


def measure_memory(folder: Path, _: Path | None) -> list[Row]:
    """Peak memory of a process that extracts, for two numbers of images."""
    peaks = [_measure_peak(folder, size) for size in _SIZES]
    rows = [
        Row(f"peak memory, {size:,} images of 160 x 120", f"{peak} MB")
        for size, peak in zip(_SIZES, peaks, strict=True)
    ]
    return [*rows, Row("  ratio", f"{peaks[-1] / peaks[0]:.2f} x", "1.10 x")]


def _measure_peak(folder: Path, size: int) -> int:
    images = folder / f"images-{size}"
    write_images(images, size)
    return run_child("extract", str(images), f"{images}.sqlite")


def extract_all(folder: str, cache_path: str) -> None:
    """In a process of its own: extract, for its memory."""
    with Cache(Path(cache_path)) as cache:
        open_study(StudyParams(folder, weights="embedded"), cache).extract()


def write_images(folder: Path, count: int) -> None:
    """Noise in blocks of 20 pixels: each file differs, and JPEG stays quick."""
    folder.mkdir()
    generator = np.random.default_rng(0)
    for number in range(count):
        blocks = generator.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(blocks).resize((160, 120)).save(folder / f"{number:06}.jpg")


def measure_scan(folder: Path, _: Path | None) -> list[Row]:
    """Listing and hashing files of 4 kB, and the same when nothing has changed."""
    files = folder / "files"
    for number in range(100):
        (files / f"{number:02}").mkdir(parents=True)
    for number in range(_FILES):
        content = number.to_bytes(4, "big") * 1000
        (files / f"{number % 100:02}" / f"{number}.jpg").write_bytes(content)
    with Cache(folder / "scan.sqlite") as cache:
        cold, warm = (seconds(lambda: scan(open_source(str(files)), cache)) for _ in range(2))
    return [
        Row(f"scan of {_FILES:,} files of 4 kB", f"{cold:.1f} s"),
        Row("  the same, unchanged", f"{warm:.1f} s"),
    ]


def measure_cached(folder: Path, _: Path | None) -> list[Row]:
    """Opening 10,000 images whose 4096 features each are cached, until they are in memory."""
    images = folder / "images"
    write_images(images, _CACHED)
    with Cache(folder / "cached.sqlite") as cache:
        params = StudyParams(str(images), weights="embedded")
        study = open_study(params, cache)
        vectors = np.random.default_rng(0).normal(size=(_CACHED, 4096)).astype(np.float16)
        features = dict(zip(study.images.ids, vectors, strict=True))
        cache.remember_features("benchmark", features, {})

        def load() -> None:
            ids = open_study(params, cache).images.ids
            cache.features("benchmark", ids, dtype=np.float16, n_features=4096)

        return [Row("10,000 x 4096 cached features in memory", f"{seconds(load):.2f} s", "1.5 s")]
