"""How fast Groupsight is on this machine, side by side with the plain way, in one run.

    python tools/benchmark.py

Prints a table. Every figure is measured while you wait; nothing is compared with another day.
"""

import argparse
import io
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from browser import FLAGS, MAP_IS_DRAWN, find_chromium, serve
from PIL import Image
from playwright.sync_api import sync_playwright
from torchvision.transforms import Compose, InterpolationMode, Normalize, Resize, ToTensor

from core.cache import Cache
from core.clustering import KMeansParams
from core.layers import Cut
from core.pretrained import find_weights, load_state
from core.projection import UMAPParams
from core.recipe import StudyParams
from core.study import Study, open_study
from core.vgg import build_network

PLAIN_IMAGES = 200
MEMORY_SIZES = (500, 5_000)
PAGE_RUNS = 3
DIGITS = StudyParams("digits", weights="embedded")

Row = tuple[str, str]


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memory-child", nargs=2, metavar=("FOLDER", "CACHE"))
    given = parser.parse_args()
    if given.memory_child:
        _measure_memory_here(*given.memory_child)
        return
    rows: list[Row] = [("machine", _describe_machine())]
    with tempfile.TemporaryDirectory() as folder:
        rows += measure_digits(Path(folder))
        rows += measure_page(Path(folder))
        rows += measure_memory(Path(folder))
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")


def _describe_machine() -> str:
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"torch {torch.__version__}, CUDA {'yes' if torch.cuda.is_available() else 'no'}"
    )


def _time(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure_digits(folder: Path) -> list[Row]:
    """Cold and cached runs over the digits, and the plain loop beside them."""
    with Cache(folder / "digits.sqlite") as cache:
        study = open_study(DIGITS, cache)
        ours = len(study.images.ids) / _time(study.extract)
        plain = _plain_rate(study)
        precision = study.recipe.device.precision
        steps = {
            "  K-Means k = 10": lambda: study.cluster(KMeansParams(10)),
            "  UMAP, import and compilation included": lambda: study.project(UMAPParams()),
        }
        computed = [(name, f"{_time(step):.2f} s") for name, step in steps.items()]
        cached = _time(lambda: _run_cached(cache))
    return [
        (f"digits extraction, {precision}", f"{ours:.0f} images/s"),
        ("  plain loop, one image at a time, fp32", f"{plain:.0f} images/s"),
        ("  ratio", f"{ours / plain:.1f} x"),
        *computed,
        ("  the same again, all cached", f"{cached:.2f} s"),
    ]


@torch.inference_mode()
def _plain_rate(study: Study) -> float:
    """Images a second when each is opened, transformed and passed through the network alone."""
    weights = find_weights("embedded")
    network = build_network(load_state(weights), Cut("conv4", 2))
    transform = Compose(
        [
            Resize((64, 64), InterpolationMode.BICUBIC),
            ToTensor(),
            Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ]
    )
    ids = study.images.ids[:PLAIN_IMAGES]

    def loop() -> None:
        for image_id in ids:
            with Image.open(io.BytesIO(study.read(image_id))) as image:
                network(transform(image.convert("RGB"))[None]).numpy()

    loop()  # the first pass warms up, as ours did while it was loading
    return len(ids) / _time(loop)


def _run_cached(cache: Cache) -> None:
    study = open_study(DIGITS, cache)
    study.extract()
    study.cluster(KMeansParams(10))
    study.project(UMAPParams())


def measure_page(folder: Path) -> list[Row]:
    """From the command to the map on the screen, everything cached."""
    program = find_chromium()
    if program is None:
        return [("command to visible map, all cached", "not measured: no Chromium")]
    times = [_time_page(folder / "digits.sqlite", program) for _ in range(PAGE_RUNS)]
    value = f"{np.median(times):.1f} s (median of {PAGE_RUNS})"
    return [("command to visible map, all cached", value)]


def _time_page(cache: Path, program: str) -> float:
    with sync_playwright() as driver:
        page = driver.chromium.launch(executable_path=program, args=FLAGS).new_page()
        began = time.perf_counter()
        with serve(cache, "digits", "--weights", "embedded", "--k", "10") as address:
            page.goto(f"{address}/?source=digits&weights=embedded&k=10")
            page.wait_for_function(MAP_IS_DRAWN, timeout=120_000)
            return time.perf_counter() - began


def measure_memory(folder: Path) -> list[Row]:
    """Peak memory of a process that extracts, for two numbers of images."""
    rows = []
    for size in MEMORY_SIZES:
        images = folder / f"images-{size}"
        _write_images(images, size)
        child = [sys.executable, __file__, "--memory-child", str(images), f"{images}.sqlite"]
        peak = subprocess.run(child, check=True, capture_output=True, text=True).stdout.strip()
        rows.append((f"peak memory, {size:,} images of 320 x 240", f"{peak} MB"))
    return rows


def _write_images(folder: Path, count: int) -> None:
    """Noise in blocks of 40 pixels: each file differs, and JPEG stays quick."""
    folder.mkdir()
    generator = np.random.default_rng(0)
    for number in range(count):
        blocks = generator.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(blocks).resize((320, 240)).save(folder / f"{number:05}.jpg")


def _measure_memory_here(folder: str, cache_path: str) -> None:
    with Cache(Path(cache_path)) as cache:
        open_study(StudyParams(folder, weights="embedded"), cache).extract()
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(round(kilobytes / 1024))


if __name__ == "__main__":
    main()
