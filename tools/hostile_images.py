"""Extracts and clusters a folder of hostile files, and says what became of each kind.

`python tools/hostile_images.py` prints a table: how many files were read, how many were listed with
a reason, and how much memory the process took at most.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import peak_bytes
from hostile import KINDS, Kind, change_fleeting, make_hostile

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE_SECONDS = 550
_MORTAL = ["setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search"]
"""Takes from root the right to read files that nobody may read (util-linux)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one kind.

    Attributes:
        kind: which.
        read: paths of the files that were read and clustered.
        listed: the reason of each file that was not, by its path.
    """

    kind: Kind
    read: tuple[str, ...]
    listed: dict[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """All kinds, and the peak of memory in bytes of the process that extracted them."""

    outcomes: tuple[Outcome, ...]
    peak: int


def study_hostile(folder: Path, kinds: Sequence[Kind] = KINDS) -> Report:
    """Extract and cluster the folder in a process of its own.

    Raises:
        CalledProcessError: that process failed.
        TimeoutExpired: it hung.
    """
    command = [sys.executable, str(Path(__file__)), str(folder)]
    if os.geteuid() == 0 and shutil.which("setpriv"):
        command = [*_MORTAL, *command]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, check=True, timeout=_PATIENCE_SECONDS, env=environment
    )
    told = json.loads(done.stdout)
    outcomes = tuple(
        Outcome(kind, tuple(told["read"].get(kind.name, ())), told["listed"].get(kind.name, {}))
        for kind in kinds
    )
    return Report(outcomes, told["peak"])


def _extract(folder: Path) -> dict[str, object]:
    """What the process of its own does."""
    from core.cache import Cache  # noqa: PLC0415 - the process that only waits takes no memory
    from core.clusters.clustering import KMeansParams  # noqa: PLC0415
    from core.recipe import StudyParams  # noqa: PLC0415
    from core.sources import Roots  # noqa: PLC0415
    from core.study import open_study  # noqa: PLC0415

    params = StudyParams(str(folder), weights="embedded", device="cpu", precision="fp32")
    with Cache(folder.parent / "hostile.sqlite") as cache:
        study = open_study(params, cache, roots=Roots.below([folder]))
        change_fleeting(folder)
        study.extract()
        labels = study.cluster(KMeansParams(3)).labels
    rows = study.images.readable
    if len(labels) != len(rows):
        raise AssertionError(f"{len(labels)} labels of {len(rows)} images")
    read: dict[str, list[str]] = {}
    for row in rows:
        read.setdefault(row.label or "", []).append(row.path)
    listed: dict[str, dict[str, str]] = {}
    for row in study.images.problems:
        listed.setdefault(row.label or "", {})[row.path] = row.problem or ""
    return {"read": read, "listed": listed, "peak": peak_bytes()}


def tabulate(report: Report) -> str:
    """A Markdown table."""
    lines = ["| files | read | listed with a reason |", "|---|---|---|"]
    lines += [
        f"| {one.kind.name} | {len(one.read):,} | {len(one.listed):,} |" for one in report.outcomes
    ]
    return "\n".join([*lines, f"\npeak memory: {report.peak / 1e9:.2f} GB"])


def main() -> None:
    """Run the tool, or the process that it measures."""
    if len(sys.argv) > 1:
        json.dump(_extract(Path(sys.argv[1])), sys.stdout)
        return
    with tempfile.TemporaryDirectory(prefix="groupsight-hostile-") as name:
        folder = Path(name) / "images"
        make_hostile(folder)
        print(tabulate(study_hostile(folder)))


if __name__ == "__main__":
    main()
