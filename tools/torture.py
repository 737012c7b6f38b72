"""Kills Groupsight at random moments, goes on, and compares with a run that nobody disturbed.

`python tools/torture.py [--tries 100] [--seed 0]` prints a table: how often each kind of work was
killed, and what was lost by it.
"""

import argparse
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
_IMAGES = 48
_DECIDE = """
import sys
from core.journal.decisions import Decision, Kind
from core.journal.journal import Journal
from pathlib import Path

ids = [f"{row:064x}" for row in range(40)]
journal = Journal(Path(sys.argv[1]), "torture", ids)
for number in range(int(sys.argv[2]), 10**6):
    journal.append([Decision(Kind.TAG, ids[number % 40], text=f"tag {number}")], author="somebody")
    print(number, flush=True)
"""


Check = Callable[[Path], list[str]]
"""What is wrong with what was made beside or in a cache, a sentence each."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one kind of work stood it.

    Attributes:
        work: what was killed.
        kills: how often it was killed before it had ended.
        ended: how often it had ended before it was killed.
        losses: what was found wrong, a sentence each.
    """

    work: str
    kills: int
    ended: int
    losses: tuple[str, ...]


def torture(tries: int, seed: int) -> Iterator[Outcome]:
    """Each kind of work, killed `tries` times."""
    with tempfile.TemporaryDirectory(prefix="groupsight-torture-") as name:
        folder = Path(name)
        draw = random.Random(seed)  # noqa: S311 - nothing is kept secret by it
        images = _make_images(folder / "images", seed)
        yield _torture_extraction(folder, images, tries, draw)
        yield _torture_sweep(folder, images, tries, draw)
        yield _torture_decisions(folder, tries, draw)


def _make_images(folder: Path, seed: int) -> Path:
    folder.mkdir()
    random_state = np.random.default_rng(seed)
    for number in range(_IMAGES):
        pixels = random_state.integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:03}.png")
    return folder


def _torture_extraction(folder: Path, images: Path, tries: int, draw: random.Random) -> Outcome:
    def command(cache: Path) -> list[str]:
        small = ["--weights", "embedded", "--batch-size", "2", "--precision", "fp32"]
        return [sys.executable, "-m", "core", "extract", str(images), *small, "--cache", str(cache)]

    calm = folder / "extraction-calm.sqlite"
    _run(command(calm))
    expected = _vectors(calm)

    def torn(cache: Path) -> list[str]:
        found = _vectors(cache)
        return _compare_vectors({one: expected[one] for one in found if one in expected}, found)

    def lost(cache: Path) -> list[str]:
        return _compare_vectors(expected, _vectors(cache))

    return _torture("extraction", command, folder, tries, draw, torn=torn, lost=lost)


def _vectors(cache: Path) -> dict[str, bytes]:
    if not cache.exists():
        return {}
    with closing(sqlite3.connect(cache)) as db:
        try:
            return dict(db.execute("SELECT id, vector FROM features"))
        except sqlite3.OperationalError:  # killed before there were tables
            return {}


def _compare_vectors(expected: dict[str, bytes], found: dict[str, bytes]) -> list[str]:
    losses = [f"{image} has no vector" for image in expected.keys() - found.keys()]
    losses += [f"{image} is no image of the set" for image in found.keys() - expected.keys()]
    both = expected.keys() & found.keys()
    return losses + [f"{one} has another vector" for one in both if found[one] != expected[one]]


def _torture_sweep(folder: Path, images: Path, tries: int, draw: random.Random) -> Outcome:
    def command(cache: Path) -> list[str]:
        small = ["--weights", "embedded", "--precision", "fp32", "--k", "2-16"]
        where = ["--cache", str(cache), "--csv", str(cache.with_suffix(".csv"))]
        return [sys.executable, "-m", "core", "sweep", str(images), *small, *where]

    calm = folder / "sweep-calm.sqlite"
    _run(command(calm))
    expected = calm.with_suffix(".csv").read_bytes()

    def torn(cache: Path) -> list[str]:
        return lost(cache) if cache.with_suffix(".csv").exists() else []

    def lost(cache: Path) -> list[str]:
        csv = cache.with_suffix(".csv")
        return [] if csv.read_bytes() == expected else [f"{csv.name} is not as it should be"]

    return _torture("sweep", command, folder, tries, draw, torn=torn, lost=lost)


def _torture(
    work: str,
    command: Callable[[Path], list[str]],
    folder: Path,
    tries: int,
    draw: random.Random,
    *,
    torn: Check,
    lost: Check,
) -> Outcome:
    """Kill until the work has ended in spite of it, then begin anew with another cache.

    Args:
        work: what it is called.
        command: that does it, with this cache.
        folder: for the caches.
        tries: how often it is begun.
        draw: the moments.
        torn: what is wrong after a kill.
        lost: what is wrong when the work has ended.
    """
    seconds = _run(command(folder / f"{work}-timed.sqlite"))
    kills, ended, losses = 0, 0, list[str]()
    while kills + ended < tries:
        cache = folder / f"{work}-{kills + ended}.sqlite"
        was_killed = True
        while was_killed and kills + ended < tries:
            was_killed = _kill(command(cache), draw.uniform(0, 1.2 * seconds))
            kills, ended = kills + was_killed, ended + (not was_killed)
            losses += torn(cache)
        _run(command(cache))
        losses += lost(cache)
    return Outcome(work, kills, ended, tuple(losses))


def _torture_decisions(folder: Path, tries: int, draw: random.Random) -> Outcome:
    journal, losses, acknowledged = folder / "decisions.sqlite", list[str](), 0
    for _ in range(tries):
        command = [sys.executable, "-c", _DECIDE, str(journal), str(acknowledged)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            first = process.stdout.readline()
            time.sleep(draw.uniform(0, 0.3))
            process.send_signal(signal.SIGKILL)
            said = [first, *process.stdout.readlines()]
        whole = [line for line in said if line.endswith("\n")]
        kept = _tags(journal)
        if kept != list(range(len(kept))):
            losses.append("decisions are missing, doubled or out of order")
        if whole and len(kept) <= int(whole[-1]):
            losses.append(f"decision {whole[-1].strip()} was acknowledged and is not there")
        acknowledged = len(kept)
    return Outcome("review", tries, 0, tuple(losses))


def _tags(journal: Path) -> list[int]:
    with closing(sqlite3.connect(journal)) as db:
        rows = db.execute("SELECT text FROM journal ORDER BY seq")
        return [int(text.removeprefix("tag ")) for (text,) in rows]


def _run(command: Sequence[str]) -> float:
    """Undisturbed; returns the seconds it took."""
    began = time.monotonic()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.monotonic() - began


def _kill(command: Sequence[str], seconds: float) -> bool:
    """Begin, and kill after so many seconds; whether it had not ended by itself."""
    silent = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, stdout=silent, stderr=silent) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    return False


def tabulate(outcomes: Sequence[Outcome]) -> str:
    """The table, in Markdown."""
    lines = ["| what was killed | kills | ended before | lost |", "|---|---|---|---|"]
    for one in outcomes:
        lost = "; ".join(one.losses) or "nothing"
        lines.append(f"| {one.work} | {one.kills} | {one.ended} | {lost} |")
    return "\n".join(lines)


def main(say: Callable[[str], object] = print) -> int:
    """Run it; exits with 1 where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=100, help="kills of each kind of work")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    outcomes = []
    for one in torture(given.tries, given.seed):
        outcomes.append(one)
        sys.stderr.write(json.dumps({"done": one.work, "losses": len(one.losses)}) + "\n")
    say(tabulate(outcomes))
    return int(any(one.losses for one in outcomes))


if __name__ == "__main__":
    sys.exit(main())
