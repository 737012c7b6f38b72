"""Distances between many rows, block by block, in double precision; copies lie at exactly 0."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Distances = NDArray[np.float32]


class Points:
    """The rows of a matrix (n, d) around their mean, so scaled that they span 1 at most.

    For measures that have neither place nor unit: far from 0 rounding would swallow small
    distances, and very small ones have no square.
    """

    def __init__(self, values: NDArray[np.float32]) -> None:
        self._values = values
        self._centre = values.mean(axis=0, dtype=np.float64) if len(values) else 0.0
        self._span = float(np.ptp(values, axis=0).max()) if values.size else 0.0

    def __len__(self) -> int:
        return len(self._values)

    @property
    def are_one(self) -> bool:
        """Whether no two of them differ."""
        return self._span == 0

    def at(self, rows: slice | NDArray[np.int64]) -> NDArray[np.float64]:
        """Some of them, (b, d)."""
        return (self._values[rows] - self._centre) / (self._span or 1.0)


def distances_from(some: NDArray[np.float64]) -> Callable[[NDArray[np.float64]], Distances]:
    """What measures Euclidean distances from these points (b, d) to any others (c, d), (b, c).

    They are |a|^2 + |b|^2 - 2ab as one product, in double precision: single would move copies
    apart by a thousandth of their length. The squares are taken smaller by as much as rounding
    can make the whole (N. Higham, Accuracy and Stability of Numerical Algorithms, 2002, section
    3.1), so that copies lie at exactly 0.
    """
    less = 1 - (some.shape[1] + 5) * np.finfo(np.float64).eps
    left = np.column_stack([-2 * some, less * np.square(some).sum(axis=1), np.ones(len(some))])

    def measure(others: NDArray[np.float64]) -> Distances:
        squares = less * np.square(others).sum(axis=1)  # (c,)
        right = np.column_stack([others, np.ones(len(others)), squares])  # (c, d + 2)
        distances = np.empty((len(left), len(right)), dtype=np.float32)
        np.maximum(left @ right.T, 0, out=distances, casting="same_kind")
        return np.sqrt(distances, out=distances)

    return measure


def blocks(count: int, size: int) -> list[slice]:
    """Runs of at most `size` rows, of `count` in all."""
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]
