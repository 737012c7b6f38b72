"""Opening a folder of shards, and searching all of its images: the figures of docs/shards.md.

    python tools/shards_benchmark.py [--images 1000000] [--sample 100000] [--folder FOLDER]

Prints a table, with the load of the machine. Each part runs in a process of its own, whose peak
memory is told; files that are read through the memory count in it. Without FAISS its parts are
left out.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.planted_shards import plant_shards
from benchmarks.shard_search import (
    measure_exact,
    measure_faiss,
    measure_index,
    measure_opening,
)
from benchmarks.timing import CHILD, Row, describe_machine, report_peak, run_parts, show

Part = Callable[[Path, int], Iterable[Row]]
PARTS: dict[str, Part] = {
    "opening": measure_opening,
    "exact search": measure_exact,
    "index": measure_index,
    "FAISS": measure_faiss,
}


def main() -> None:
    """Write the shards, unless they are there, and measure part by part."""
    if sys.argv[1:2] == [CHILD]:
        show(PARTS[sys.argv[2]](Path(sys.argv[3]), int(sys.argv[4])))
        report_peak()
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=100_000, help="so many are studied")
    parser.add_argument("--folder", type=Path, help="where the shards lie, and stay")
    given = parser.parse_args()
    show([Row("machine", describe_machine()), Row("load before", _load())])
    with tempfile.TemporaryDirectory() as temporary:
        _measure(given.folder or Path(temporary), given.images, given.sample)
    show([Row("load after", _load())])


def _measure(folder: Path, n_images: int, sample: int) -> None:
    own = folder / f"{n_images}"
    began = time.perf_counter()
    plant_shards(own / "shards", n_images)
    files = list((own / "shards").iterdir())
    size = sum(file.stat().st_size for file in files) / 1e9
    spent = f"{time.perf_counter() - began:.0f} s"
    show([Row(f"{n_images:,} images in {len(files) - 1} shards, {size:.2f} GB, written", spent)])
    with tempfile.TemporaryDirectory(dir=own) as fresh:
        (Path(fresh) / "shards").symlink_to((own / "shards").absolute())
        for part in PARTS:
            run_parts(part, fresh, str(sample))


def _load() -> str:
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


if __name__ == "__main__":
    main()
