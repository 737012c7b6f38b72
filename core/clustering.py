"""K-Means: which images belong together."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError


@dataclass(frozen=True, slots=True)
class KMeansParams:
    """How many clusters, and the seed of their first centroids."""

    n_clusters: int = 5
    seed: int = 42

    def __post_init__(self) -> None:
        if self.n_clusters < 1:
            raise CoreError(f"k = {self.n_clusters}: at least 1 cluster is needed")


@dataclass(frozen=True, slots=True)
class Clustering:
    """The clusters of n images.

    Attributes:
        labels: the cluster of each image, 0 to n_clusters - 1, int32 (n,).
        distances: Euclidean distance of each image to its own centroid, float32 (n,).
        medoids: for each cluster the image nearest to its centroid, int64 (n_clusters,).
        inertia: the sum of the squared distances.
    """

    labels: NDArray[np.int32]
    distances: NDArray[np.float32]
    medoids: NDArray[np.int64]
    inertia: float

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many images each cluster holds, (n_clusters,)."""
        return np.bincount(self.labels, minlength=len(self.medoids))


def cluster(values: NDArray[np.float32], params: KMeansParams) -> Clustering:
    """scikit-learn's KMeans of the rows of `values` (n, d), with its defaults and our seed.

    Raises:
        CoreError: there are fewer distinct rows than clusters.
    """
    distinct = count_distinct(values)
    if params.n_clusters > distinct:
        raise CoreError(
            f"k = {params.n_clusters} is more than the {distinct} images that differ: "
            f"choose k from 1 to {distinct}"
        )
    from sklearn.cluster import KMeans  # noqa: PLC0415 - slow to import

    with warnings.catch_warnings():
        # The same is said below, in our words and as an error.
        warnings.filterwarnings("ignore", message="Number of distinct clusters")
        fitted = KMeans(n_clusters=params.n_clusters, random_state=params.seed).fit(values)
    found = len(np.unique(fitted.labels_))
    if found < params.n_clusters:
        raise CoreError(
            f"k = {params.n_clusters} is too many: K-Means tells only {found} groups apart, "
            f"since other images are all but copies. Choose k from 1 to {found}"
        )
    labels = fitted.labels_.astype(np.int32)
    distances = _distances_to_centroids(values, fitted.cluster_centers_, labels)
    medoids = _find_medoids(labels, distances, params.n_clusters)
    return Clustering(labels, distances, medoids, float(fitted.inertia_))


def count_distinct(values: NDArray[np.float32]) -> int:
    """How many rows of `values` (n, d) differ from each other."""
    return len({(row + 0).tobytes() for row in values})  # -0 + 0 is 0


def _distances_to_centroids(
    values: NDArray[np.float32], centroids: NDArray[np.float32], labels: NDArray[np.int32]
) -> NDArray[np.float32]:
    """One cluster at a time: all differences at once would be a second copy of the features."""
    distances = np.empty(len(values), dtype=np.float32)
    for label, centroid in enumerate(centroids):
        members = labels == label
        distances[members] = np.linalg.norm(values[members] - centroid, axis=1)
    return distances


def _find_medoids(
    labels: NDArray[np.int32], distances: NDArray[np.float32], n_clusters: int
) -> NDArray[np.int64]:
    """For each cluster its member nearest to the centroid."""
    members = (np.flatnonzero(labels == label) for label in range(n_clusters))
    return np.array([rows[np.argmin(distances[rows])] for rows in members], dtype=np.int64)
