"""K-Means of a large sample from what several starts on parts of it find.

P. Bradley and U. Fayyad, "Refining Initial Points for K-Means Clustering", ICML 1998. A single
start may merge two groups and split another; most find most groups, and together they find all.
"""

import numpy as np
from numpy.typing import NDArray

from core.clusters.assigning import assign_stream, nearest_centroids
from core.clusters.clustering import Clustering, KMeansParams, cluster
from core.errors import CoreError
from core.review.fit import find_centroids

STARTS = 10

_PART = 10_000
_PER_CLUSTER = 100
"""Images a start is made on, and at least so many for each cluster."""
_TRIES = 50

Values = NDArray[np.float32]


def fit_from_starts(values: Values, params: KMeansParams) -> Values:
    """The centroids (k, d) of K-Means of `values` (n, d): the lower inertia of two beginnings.

    One is the best of ten starts, each on a part of the rows; the other is what the ten have in
    common.

    Raises:
        CoreError: there are fewer rows that differ than clusters.
    """
    starts = [found for number in range(STARTS) for found in _start(values, params, number)]
    if not starts:  # copies, perhaps: all of the rows may hold enough that differ
        return find_means(values, cluster(values, params))
    from sklearn.cluster import KMeans  # noqa: PLC0415 - slow to import

    best = min(starts, key=lambda one: _inertia(values, one))
    beginnings = (best, _refine(values, starts, params))
    fitted = [KMeans(params.n_clusters, init=one, n_init=1).fit(values) for one in beginnings]
    found: Values = min(fitted, key=lambda one: float(one.inertia_)).cluster_centers_
    return found


def _start(values: Values, params: KMeansParams, number: int) -> list[Values]:
    """The centroids of a part of the rows; none where it does not hold enough that differ."""
    size = min(len(values), max(_PART, _PER_CLUSTER * params.n_clusters))
    generator = np.random.default_rng((params.seed, number))
    part = values[np.sort(generator.choice(len(values), size, replace=False))]
    seed = int(generator.integers(2**32))
    try:
        return [find_means(part, cluster(part, KMeansParams(params.n_clusters, seed)))]
    except CoreError:
        return []


def _refine(values: Values, starts: list[Values], params: KMeansParams) -> Values:
    """The centroids of all starts, clustered; each weighs as much as it has images."""
    from sklearn.cluster import KMeans  # noqa: PLC0415 - slow to import

    sizes = [np.bincount(nearest_centroids(values, one), minlength=len(one)) for one in starts]
    kmeans = KMeans(params.n_clusters, n_init=_TRIES, random_state=params.seed)
    weights = np.maximum(np.concatenate(sizes), 1)
    refined: Values = kmeans.fit(np.concatenate(starts), sample_weight=weights).cluster_centers_
    return refined


def _inertia(values: Values, centroids: Values) -> float:
    (assigned,) = assign_stream([values], centroids)
    return float(np.square(assigned.distances, dtype=np.float64).sum())


def find_means(values: Values, made: Clustering) -> Values:
    """The mean of each cluster of the rows of `values`, (k, d)."""
    return find_centroids(values, made.labels, np.ones(len(values), dtype=np.int64))
