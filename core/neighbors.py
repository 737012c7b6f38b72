"""Nearest neighbours as a value: shared by the map, the search and the review."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

METRICS = ("euclidean", "cosine")


@dataclass(frozen=True, slots=True)
class Neighbors:
    """For each of n images its k nearest, itself first: indices int64 and distances (n, k)."""

    indices: NDArray[np.int64]
    distances: NDArray[np.float32]
