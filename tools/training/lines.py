"""What a training prints: a line every few seconds, and what could not be used."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from training.pace import Pace, spell
from training.running import Report

_EVERY_SECONDS = 5.0
_LISTED = 10


@dataclass(slots=True)
class Lines:
    """Prints reports, but not more often than anyone reads; the last one always."""

    _next: float = 0.0

    def show(self, report: Report) -> None:
        """Of the steps of a training."""
        if not self._is_due(last=report.step == report.n_steps):
            return
        share = report.step / report.n_steps
        print(
            f"step {report.step:,} of {report.n_steps:,} ({share:.1%}), {report.size} px, "
            f"loss {report.loss:.3f}, {report.rate:,.0f} images/s, "
            f"{spell(report.seconds_left)} left",
            flush=True,
        )

    def show_read(self, name: str, done: int, total: int) -> None:
        """Of the images that are decoded."""
        if self._is_due(last=done == total):
            print(f"{done:,} of {total:,} {name} decoded", flush=True)

    def _is_due(self, *, last: bool) -> bool:
        now = time.monotonic()
        if not last and now < self._next:
            return False
        self._next = now + _EVERY_SECONDS
        return True


def list_left_out(left_out: Sequence[str]) -> None:
    """Which images could not be used, and why."""
    if left_out:
        print(f"{len(left_out):,} images are left out:")
    for one in left_out[:_LISTED]:
        print(f"  {one}")
    if len(left_out) > _LISTED:
        print(f"  and {len(left_out) - _LISTED:,} more")


def show_estimate(pace: Pace, minutes: float) -> None:
    """How long the whole takes, by which formula, and how many epochs fit into the time."""
    schedule = pace.schedule
    for size, steps in schedule.remaining(0):
        print(f"{size} px: {steps:,} steps x {pace.images_a_step} images, {pace.rate(size):,.0f}/s")
    seconds = pace.seconds_left(0)
    epochs = schedule.params.epochs
    print(f"sum over sizes of steps x images / rate: {spell(seconds)} for --epochs {epochs}")
    if minutes < float("inf"):
        print(f"{minutes:g} minutes hold --epochs {int(60 * minutes * epochs / seconds)}")
