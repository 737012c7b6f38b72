"""Clusterings made from others by hand: clusters split and merged, each measured anew.

A number whose images have all gone to others stays empty, so that no other cluster has to change
its number, its colour and its name.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.clusters.clustering import Clustering, KMeansParams, Labels, cluster, find_medoids
from core.clusters.edits import Edit, Merge, Split
from core.clusters.seeding import Matrix
from core.errors import CoreError
from core.review.fit import find_centroids


def derive(values: Matrix, made: Clustering, edits: Sequence[Edit], *, seed: int) -> Clustering:
    """The clusters of the rows of `values` (n, d) after the edits, one after the other.

    Raises:
        CoreError: an edit names a cluster that has no images, or splits it into more parts than
            it has images that differ.
    """
    labels = made.labels
    for edit in edits:
        labels = _apply(edit, values, labels, seed)
    words = [made.method, *(edit.describe() for edit in edits)]
    return measure_clusters(values, labels, method=", ".join(words))


def measure_clusters(values: Matrix, labels: Labels, *, method: str) -> Clustering:
    """Distances to the centroids, medoids and inertia of any clusters, int32 (n,)."""
    centroids = find_centroids(values, labels, np.ones(len(labels), dtype=np.int64))  # (k, d)
    distances = np.linalg.norm(values - centroids[labels], axis=1).astype(np.float32)  # (n,)
    medoids = find_medoids(labels, distances, len(centroids))
    inertia = float(np.square(distances, dtype=np.float64).sum())
    return Clustering(labels, distances, medoids, inertia, method)


def _apply(edit: Edit, values: Matrix, labels: Labels, seed: int) -> Labels:
    if isinstance(edit, Merge):
        return _merge(edit, labels)
    return _split(edit, values, labels, seed)


def _merge(edit: Merge, labels: Labels) -> Labels:
    _members(labels, edit.into)
    merged = labels.copy()
    merged[_members(labels, edit.cluster)] = edit.into
    return merged


def _split(edit: Split, values: Matrix, labels: Labels, seed: int) -> Labels:
    members = _members(labels, edit.cluster)
    parts = split_cluster(values[members], edit.parts, seed=seed)
    new = int(labels.max()) + np.arange(edit.parts)  # part 0 keeps the number
    new[0] = edit.cluster
    split = labels.copy()
    split[members] = new[parts]
    return split


def split_cluster(values: Matrix, parts: int, *, seed: int) -> Labels:
    """K-Means inside one cluster, the parts numbered by size, the largest first: int32 (n,).

    Raises:
        CoreError: it has fewer images that differ than parts.
    """
    made = cluster(values, KMeansParams(parts, seed))
    by_size = np.argsort(-made.sizes, kind="stable")
    ranks: NDArray[np.int32] = np.argsort(by_size).astype(np.int32)
    return ranks[made.labels]


def _members(labels: Labels, cluster: int) -> NDArray[np.int64]:
    members = np.flatnonzero(labels == cluster)
    if not len(members):
        present = ", ".join(str(one) for one in np.unique(labels).tolist())
        raise CoreError(f"no images are in cluster {cluster}: choose one of {present}")
    return members
