"""How fast a training goes, and how long the rest of it takes.

    seconds left = sum over the sizes of steps left x images a step / images a second at that size

The rate at a size that was not seen yet is taken from the nearest size that was, divided by the
ratio of their pixels: convolutions cost as many operations as there are pixels.
"""

from dataclasses import dataclass, field

from training.schedule import Schedule


@dataclass(slots=True)
class Pace:
    """Measured seconds, size by size."""

    schedule: Schedule
    _times: dict[int, int] = field(default_factory=dict)
    _steps: dict[int, int] = field(default_factory=dict)
    _seconds: dict[int, float] = field(default_factory=dict)

    @property
    def images_a_step(self) -> int:
        """Images that go through the network, two sights of one counted as two."""
        return self.schedule.batch_size * self.schedule.params.views

    def add(self, size: int, steps: int, seconds: float) -> None:
        """Some more steps at a size; the first to be told of count only while they are all.

        In those memory is fetched and kernels are chosen.
        """
        self._times[size] = self._times.get(size, 0) + 1
        if self._times[size] <= 2:  # noqa: PLR2004 - the second takes the place of the first
            self._steps[size], self._seconds[size] = 0, 0.0
        self._steps[size] += steps
        self._seconds[size] += seconds

    def rate(self, size: int) -> float:
        """Images a second at a size; 0 while nothing is known."""
        if not self._steps:
            return 0.0
        nearest = min(self._steps, key=lambda known: abs(known - size))
        rate = self.images_a_step * self._steps[nearest] / max(self._seconds[nearest], 1e-9)
        return rate * (nearest / size) ** 2

    def seconds_left(self, step: int) -> float:
        """From a step to the end; infinite while nothing is known."""
        if not self._steps:
            return float("inf")
        images = self.images_a_step
        return sum(n * images / self.rate(size) for size, n in self.schedule.remaining(step))


def spell(seconds: float) -> str:
    """Seconds as hours, minutes and seconds."""
    if seconds == float("inf"):
        return "unknown"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
