"""People at their pages: each hovers, draws lassos and changes k, and all of them are timed."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from load_session import PageError, Session
from websockets.exceptions import WebSocketException

LARGEST_K = 24
_HOVERS = 4
_TURNS_BETWEEN_K = 4
"""Every fourth gesture of a session changes k; the others are lassos."""
_FAILURES = (PageError, OSError, TimeoutError, WebSocketException)


@dataclass(frozen=True, slots=True)
class Load:
    """How much is asked of the server.

    Attributes:
        sessions: open pages.
        seconds: how long.
        pause: between two gestures of one session, in seconds, on average.
    """

    sessions: int
    seconds: float
    pause: float = 3.0


@dataclass(slots=True)
class Times:
    """What sessions measured, together: seconds by what was done, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def take(self, what: str) -> Iterator[None]:
        """Time a gesture; one that fails is a trouble and has no time."""
        began = time.perf_counter()
        try:
            yield
        except _FAILURES as error:
            with self._lock:
                self.troubles.append(f"{what}: {error!r}")
        else:
            with self._lock:
                self.seconds.setdefault(what, []).append(time.perf_counter() - began)


def use(session: Session, load: Load, times: Times, *, seed: int) -> None:
    """Hover, draw lassos and change k, as long as is asked for."""
    generator = np.random.default_rng(seed)
    ends = time.monotonic() + load.seconds
    turn = int(generator.integers(_TURNS_BETWEEN_K))
    while True:
        time.sleep(generator.uniform(0.5, 1.5) * load.pause)
        if time.monotonic() > ends:
            return
        turn += 1
        if turn % _TURNS_BETWEEN_K:
            _hover_and_lasso(session, times, generator)
        else:
            with times.take("change k"):
                session.change_k(int(generator.integers(2, LARGEST_K + 1)))


def _hover_and_lasso(session: Session, times: Times, generator: np.random.Generator) -> None:
    center = int(generator.integers(len(session.ids)))
    distances = np.linalg.norm(session.places - session.places[center], axis=1)  # (n,)
    nearest = np.argsort(distances)
    for row in nearest[:_HOVERS].tolist():
        with times.take("hover"):
            session.hover(row)
    size = int(generator.integers(len(nearest) // 100, len(nearest) // 4))
    with times.take("lasso"):
        session.lasso(np.sort(nearest[:size]))


def use_all(sessions: Sequence[Session], load: Load, *, seed: int) -> Times:
    """All of them at once."""
    times = Times()
    with ThreadPoolExecutor(len(sessions)) as pool:
        started = [
            pool.submit(use, session, load, times, seed=seed + number)
            for number, session in enumerate(sessions)
        ]
    for one in started:
        one.result()  # what nobody expected is not to be lost
    return times
