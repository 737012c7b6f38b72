"""From the command to the map on the screen."""

import time
from pathlib import Path

import numpy as np
from browser import FLAGS, MAP_IS_DRAWN, find_chromium, serve
from playwright.sync_api import sync_playwright

from benchmarks.extraction import DIGITS
from benchmarks.timing import Row
from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.projection import UMAPParams
from core.study import open_study

_RUNS = 3


def measure_page(folder: Path, _: Path | None) -> list[Row]:
    """From the command to the map on the screen, everything cached."""
    name = "command to visible map, all cached"
    program = find_chromium()
    if program is None:
        return [Row(name, "not measured: no Chromium")]
    path = folder / "digits.sqlite"
    with Cache(path) as cache:
        study = open_study(DIGITS, cache)
        study.extract()
        study.cluster(KMeansParams(10))
        study.project(UMAPParams())
    times = [_time_page(path, program) for _ in range(_RUNS)]
    return [Row(name, f"{np.median(times):.1f} s (median of {_RUNS})", "6 s")]


def _time_page(cache: Path, program: str) -> float:
    with sync_playwright() as driver:
        page = driver.chromium.launch(executable_path=program, args=FLAGS).new_page()
        began = time.perf_counter()
        with serve(cache, "digits", "--weights", "embedded", "--k", "10") as address:
            page.goto(f"{address}/?source=digits&weights=embedded&k=10")
            page.wait_for_function(MAP_IS_DRAWN, timeout=120_000)
            return time.perf_counter() - began
