"""Processes killed in the midst of their work, gone on with, and compared with calm ones."""

import math
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.cache import Cache
from core.journal.journal_file import journal_path
from core.study import open_study
from faults import jobs
from faults.outcomes import Outcome
from faults.victims import Ack, End, Job, Way, live

Kept = dict[tuple[str, ...], object]
"""What is kept, each under its kind and key: vectors, results, decisions."""
WAYS: dict[Way, str] = {
    "clock": "SIGKILL at a random moment",
    "statement": "SIGKILL before a random SQL statement",
    "write": "ended by the system within a random write to a file",
}
_LOG = 2
"""How many times larger than the file itself its log may become."""
_LONGEST = 4
"""How often one cache is killed at most before its work is let end, and compared."""


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work that can be killed.

    Attributes:
        name: what it is called.
        job: does it, going on with what is there.
        prepare: gives the cache to begin with, at this path.
        read: what is kept in and beside a cache, whole or not.
    """

    name: str
    job: Job
    prepare: Callable[[Path], object]
    read: Callable[[Path], Kept]


@dataclass(slots=True)
class _Tally:
    """What was found while one kind of work was killed in one way."""

    kills: int = 0
    inside: int = 0
    tenths: Counter[int] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)

    def note(self) -> str:
        """How the kills were spread."""
        tenths = " ".join(str(self.tenths[one]) for one in range(10))
        return f"{self.inside} within a transaction; kills in each tenth of the work: {tenths}"


def torture(folder: Path, *, only: Iterable[str], tries: int, seed: int) -> Iterable[Outcome]:
    """Each kind of work, killed `tries` times in each way."""
    images = jobs.make_images(folder / "images", seed=seed)
    for work in make_works(folder, images, seed=seed, only=only):
        yield from torture_work(work, folder, images, tries=tries, seed=seed)


def make_works(folder: Path, images: Path, *, seed: int, only: Iterable[str]) -> list[Work]:
    """Those that are asked for."""
    given = {"images": images, "seed": seed}

    def begin_with(job: Job) -> Callable[[Path], object]:
        """A cache in which this has been done: once, and then copied."""
        ready = folder / f"{job.__name__}-done.sqlite"

        def prepare(cache: Path) -> None:
            if not ready.exists():
                live(job, {**given, "cache": ready}, End())
            shutil.copy(ready, cache)

        return prepare

    def decisions(cache: Path) -> Kept:
        return read_decisions(cache, images)

    works = [
        Work("extraction", jobs.extract, lambda _: None, read_cache),
        Work("sweep", jobs.sweep, begin_with(jobs.extract), read_cache),
        Work("review", jobs.review, begin_with(jobs.sweep), decisions),
    ]
    chosen = set(only)
    return [one for one in works if one.name in chosen]


def torture_work(
    work: Work, folder: Path, images: Path, *, tries: int, seed: int, ways: Iterable[Way] = WAYS
) -> Iterable[Outcome]:
    """One kind of work, killed `tries` times in each of these ways."""
    calm = folder / f"{work.name}-calm.sqlite"
    given = {"images": images, "seed": seed}
    work.prepare(calm)
    before = work.read(calm)
    life = live(work.job, {**given, "cache": calm}, End())
    expected = work.read(calm)
    largest = max(path.stat().st_size for path in folder.glob("*.sqlite*"))
    most = {"clock": life.seconds, "statement": life.n_statements, "write": largest}
    for way in ways:
        draw = random.Random(f"{seed} {work.name} {way}")  # noqa: S311 - nothing is secret
        ends = _draw_ends(way, most[way], draw)
        tally, number = _Tally(), 0
        while tally.kills < tries:
            cache = folder / f"{work.name}-{way}-{number}.sqlite"
            work.prepare(cache)
            _kill_often(
                work, {**given, "cache": cache},
                ends=ends, tally=tally, tries=tries, before=before, expected=expected,
            )  # fmt: skip
            number += 1
            _remove(cache)
        yield Outcome(
            work.name, f"{work.name}: {WAYS[way]}", tally.kills, tuple(tally.losses), tally.note()
        )


def _draw_ends(way: Way, most: float, draw: random.Random) -> Callable[[], End]:
    """When to end a process: evenly over time, over statements, over sizes and their logarithm."""
    if way == "write":
        largest = _LOG * most

        def draw_size() -> float:
            evenly = draw.random() < 0.5  # noqa: PLR2004 - half of them
            return (
                draw.uniform(64, largest)
                if evenly
                else 64 * math.exp(draw.uniform(0, math.log(largest / 64)))
            )

        return lambda: End(way, draw_size())
    return lambda: End(way, draw.uniform(0, most) if way == "clock" else draw.randint(1, int(most)))


def _kill_often(
    work: Work,
    given: Mapping[str, Any],
    *,
    ends: Callable[[], End],
    tally: _Tally,
    tries: int,
    before: Kept,
    expected: Kept,
) -> None:
    """Kill, go on, kill again; at last let it end, and compare it with the calm one."""
    cache: Path = given["cache"]
    kept, ended = before, False
    for _ in range(_LONGEST):
        if ended or tally.kills >= tries:
            break
        life = live(work.job, given, ends())
        inside = life.inside or is_within_a_transaction(cache)
        found = work.read(cache)
        tally.losses += check(expected, kept, found, life.acks)
        kept, ended = found, life.ended
        if not ended:
            tally.kills, tally.inside = tally.kills + 1, tally.inside + inside
            share = len(found.keys() - before.keys()) / max(1, len(expected) - len(before))
            tally.tenths[min(9, int(10 * share))] += 1
    life, found = live(work.job, given, End()), work.read(cache)
    tally.losses += check(expected, kept, found, life.acks)
    tally.losses += [
        f"{_name(one)} is missing at the end" for one in expected.keys() - found.keys()
    ]


def check(expected: Kept, before: Kept, found: Kept, acks: Sequence[Ack]) -> list[str]:
    """What is wrong after a process was ended, a sentence each.

    Args:
        expected: what the calm run left at its end.
        before: what was there when the process began.
        found: what is there now.
        acks: what the process had told.
    """
    told = {(kind, *key) for kind, key in acks if kind in ("features", "results")}
    told |= {(kind, str(number)) for kind, number in acks if kind == "decision"}
    losses = [f"{_name(one)} was acknowledged and is not there" for one in told - found.keys()]
    losses += [f"{_name(one)} was there and is gone" for one in before.keys() - found.keys()]
    losses += [f"{_name(one)} was computed again" for one in told & before.keys()]
    losses += [f"{_name(one)} is none of the calm run's" for one in found.keys() - expected.keys()]
    both = found.keys() & expected.keys()
    losses += [f"{_name(one)} is another" for one in both if found[one] != expected[one]]
    shown = max(
        (at[1] for kind, at in acks if kind == "progress" and at[0] == "extract"), default=0
    )
    n_vectors = sum(one[0] == "features" for one in found)
    if shown > n_vectors:
        losses.append(f"{shown} images were shown as done, and {n_vectors} vectors are there")
    return losses


def _name(key: tuple[str, ...]) -> str:
    return " ".join(part[:12] for part in key)


def read_cache(cache: Path) -> Kept:
    """Vectors, results and tables, as bytes; and whether SQLite finds the file whole."""
    kept: Kept = {}
    csv = cache.with_suffix(".csv")
    if csv.exists():
        kept["table", "csv"] = csv.read_bytes()
    if not cache.exists():
        return kept
    with closing(sqlite3.connect(cache)) as db:
        sound = [row[0] for row in db.execute("PRAGMA integrity_check")]
        if sound != ["ok"]:
            kept["damage", sound[0]] = sound
        if not db.execute("PRAGMA user_version").fetchone()[0]:
            return kept  # killed before there were tables
        for key, one, *value in db.execute("SELECT fingerprint, id, vector, crc FROM features"):
            kept["features", key, one] = value
        for key, *value in db.execute("SELECT fingerprint, facts, arrays, crc FROM results"):
            kept["results", key] = value
    return kept


def read_decisions(cache: Path, images: Path) -> Kept:
    """Actions with all their rows, in their order; and what they make of the clusters."""
    if not journal_path(cache).exists():
        return {}
    kept: Kept = {}
    with closing(Cache(cache)) as opened:
        study = open_study(jobs.study_params(images), opened)
        for row in jobs.spell(study.journal.rows):
            actions: Any = kept.setdefault(("decision", str(row[0])), [])
            actions.append(row)
    return kept


def is_within_a_transaction(cache: Path) -> bool:
    """Whether what a killed process left ends with the part of a transaction."""
    hot = Path(f"{journal_path(cache)}-journal")
    log = Path(f"{cache}-wal")
    return (hot.exists() and hot.stat().st_size > 0) or (
        log.exists() and has_a_part(log.read_bytes())
    )


def has_a_part(log: bytes) -> bool:
    """Whether frames of a write-ahead log lack their commit (sqlite.org/fileformat.html, 4)."""
    if len(log) < 32:  # noqa: PLR2004 - the header
        return bool(log)
    step = 24 + int.from_bytes(log[8:12], "big")
    committed, last = 32, 32
    for at in range(32, len(log), step):
        head = log[at : at + 24]
        if head[8:16] != log[16:24]:  # left over from an earlier round
            break
        last = min(at + step, len(log))
        if int.from_bytes(head[4:8], "big") and at + step <= len(log):
            committed = last
    return last > committed


def _remove(cache: Path) -> None:
    for path in cache.parent.glob(f"{cache.stem}.*"):
        path.unlink()
