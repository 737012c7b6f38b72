"""How fast Groupsight is on this machine, side by side with the plain way, in one run.

    python tools/benchmark.py [--photos FOLDER] [--only SECTION ...]

Prints a table. Every figure is measured while you wait; nothing is compared with another day.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.comparing import measure_comparing
from benchmarks.cuda import measure_cuda
from benchmarks.extraction import (
    measure_article,
    measure_digits,
    measure_network,
    measure_resizing,
)
from benchmarks.grouping import find_many, measure_map, measure_neighbors, measure_sweep
from benchmarks.inside import measure_inside
from benchmarks.measures import measure_measures
from benchmarks.memory import extract_all, measure_cached, measure_memory, measure_scan
from benchmarks.page import measure_page
from benchmarks.reviewing import measure_reviewing
from benchmarks.sweeping import measure_digits_sweep
from benchmarks.timing import CHILD, Row, describe_machine, report_peak, show

Section = Callable[[Path, Path | None], list[Row]]
SECTIONS: dict[str, Section] = {
    "map": measure_map,  # first, while nothing of it is compiled yet
    "digits": measure_digits,
    "page": measure_page,
    "resizing": measure_resizing,
    "network": measure_network,
    "article": measure_article,
    "cuda": measure_cuda,
    "sweep": measure_sweep,
    "digits-sweep": measure_digits_sweep,
    "measures": measure_measures,
    "comparing": measure_comparing,
    "inside": measure_inside,
    "reviewing": measure_reviewing,
    "neighbors": measure_neighbors,
    "scan": measure_scan,
    "cached": measure_cached,
    "memory": measure_memory,
}
CHILDREN: dict[str, Callable[..., None]] = {"extract": extract_all, "neighbors": find_many}
"""Work that is done in a process of its own, so that its memory can be told."""


def main() -> None:
    """Measure what was asked for and print the table, line by line as it grows."""
    if sys.argv[1:2] == [CHILD]:
        CHILDREN[sys.argv[2]](*sys.argv[3:])
        report_peak()
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, help="photographs, for the sections that need some")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS))
    given = parser.parse_args()
    show([Row("machine", describe_machine())])
    with tempfile.TemporaryDirectory() as folder:
        for name in given.only:
            place = Path(folder) / name
            place.mkdir()
            show(SECTIONS[name](place, given.photos))


if __name__ == "__main__":
    main()
