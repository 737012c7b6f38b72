"""Contingency tables that a reader can check by hand, and larger ones."""

import numpy as np
from numpy.typing import NDArray

HOSTILE = "<img src=x onerror=window.hacked=true>"
SMALL = np.array([[30, 10, 0, 0], [0, 5, 1, 0], [0, 0, 1200, 0]])


def large(n_rows: int, n_columns: int) -> NDArray[np.int64]:
    """Most images stay in the cluster of their number, some go to the next, few anywhere."""
    generator = np.random.default_rng(3)
    strays = generator.random((n_rows, n_columns)) < 0.06
    counts = generator.integers(0, 400, (n_rows, n_columns)) * strays
    for row in range(n_rows):
        counts[row, row % n_columns] += 1500
        counts[row, (row + 1) % n_columns] += 300
    return counts
