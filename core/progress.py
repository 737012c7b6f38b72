"""How far a long piece of work has come, and how it is told to stop."""

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` units of a named stage; `total` is 0 where it cannot be known."""

    stage: str
    done: int = 0
    total: int = 0
    unit: str = "images"


Report = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def ignore_progress(_: Progress) -> None:
    """Take a report and do nothing: for callers who do not watch."""


def never_stop() -> bool:
    """Keep going: for callers who do not cancel."""
    return False


@dataclass(frozen=True, slots=True)
class Watch:
    """The two ways between long work and whoever waits for it: reports out, a stop in."""

    report: Report = ignore_progress
    should_stop: ShouldStop = never_stop

    def step(self, progress: Progress) -> None:
        """Report, then honour a stop.

        Raises:
            Cancelled: `should_stop` said so.
        """
        self.report(progress)
        if self.should_stop():
            raise Cancelled(f"stopped at {progress.done} of {progress.total} {progress.unit}")
