"""How well each image fits its cluster: as near to its own centroid as it is far from the next.

The simplified silhouette: the silhouette (P. Rousseeuw, 1987) with distances to centroids in the
place of mean distances to all members (E. Hruschka, L. de Castro and R. Campello, "Evolutionary
Algorithms for Clustering Gene-Expression Data", ICDM 2004; L. Vendramin, R. Campello and
E. Hruschka, "Relative Clustering Validity Criteria: A Comparative Overview", Statistical Analysis
and Data Mining 3(4), 2010, section 2.2).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NO_RIVAL = -1
_BLOCK_VALUES = 1 << 22
"""Numbers held at once: 32 MiB in double precision."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Each of n images between its own centroid and that of its rival, the nearest other cluster.

    Attributes:
        own: Euclidean distance to the centroid of its own cluster, float32 (n,).
        rivals: the cluster of the nearest other centroid, int32 (n,); -1 where there is no other.
        rival: distance to that centroid, float32 (n,); NaN where there is none.
        fit: (rival - own) / max(rival, own), float32 (n,): 1 at its own centroid, 0 on the border
            to the rival's cluster or beyond it; NaN where there is no rival.
        centroids: the mean of each cluster, float32 (k, d); NaN where it has no images.
    """

    own: NDArray[np.float32]
    rivals: NDArray[np.int32]
    rival: NDArray[np.float32]
    fit: NDArray[np.float32]
    centroids: NDArray[np.float32]


def find_centroids(
    values: NDArray[np.float32], clusters: NDArray[np.int32], counts: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The mean of each cluster, (k, d): that of its members' values; NaN where it has none.

    Args:
        values: of the distinct images, (n, d).
        clusters: the cluster of each, 0 to k - 1, (n,).
        counts: how often each occurs, (n,); 0 leaves it out.
    """
    n_clusters = int(clusters.max()) + 1
    sums = np.zeros((n_clusters, values.shape[1]))
    for rows in _blocks(values, n_clusters):
        weights = np.zeros((len(values[rows]), n_clusters))  # (b, k)
        weights[np.arange(len(weights)), clusters[rows]] = counts[rows]
        sums += weights.T @ values[rows]  # (k, d)
    totals = np.bincount(clusters, weights=counts, minlength=n_clusters)  # (k,)
    sums[totals == 0] = np.nan
    return (sums / np.maximum(totals, 1)[:, None]).astype(np.float32)


def measure_fit(
    values: NDArray[np.float32], clusters: NDArray[np.int32], centroids: NDArray[np.float32]
) -> Fit:
    """The fit of each row of `values` (n, d) in its cluster (n,), among `centroids` (k, d)."""
    own = np.empty(len(values), dtype=np.float32)
    rival = np.full(len(values), np.nan, dtype=np.float32)
    rivals = np.full(len(values), NO_RIVAL, dtype=np.int32)
    has_rivals = np.isfinite(centroids).all(axis=1).sum() > 1
    for rows in _blocks(values, len(centroids)):
        own[rows] = _distances(values[rows], centroids[clusters[rows]])
        if has_rivals:
            rivals[rows] = _nearest(values[rows], centroids, without=clusters[rows])
            rival[rows] = _distances(values[rows], centroids[rivals[rows]])
    return Fit(own, rivals, rival, _simplified_silhouette(own, rival), centroids)


def nearest_centroids(
    values: NDArray[np.float32], centroids: NDArray[np.float32]
) -> NDArray[np.int32]:
    """The cluster whose centroid (k, d) is nearest to each row of `values` (n, d): int32 (n,)."""
    found = [_nearest(values[rows], centroids) for rows in _blocks(values, len(centroids))]
    return np.concatenate([np.empty(0, dtype=np.int32), *found])


def _simplified_silhouette(
    own: NDArray[np.float32], rival: NDArray[np.float32]
) -> NDArray[np.float32]:
    """K-Means stops where its centroids all but stand still: just below 0 is on the border."""
    larger = np.maximum(own, rival)  # (n,)
    fit = np.divide(rival - own, larger, out=np.zeros_like(own), where=larger != 0)
    clipped: NDArray[np.float32] = np.clip(fit, 0, 1)
    return clipped


def _blocks(values: NDArray[np.float32], n_clusters: int) -> Iterator[slice]:
    """Runs of rows whose values, and whose distances to all centroids, fit into a block."""
    size = max(1, _BLOCK_VALUES // max(values.shape[1], n_clusters))
    for start in range(0, len(values), size):
        yield slice(start, start + size)


def _nearest(
    block: NDArray[np.float32],
    centroids: NDArray[np.float32],
    without: NDArray[np.int32] | None = None,
) -> NDArray[np.int32]:
    """The nearest centroid of each row (b, d); the cluster `without` (b,) of each is left out."""
    empty = np.isnan(centroids[:, 0])  # (k,)
    centres = np.where(empty[:, None], 0, centroids).astype(np.float64)
    near = np.square(centres).sum(axis=1) - 2 * (block.astype(np.float64) @ centres.T)  # (b, k)
    near[:, empty] = np.inf
    if without is not None:
        near[np.arange(len(block)), without] = np.inf
    nearest: NDArray[np.int32] = near.argmin(axis=1).astype(np.int32)
    return nearest


def _distances(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Between the rows of `a` and `b`, by differences: what is equal lies at exactly 0, (b,)."""
    distances: NDArray[np.float32] = np.linalg.norm(a - b, axis=1)
    return distances
