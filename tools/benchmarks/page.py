"""From the command to the map on the screen."""

import time
from collections.abc import Mapping
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
from dashboard.environment import PRELOAD_VARIABLE

_RUNS = 3


def measure_page(folder: Path, _: Path | None) -> list[Row]:
    """From the command to the map on the screen, everything cached and nothing at all."""
    program = find_chromium()
    if program is None:
        return [Row("command to visible map", "not measured: no Chromium")]
    return [_measure_cached(folder, program), *_measure_first(folder, program)]


def _measure_cached(folder: Path, program: str) -> Row:
    path = folder / "digits.sqlite"
    with Cache(path) as cache:
        study = open_study(DIGITS, cache)
        study.extract()
        study.cluster(KMeansParams(10))
        study.project(UMAPParams())
    times = [_time_page(path, program) for _ in range(_RUNS)]
    median = f"{np.median(times):.1f} s (median of {_RUNS})"
    return Row("command to visible map, all cached", median, "6 s")


def _measure_first(folder: Path, program: str) -> list[Row]:
    """On a machine where neither features nor numba's machine code are kept yet."""
    ways = {"beforehand": "on", "when-needed": "off"}
    beforehand, when_needed = (
        _time_page(
            folder / f"{way}.sqlite",
            program,
            {"NUMBA_CACHE_DIR": str(folder / way), PRELOAD_VARIABLE: preload},
        )
        for way, preload in ways.items()
    )
    return [
        Row("command to visible map, nothing extracted or compiled", f"{beforehand:.0f} s"),
        Row("  nothing compiled beforehand either", f"{when_needed:.0f} s"),
    ]


def _time_page(cache: Path, program: str, environment: Mapping[str, str] | None = None) -> float:
    with sync_playwright() as driver:
        page = driver.chromium.launch(executable_path=program, args=FLAGS).new_page()
        began = time.perf_counter()
        options = "digits", "--weights", "embedded", "--k", "10"
        with serve(cache, *options, environment=environment) as address:
            page.goto(f"{address}/?source=digits&weights=embedded&k=10")
            page.wait_for_function(MAP_IS_DRAWN, timeout=120_000)
            return time.perf_counter() - began
