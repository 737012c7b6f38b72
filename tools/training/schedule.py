"""What is done at which step: pure functions of its number, so that any step can be the next."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from training.options import TrainingParams

_ORDER, _CHANGES = 0, 1
"""What random numbers are for: each purpose has its own."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The steps of a training on `n_images` images.

    Images that no full batch is left for wait until the next epoch draws them.
    """

    params: TrainingParams
    n_images: int

    @property
    def batch_size(self) -> int:
        """Distinct images in a batch: at most all of them."""
        return min(self.params.batch_size, self.n_images)

    @property
    def steps_per_epoch(self) -> int:
        """Full batches."""
        return self.n_images // self.batch_size

    @property
    def n_steps(self) -> int:
        """Of the whole training."""
        return self.params.epochs * self.steps_per_epoch

    def size(self, step: int) -> int:
        """The side in pixels of what the network sees at a step."""
        sizes = self.params.sizes
        return sizes[step * len(sizes) // self.n_steps]

    def learning_rate(self, step: int) -> float:
        """Up in a line, then down in half a cosine (L. Smith and N. Topin, 2019, "1cycle")."""
        rising = self.params.warm_up * self.n_steps
        if step < rising:
            return self.params.learning_rate * (step + 1) / (rising + 1)
        fallen = (step - rising) / (self.n_steps - rising)
        return self.params.learning_rate * (1 + math.cos(math.pi * fallen)) / 2

    def rows(self, step: int) -> NDArray[np.int64]:
        """Which images a step sees, (batch_size,): each epoch has an order of its own."""
        epoch, position = divmod(step, self.steps_per_epoch)
        order = _shuffle(self.n_images, self.params.seed, epoch)
        return order[position * self.batch_size :][: self.batch_size]

    def random(self, step: int) -> np.random.Generator:
        """The random numbers by which a step changes its images."""
        return np.random.default_rng((self.params.seed, _CHANGES, step))

    def remaining(self, step: int) -> Iterator[tuple[int, int]]:
        """From a step on: each size with the number of steps that see it."""
        sizes = np.array([self.size(one) for one in range(step, self.n_steps)], dtype=np.int64)
        for size, count in zip(*np.unique(sizes, return_counts=True), strict=True):
            yield int(size), int(count)


@lru_cache(maxsize=2)
def _shuffle(n_images: int, seed: int, epoch: int) -> NDArray[np.int64]:
    return np.random.default_rng((seed, _ORDER, epoch)).permutation(n_images)
