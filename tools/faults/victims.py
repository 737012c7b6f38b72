"""Processes that work and are ended in the midst of it; what they had acknowledged is known.

They come from a server that has imported everything, so that whoever ends one at a random moment
ends its work, and not Python's start.
"""

import itertools
import logging
import multiprocessing
import os
import resource
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Literal

Way = Literal["calm", "clock", "statement", "write"]
Ack = tuple[str, Any]
Tell = Callable[[Ack], None]
Job = Callable[[Mapping[str, Any], Tell], None]
"""Works as it is told to, and tells whatever a user could rely on from then on."""
_PRELOADED = (
    "faults.jobs", "core.features", "core.measures.sweep", "torchvision.models",
    "sklearn.cluster", "sklearn.metrics", "sklearn.decomposition",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class End:
    """When a process ends before its work.

    Attributes:
        way: `clock`: SIGKILL after `at` seconds; `statement`: SIGKILL before the SQL statement of
            this number; `write`: the system ends it (SIGXFSZ) within the write that would let a
            file grow beyond so many bytes, of which a part is then written; `calm`: not at all.
        at: see there.
    """

    way: Way = "calm"
    at: float = 0.0


@dataclass(slots=True)
class Life:
    """What became of a process.

    Attributes:
        acks: what it had told until then, in order.
        ended: whether it had done all its work.
        seconds: how long it worked.
        n_statements: of SQL; known where it was not ended.
        inside: whether it was ended within a transaction, as far as it is known.
    """

    acks: list[Ack] = field(default_factory=list)
    ended: bool = False
    seconds: float = 0.0
    n_statements: int = 0
    inside: bool = False


def live(job: Job, given: Mapping[str, Any], end: End) -> Life:
    """Let a process do a job until its end.

    Raises:
        RuntimeError: it failed by itself; with what it said.
    """
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))  # the server asks it alone
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOADED))
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(job, given, end, theirs))
    process.start()
    theirs.close()
    life, began = Life(), 0.0
    try:
        while _wait(ours, end, began):
            kind, value = ours.recv()
            began = time.monotonic() if kind == "begun" else began
            _note(life, kind, value)
    except EOFError:
        pass  # it has ended, in one way or another
    finally:
        process.kill()
        life.seconds = time.monotonic() - began
        _drain(ours, life)
        ours.close()
        process.join()
        process.close()
    return life


def _wait(ours: Connection, end: End, began: float) -> bool:
    """Until the next thing is told; False when the time has come."""
    if end.way != "clock" or not began:
        return ours.poll(None)
    return ours.poll(max(0.0, began + end.at - time.monotonic()))


def _drain(ours: Connection, life: Life) -> None:
    """What was told in the moment before."""
    try:
        while ours.poll():
            _note(life, *ours.recv())
    except (EOFError, OSError):
        pass


def _note(life: Life, kind: str, value: Any) -> None:
    if kind == "failed":
        raise RuntimeError(f"a process failed by itself: {value}")
    if kind == "ended":
        life.ended, life.n_statements = True, value
    elif kind == "inside":
        life.inside = value
    elif kind != "begun":
        life.acks.append((kind, value))


def _work(job: Job, given: Mapping[str, Any], end: End, theirs: Connection) -> None:
    """In the process."""
    logging.disable(logging.CRITICAL)  # it speaks through what it tells alone
    counter = itertools.count(1)
    _count_statements(counter, end, theirs)
    theirs.send(("begun", None))
    if end.way == "write":
        _limit_files(int(end.at))
    try:
        job(given, theirs.send)
    except BaseException as error:
        theirs.send(("failed", f"{type(error).__name__}: {error}"))
    else:
        theirs.send(("ended", next(counter)))


def _count_statements(counter: "itertools.count[int]", end: End, theirs: Connection) -> None:
    """Count what SQLite is told to do, and end before what has that number."""
    connect = sqlite3.connect

    def connect_counted(*given: Any, **more: Any) -> sqlite3.Connection:
        db: sqlite3.Connection = connect(*given, **more)

        def count(_: str) -> None:
            if next(counter) == int(end.at) and end.way == "statement":
                theirs.send(("inside", db.in_transaction))
                os.kill(os.getpid(), signal.SIGKILL)

        db.set_trace_callback(count)
        return db

    sqlite3.connect = connect_counted  # type: ignore[assignment]


def _limit_files(size: int) -> None:
    """Python would turn it into an error; as it is by default, the process ends at once."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
