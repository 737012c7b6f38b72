"""Images unlike all others: far from their neighbours, or where it is emptier than around those."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare.restlessness import COMPANIONS
from core.neighbors import Neighbors

_AGAINST_ZERO = 1e-10
"""Added to mean distances as scikit-learn does: among copies they are 0."""


@dataclass(frozen=True, slots=True)
class Outliers:
    """How far each of n images lies out. All (n,); comparable within one set only.

    Attributes:
        distance: to its 14th nearest neighbour, or to the farthest where there are fewer, float32
            (S. Ramaswamy, R. Rastogi and K. Shim, "Efficient Algorithms for Mining Outliers from
            Large Data Sets", SIGMOD 2000).
        factor: local outlier factor, float64: how much denser it is around its neighbours than
            around itself; about 1 within a group of any density (M. Breunig, H.-P. Kriegel, R. Ng
            and J. Sander, "LOF: Identifying Density-Based Local Outliers", SIGMOD 2000,
            definitions 5 to 7), as scikit-learn computes it. Beside copies it can be huge.
        distance_rank: the share of the other images whose distance is smaller, 0 to 1, float32.
        factor_rank: the same of the factor.
    """

    distance: NDArray[np.float32]
    factor: NDArray[np.float64]
    distance_rank: NDArray[np.float32]
    factor_rank: NDArray[np.float32]


def measure_outliers(neighbors: Neighbors) -> Outliers:
    """Distance and local outlier factor of each image, from its nearest neighbours.

    One image alone has NaN, and the ranks 0.

    Args:
        neighbors: of each distinct image, itself first, (n, 15); of more the nearest 14 count.
    """
    indices = neighbors.indices[:, 1 : COMPANIONS + 1]  # (n, c)
    distances = neighbors.distances[:, 1 : COMPANIONS + 1]
    if distances.shape[1] == 0:
        undefined = np.full(len(distances), np.nan)
        ranks = np.zeros(len(distances), dtype=np.float32)
        return Outliers(undefined.astype(np.float32), undefined, ranks, ranks)
    distance = distances[:, -1].copy()
    factor = _local_outlier_factor(indices, distances.astype(np.float64))
    return Outliers(distance, factor, rank(distance), rank(factor))


def rank(scores: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float32]:
    """For each score (n,) the share of the others that are smaller, 0 to 1, float32 (n,)."""
    smaller = np.searchsorted(np.sort(scores), scores, side="left")
    shares: NDArray[np.float32] = (smaller / max(1, len(scores) - 1)).astype(np.float32)
    return shares


def _local_outlier_factor(
    indices: NDArray[np.int64], distances: NDArray[np.float64]
) -> NDArray[np.float64]:
    """From the neighbours (n, c) of each image without itself, (n,)."""
    reach = np.maximum(distances, distances[indices, -1])  # (n, c), at least that of the neighbour
    density = 1 / (reach.mean(axis=1) + _AGAINST_ZERO)  # (n,)
    factor: NDArray[np.float64] = density[indices].mean(axis=1) / density
    return factor
