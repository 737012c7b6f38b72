"""How far one machine goes: 100,000 images from features to the page, a million streamed from disk.

    python tools/scale_benchmark.py [--images 100000|1000000] [--plain] [--folder FOLDER]

Prints a table, with the load of the machine: others' work beside it makes every figure longer. Each
part runs in a process of its own, whose peak memory is told. `--plain` adds the plain way of the
same at 100,000; at a million it is always there.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.pages import measure_pages
from benchmarks.streams import measure_streams, write_features
from benchmarks.timing import CHILD, Row, describe_machine, report_peak, run_parts, show
from benchmarks.whole_study import measure_plain, measure_study, plant

STUDY_UP_TO = 200_000
"""Images up to which a study is measured; of more the features alone, streamed."""
Part = Callable[[Path], Iterable[Row] | None]
PARTS: dict[str, Part] = {
    "study": measure_study,
    "pages": measure_pages,
    "plain": measure_plain,
    "streams": measure_streams,
}


def main() -> None:
    """Measure what was asked for and print the table, part by part."""
    if sys.argv[1:2] == [CHILD]:
        show(PARTS[sys.argv[2]](Path(sys.argv[3])) or ())
        report_peak()
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--plain", action="store_true", help="the plain way beside it")
    parser.add_argument("--folder", type=Path, help="where images and features lie, and stay")
    given = parser.parse_args()
    show([Row("machine", describe_machine()), Row("load before", _load())])
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        _measure(folder, given.images, plain=given.plain)
    show([Row("load after", _load())])


def _measure(folder: Path, n_images: int, *, plain: bool) -> None:
    if n_images <= STUDY_UP_TO:
        _prepare("images and their features written", lambda: plant(folder, n_images))
        parts = ["study", "pages", *(["plain"] if plain else [])]
        for part in parts:
            run_parts(part, str(folder))
        return
    file = folder / f"features-{n_images}.npy"
    if not file.exists():
        _prepare("features written", lambda: write_features(file, n_images))
    run_parts("streams", str(file))


def _prepare(name: str, work: Callable[[], object]) -> None:
    began = time.perf_counter()
    work()
    show([Row(name, f"{time.perf_counter() - began:.0f} s")])


def _load() -> str:
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


if __name__ == "__main__":
    main()
