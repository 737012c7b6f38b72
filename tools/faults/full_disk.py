"""A disk that becomes full while Groupsight works, and has room again.

The disk is a small one in memory: mounting it takes Linux, and root or `unshare -Urm`.
"""

import math
import random
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from faults import jobs
from faults.kills import Kept, Work, check, make_works
from faults.outcomes import Outcome
from faults.victims import End, Life, live

NAME = "disk"
_PAGE = 4096
_ROOM = "64m"


def torture(folder: Path, tries: int, seed: int) -> Iterable[Outcome]:
    """Extraction, a sweep and a review on disks that are too small by a little or by much."""
    images = jobs.make_images(folder / "images", seed=seed)
    for work in make_works(folder, images, seed=seed, only=("extraction", "sweep", "review")):
        yield _torture_work(work, folder, images, tries=tries, seed=seed)


def _torture_work(work: Work, folder: Path, images: Path, *, tries: int, seed: int) -> Outcome:
    given = {"images": images, "seed": seed}
    calm = folder / f"{work.name}-calm.sqlite"
    work.prepare(calm)
    start, before = calm.read_bytes() if calm.exists() else b"", work.read(calm)
    live(work.job, {**given, "cache": calm}, End())
    expected = work.read(calm)
    grown = sum(path.stat().st_size for path in folder.glob(f"{calm.stem}.*")) - len(start)
    most = max(8, grown // _PAGE)  # pages that may be missing
    draw = random.Random(f"{seed} {NAME} {work.name}")  # noqa: S311 - nothing is secret
    losses, full, sayings = list[str](), 0, set[str]()
    while full < tries:
        room = len(start) + _PAGE * math.ceil(math.exp(draw.uniform(0, math.log(most))))
        with small_disk(folder / "disk", room) as disk:
            cache = disk / "cache.sqlite"
            if start:
                cache.write_bytes(start)
            life, problems = _try(work, {**given, "cache": cache})
            resize(disk, _ROOM)
            said = [text for kind, text in life.acks if kind == "said" and _is_refusal(text)]
            found = work.read(cache)
            losses += problems + check(expected, before, found, life.acks)
            again, problems = _try(work, {**given, "cache": cache})
            losses += problems + _compare(expected, found, work.read(cache), again)
        full += bool(said)
        sayings |= {_shorten(text, cache) for text in said}
    return Outcome(
        NAME, f"{work.name}: the disk becomes full", full, tuple(losses),
        "said: " + "; ".join(sorted(sayings)),
    )  # fmt: skip


def _compare(expected: Kept, before: Kept, found: Kept, life: Life) -> list[str]:
    losses = check(expected, before, found, life.acks)
    return losses + [f"{one} is missing at the end" for one in expected.keys() - found.keys()]


def _try(work: Work, given: Mapping[str, Any]) -> tuple[Life, list[str]]:
    """What became of it, and whether anything but a sentence was said."""
    try:
        return live(work.job, given, End()), []
    except RuntimeError as error:
        return Life(), [str(error)]


def _is_refusal(text: str) -> bool:
    return any(word in text for word in ("full", "cannot", "failed"))


def _shorten(text: str, cache: Path) -> str:
    """Without the folder, and without what helps."""
    told = text.replace(f"{cache.parent}/", "").removeprefix("groupsight: ")
    return f"“{told.partition(': what was done')[0]}”"


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A disk with room for so many bytes.

    Raises:
        RuntimeError: this system does not let us mount one.
    """
    folder.mkdir(exist_ok=True)
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs"]
    done = subprocess.run(
        [_find("mount"), *options, str(folder)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(
            f"no small disk can be mounted ({done.stderr.strip()}): run it as root, or as "
            "`unshare -Urm python tools/torture.py --only disk`"
        )
    try:
        yield folder
    finally:
        subprocess.run([_find("umount"), "--lazy", str(folder)], check=True)


def resize(disk: Path, size: str) -> None:
    """Make room."""
    subprocess.run([_find("mount"), "-o", f"remount,size={size}", str(disk)], check=True)


def _find(program: str) -> str:
    found = shutil.which(program)
    if not found:
        raise RuntimeError(f"there is no {program} here")
    return found
