"""Long work in the background: one job for one key, however many sessions and reloads ask for it.

A job runs in a thread of the server, so it goes on when the page is closed, and a page that comes
back finds it by its key.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from core.errors import Cancelled, CoreError
from core.progress import Progress, Watch
from dashboard.unexpected import log_unexpected

STUDY, RESULT = "study", "result"
_KEPT = {STUDY: 8, RESULT: 48}
"""Finished jobs of each kind whose results stay in memory; the oldest are found again in the cache
file. Studies are counted by themselves: media routes serve the images of those that are open."""
_WINDOW_SECONDS = 20.0

Work = Callable[[Watch], Any]


class Job:
    """One piece of work, its progress, and what came of it.

    `before` is what came of it the last time: pages go on showing it until they are drawn anew.
    """

    def __init__(self, work: Work, kind: str = RESULT, before: Any = None) -> None:
        self.kind = kind
        self.before = before
        self.is_stale = False
        self.result: Any = None
        self.error: str | None = None
        self.cancelled = False
        self.progress = Progress("start")
        self._history: deque[tuple[float, int]] = deque()
        self._began = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    @property
    def finished(self) -> bool:
        """Whether it has ended, well or not."""
        return not self._thread.is_alive()

    def wait(self, seconds: float) -> bool:
        """Wait a little; say whether it has ended."""
        self._thread.join(seconds)
        return self.finished

    def cancel(self) -> None:
        """Ask it to stop at the next step; what is done is kept."""
        self._stop.set()

    @property
    def seconds(self) -> float:
        """How long ago it began."""
        return time.monotonic() - self._began

    @property
    def rate(self) -> float:
        """Units a second over the last 20 seconds; 0 where nothing can be said yet."""
        history = list(self._history)
        if len(history) < 2:  # noqa: PLR2004 - a rate needs two points
            return 0.0
        (began, first), (ended, last) = history[0], history[-1]
        return (last - first) / (ended - began) if ended > began else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it will take at this rate; None where nothing can be said."""
        if not self.rate or not self.progress.total:
            return None
        return (self.progress.total - self.progress.done) / self.rate

    def _report(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage != self.progress.stage:
            self._history.clear()
        self._history.append((now, progress.done))
        while now - self._history[0][0] > _WINDOW_SECONDS:
            self._history.popleft()
        self.progress = progress

    def _run(self, work: Work) -> None:
        try:
            self.result = work(Watch(self._report, self._stop.is_set))
        except Cancelled:
            self.cancelled = True
        except CoreError as error:
            self.error = str(error)
        except Exception as error:  # the page must outlive whatever happens here
            self.error = log_unexpected(error)


class Jobs:
    """All jobs of this server."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[Hashable, Job] = OrderedDict()
        self._lock = threading.Lock()

    def run(self, key: Hashable, work: Work, kind: str = RESULT) -> Job:
        """The job of this key; it is started where there is none yet, or a stale one."""
        with self._lock:
            known = self._jobs.get(key)
            if known is None or known.is_stale:
                self._jobs[key] = Job(work, kind, known and known.result)
            self._jobs.move_to_end(key)
            self._drop_old()
            return self._jobs[key]

    def forget(self, key: Hashable) -> None:
        """Let the next `run` start anew."""
        with self._lock:
            job = self._jobs.pop(key, None)
        if job is not None:
            job.cancel()

    def renew(self, which: Callable[[Hashable], bool]) -> None:
        """Let the next `run` of these keys start anew; what works at present is not disturbed."""
        with self._lock:
            for key, job in self._jobs.items():
                job.is_stale |= job.finished and which(key)

    def find(self, key: Hashable) -> Job | None:
        """The job of this key; None where there is none, or was and is forgotten."""
        with self._lock:
            return self._jobs.get(key)

    def finished(self, key: Hashable) -> Any:
        """The result of this key's job; None as long as there is none."""
        with self._lock:
            job = self._jobs.get(key)
        return job.result if job is not None and job.finished else None

    def results(self) -> list[Any]:
        """What the finished jobs gave, the latest first; then what had come of them before."""
        with self._lock:
            jobs = list(self._jobs.values())
        latest = [job.result for job in reversed(jobs) if job.finished]
        earlier = [job.before for job in reversed(jobs)]
        return [result for result in (*latest, *earlier) if result is not None]

    def _drop_old(self) -> None:
        for kind, kept in _KEPT.items():
            finished = [key for key, job in self._jobs.items() if job.finished and job.kind == kind]
            for key in finished[: max(0, len(finished) - kept)]:
                del self._jobs[key]


@st.cache_resource(show_spinner=False)
def all_jobs() -> Jobs:
    """The one registry that sessions and media routes share."""
    return Jobs()
