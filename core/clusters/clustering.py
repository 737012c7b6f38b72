"""K-Means: which images belong together."""

import warnings
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.clusters.edits import Edit
from core.clusters.seeding import Matrix, Seeding
from core.errors import CoreError

MINI_BATCHES_FROM = 1_000_000
"""Rows from which K-Means goes by mini-batches."""

_ROUNDS = 300
_LAST_ROUNDS = 5
_BATCH = 16_384
Labels = NDArray[np.int32]


class TooManyClusters(CoreError):  # noqa: N818 - of a k that was tried, the end
    """So many clusters cannot be told apart; fewer can."""


@dataclass(frozen=True, slots=True)
class KMeansParams:
    """How many clusters, the seed of their first centroids, and what was done to them by hand."""

    n_clusters: int = 5
    seed: int = 42
    edits: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        if self.n_clusters < 1:
            raise CoreError(f"k = {self.n_clusters}: choose at least 1 cluster")


@dataclass(frozen=True, slots=True)
class Clustering:
    """The clusters of n images.

    Attributes:
        labels: the cluster of each image, 0 to n_clusters - 1, int32 (n,).
        distances: Euclidean distance of each image to its own centroid, float32 (n,).
        medoids: for each cluster the image nearest to its centroid, int64 (n_clusters,); -1 where
            a cluster has lost all its images to others.
        inertia: the sum of the squared distances.
        method: in words, how they were found.
    """

    labels: NDArray[np.int32]
    distances: NDArray[np.float32]
    medoids: NDArray[np.int64]
    inertia: float
    method: str = ""

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many images each cluster holds, (n_clusters,)."""
        return np.bincount(self.labels, minlength=len(self.medoids))

    def renumbered(self, numbers: NDArray[np.int32]) -> "Clustering":
        """The same clusters under other numbers: cluster c becomes `numbers[c]`, (n_clusters,)."""
        medoids = np.empty_like(self.medoids)
        medoids[numbers] = self.medoids
        return replace(self, labels=numbers[self.labels], medoids=medoids)


def cluster(
    values: Matrix, params: KMeansParams, *, seeding: Seeding | None = None, device: str = "cpu"
) -> Clustering:
    """K-Means of the rows of `values` (n, d): scikit-learn's result for the same seed.

    On CUDA the iteration runs there. From a million rows on it goes by mini-batches and ends with
    a few rounds over all rows.

    Args:
        values: the prepared features.
        params: how many clusters, and the seed.
        seeding: of the same values and seed, shared by several k; None: one of its own.
        device: `cuda`, or anything else for the CPU.

    Raises:
        TooManyClusters: there are fewer distinct rows, or groups to be told apart, than clusters.
    """
    seeding = seeding or Seeding(values, seed=params.seed)
    k = params.n_clusters
    require_distinct(k, seeding)
    centroids, labels, method = _fit(seeding, params, device)
    found = len(np.unique(labels))
    if found < k:
        raise TooManyClusters(
            f"k = {k} is too many: K-Means tells only {found} groups apart, "
            f"since other images are all but copies. Choose k from 1 to {found}"
        )
    distances = _distances_to_centroids(values, centroids, labels)
    medoids = find_medoids(labels, distances, k)
    inertia = float(np.square(distances, dtype=np.float64).sum())
    return Clustering(labels, distances, medoids, inertia, method)


def require_distinct(k: int, seeding: Seeding) -> None:
    """Refuse more clusters than there are rows that differ.

    Raises:
        TooManyClusters: there are fewer distinct rows than clusters.
    """
    distinct = seeding.n_distinct
    if k > distinct:
        raise TooManyClusters(
            f"k = {k} is more than the {distinct} images that differ: choose k from 1 to {distinct}"
            if distinct > 1
            else f"k = {k} is too many for images that are all alike: choose k = 1"
        )


def _fit(seeding: Seeding, params: KMeansParams, device: str) -> tuple[Matrix, Labels, str]:
    """Centroids, labels, and in words how they were found."""
    values, centers = seeding.values, seeding.choose(params.n_clusters)
    method = f"K-Means k {params.n_clusters}, seed {params.seed}"
    if device == "cuda":
        from core.clusters.lloyd import fit  # noqa: PLC0415 - brings torch

        fitted = fit(values, centers, device=device)
        return fitted.centroids, fitted.labels, method
    rounds = _ROUNDS
    if len(values) >= MINI_BATCHES_FROM:
        centers, rounds = _fit_batches(values, centers, params.seed), _LAST_ROUNDS
        method += f", mini-batches of {_BATCH:,}, then {rounds} rounds over all"
    from sklearn.cluster import KMeans  # noqa: PLC0415 - slow to import

    with warnings.catch_warnings():
        # The same is said above, in our words and as an error.
        warnings.filterwarnings("ignore", message="Number of distinct clusters")
        kmeans = KMeans(params.n_clusters, init=centers, n_init=1, max_iter=rounds).fit(values)
    return kmeans.cluster_centers_, kmeans.labels_.astype(np.int32), method


def _fit_batches(values: Matrix, centers: Matrix, seed: int) -> Matrix:
    from sklearn.cluster import MiniBatchKMeans  # noqa: PLC0415 - slow to import

    batches = MiniBatchKMeans(
        len(centers), init=centers, n_init=1, batch_size=_BATCH, random_state=seed
    )
    found: Matrix = batches.fit(values).cluster_centers_
    return found


def _distances_to_centroids(
    values: NDArray[np.float32], centroids: NDArray[np.float32], labels: NDArray[np.int32]
) -> NDArray[np.float32]:
    """One cluster at a time: all differences at once would be a second copy of the features."""
    distances = np.empty(len(values), dtype=np.float32)
    for label, centroid in enumerate(centroids):
        members = labels == label
        distances[members] = np.linalg.norm(values[members] - centroid, axis=1)
    return distances


def find_medoids(
    labels: NDArray[np.int32], distances: NDArray[np.float32], n_clusters: int
) -> NDArray[np.int64]:
    """For each cluster its member nearest to the centroid, (n_clusters,); -1 where it has none."""
    medoids = np.full(n_clusters, -1, dtype=np.int64)
    for label in range(n_clusters):
        members = np.flatnonzero(labels == label)
        if len(members):
            medoids[label] = members[np.argmin(distances[members])]
    return medoids
