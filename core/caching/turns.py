"""Taking turns: what two processes would both compute, one does while the other waits."""

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PAUSE_SECONDS = 0.5
_TAKEN = -1


@contextmanager
def take_turn(cache: Path, work: str, *, meanwhile: Callable[[], object]) -> Iterator[bool]:
    """Hold the only turn at a piece of work; the system ends the turn of whoever is killed.

    A file beside the cache is locked for as long. Where that cannot be, as in a folder that one
    may not write to, nobody waits: the work may then be done twice, and comes to the same. Which of
    the two it is, is given: True where the turn is held.

    Args:
        cache: the file beside which the lock lies.
        work: what tells it from other work; any text.
        meanwhile: called again and again while another has the turn; what it raises ends the wait.
    """
    digest = hashlib.sha256(work.encode()).hexdigest()[:16]
    path = cache.with_name(f"{cache.name}.{digest}.lock")
    file = _try(path)
    while file == _TAKEN:
        meanwhile()
        time.sleep(_PAUSE_SECONDS)
        file = _try(path)
    try:
        yield file is not None
    finally:
        if file is not None:
            _end(path, file)


def _try(path: Path) -> int | None:
    """The locked file, _TAKEN, or None where none can be locked."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:
        return None
    try:
        taken = not _lock(file)
    except OSError:  # no such thing on this drive
        os.close(file)
        return None
    # Who had the turn removes the file at its end: a lock on a removed one keeps nobody out.
    if taken or not _is_there(path, file):
        os.close(file)
        return _TAKEN
    return file


def _is_there(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except OSError:
        return False


def _end(path: Path, file: int) -> None:
    with suppress(OSError):  # on Windows one that is open stays, and is used again
        path.unlink()
    os.close(file)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        """Whether the lock is ours now."""
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: int) -> bool:
        """Whether the lock is ours now."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
