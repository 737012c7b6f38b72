"""The sweep of the Compare page over the digits, from cached features."""

import time
from pathlib import Path

from benchmarks.timing import Row
from core.cache import Cache
from core.measures.sweep import Sweep, SweepParams
from core.recipe import StudyParams
from core.study import open_study


def measure_digits_sweep(folder: Path, _: Path | None) -> list[Row]:
    """Every k from 2 to 20 by one seed, with all measures, one by one as the page asks for them."""
    with Cache(folder / "sweep.sqlite") as cache:
        study = open_study(StudyParams("digits", weights="embedded"), cache)
        study.extract()
        sweep = Sweep(study, SweepParams(2, 20, n_seeds=1))
        began = time.perf_counter()
        ends = []
        for k in sweep.ks:
            sweep.measure(k)
            ends.append(time.perf_counter() - began)
    return [
        Row("digits, k = 2 ... 20, one seed, all measures", f"{ends[-1]:.1f} s", "3 s"),
        Row("  the first of them", f"{ends[0]:.2f} s", "1 s"),
    ]
