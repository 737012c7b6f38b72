"""Two processes at work on one cache file at once, compared with one that was alone."""

import random
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults import jobs
from faults.kills import Kept, check, read_cache
from faults.outcomes import Outcome
from faults.victims import End, Job, Life, live

NAME = "two-processes"


@dataclass(frozen=True, slots=True)
class _Alone:
    """What one process makes of two sets, one after the other: vectors, and the seconds of one."""

    images: tuple[Path, Path]
    expected: Kept
    first: Kept
    seconds: float


def torture(folder: Path, tries: int, seed: int) -> Iterable[Outcome]:
    """The same set, one of them killed, different sets, and a cache that is cleared meanwhile."""
    alone = _work_alone(folder, seed)
    draw = random.Random(f"{seed} {NAME}")  # noqa: S311 - nothing is secret
    yield _extract_the_same(folder, alone, tries, draw)
    yield _extract_the_same(folder, alone, tries, draw, is_killed=True)
    yield _extract_others(folder, alone, tries, draw)
    yield _extract_while_clearing(folder, alone, tries, draw)


def _work_alone(folder: Path, seed: int) -> _Alone:
    images = tuple(
        jobs.make_images(folder / name, seed=seed + number)
        for number, name in enumerate(("images", "others"))
    )
    cache = folder / "alone.sqlite"
    live(jobs.extract, {"cache": cache, "images": images[0]}, End())
    first = read_cache(cache)
    life = live(jobs.extract, {"cache": cache, "images": images[1]}, End())
    return _Alone((images[0], images[1]), read_cache(cache), first, life.seconds)


def _together(*works: tuple[Job, Mapping[str, Any], End]) -> list[Life]:
    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(lambda one: live(*one), works))


def _extract_the_same(
    folder: Path, alone: _Alone, tries: int, draw: random.Random, *, is_killed: bool = False
) -> Outcome:
    losses, twice = list[str](), 0
    for number in range(tries):
        cache = folder / f"same-{is_killed}-{number}.sqlite"
        given = {"cache": cache, "images": alone.images[0]}
        end = End("clock", draw.uniform(0, alone.seconds)) if is_killed else End()
        lives = _together((jobs.extract, given, end), (jobs.extract, given, End()))
        kept = read_cache(cache)
        told = [{key for kind, key in life.acks if kind == "features"} for life in lives]
        twice += len(told[0] & told[1])
        losses += _failures(lives[is_killed:]) + check(alone.first, {}, kept, lives[1].acks)
        losses += [f"{one} is missing" for one in alone.first.keys() - kept.keys()]
    n_vectors = tries * sum(one[0] == "features" for one in alone.first)
    what = "two processes extract the same images" + (", one is killed" if is_killed else "")
    return Outcome(NAME, what, tries, tuple(losses), f"{twice} of {n_vectors} vectors made twice")


def _extract_others(folder: Path, alone: _Alone, tries: int, draw: random.Random) -> Outcome:
    losses = list[str]()
    for number in range(tries):
        cache = folder / f"others-{number}.sqlite"
        images = draw.sample(alone.images, 2)
        works = [(jobs.extract, {"cache": cache, "images": one}, End()) for one in images]
        lives, kept = _together(*works), read_cache(cache)
        acks = [ack for life in lives for ack in life.acks if ack[0] != "progress"]
        losses += _failures(lives) + check(alone.expected, {}, kept, acks)
        losses += [f"{one} is missing" for one in alone.expected.keys() - kept.keys()]
    return Outcome(NAME, "two processes extract different images", tries, tuple(losses))


def _extract_while_clearing(
    folder: Path, alone: _Alone, tries: int, draw: random.Random
) -> Outcome:
    losses, again = list[str](), 0
    for number in range(tries):
        cache = folder / f"cleared-{number}.sqlite"
        given = {"cache": cache, "images": alone.images[0], "seconds": alone.seconds}
        clear = (jobs.give_up, {**given, "seed": draw.random()}, End())
        lives = _together((jobs.extract, given, End()), clear)
        losses += _failures(lives) + check(alone.first, {}, read_cache(cache), [])
        life, kept = live(jobs.extract, given, End()), read_cache(cache)
        again += sum(kind == "features" for kind, _ in life.acks)
        losses += check(alone.first, {}, kept, life.acks)
        losses += [f"{one} is missing" for one in alone.first.keys() - kept.keys()]
    what = "a cache is cleared and shrunk while another process extracts"
    return Outcome(NAME, what, tries, tuple(losses), f"{again} vectors given up and made again")


def _failures(lives: Iterable[Life]) -> list[str]:
    """Who had been left in peace and has not ended well, and what was said."""
    codes = [[code for kind, code in one.acks if kind == "exit" and code] for one in lives]
    said = [[text for kind, text in one.acks if kind == "said"] for one in lives]
    return [f"it ended with {codes[at]}: {said[at]}" for at in range(len(codes)) if codes[at]]
