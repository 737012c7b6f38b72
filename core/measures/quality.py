"""How good one clustering is: how tight and how far apart its clusters, and how true to labels.

Every measure is taken in feature space, never on the map, and over all images, copies counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.measures.distances import blocks
from core.measures.label_agreement import measure_agreement
from core.measures.silhouette import Labels, Silhouettes
from core.review.fit import find_centroids

_BLOCK_ROWS = 4_096
"""Differences to centroids held at once: 4 MiB of float32 at 256 dimensions."""


@dataclass(frozen=True, slots=True)
class Quality:
    """The measures of one clustering. What is undefined is None, never NaN.

    Attributes:
        n_clusters: how many clusters hold images.
        inertia: the sum of the squared distances to the centroids, as K-Means gave it.
        silhouette: the mean silhouette, -1 to 1, higher is better; None for one cluster, for as
            many as images, and where no two images differ.
        silhouette_error: its standard error; 0 where every image was scored.
        n_scored: how many images were scored; 0 where it is undefined.
        calinski_harabasz: from 0 on, higher is better; None for one cluster, for as many as
            images, and where every image lies at its centroid.
        davies_bouldin: from 0 on, lower is better; None for one cluster, for as many as images,
            and where two centroids coincide.
        ari: the adjusted Rand index of clusters and labels; this and what follows is explained
            at `core.measures.label_agreement.Agreement`, and None where no image has a label.
        nmi: normalised mutual information.
        purity: the share of the images with the most common label of their cluster.
        homogeneity: 1 where no cluster mixes labels.
        completeness: 1 where no label is spread over clusters.
    """

    n_clusters: int
    inertia: float
    silhouette: float | None
    silhouette_error: float
    n_scored: int
    calinski_harabasz: float | None
    davies_bouldin: float | None
    ari: float | None = None
    nmi: float | None = None
    purity: float | None = None
    homogeneity: float | None = None
    completeness: float | None = None


def measure_quality(
    values: NDArray[np.float32],
    labels: Labels,
    *,
    inertia: float,
    true_labels: Sequence[str | None] = (),
    seed: int = 42,
    silhouettes: Silhouettes | None = None,
) -> Quality:
    """The measures of the clusters (m,) of the rows of `values` (m, d).

    Args:
        values: the prepared features of all images, copies included.
        labels: the cluster of each; a number without images does no harm.
        inertia: what K-Means gave.
        true_labels: the label of each image or None; or nothing at all.
        seed: of the sample that the silhouette is taken of, where there are many images.
        silhouettes: of the same values, shared by several clusterings; None: one of its own.

    Raises:
        ValueError: there are not as many labels as rows.
    """
    silhouette = (silhouettes or Silhouettes(values, seed=seed)).measure(labels)
    agreement = measure_agreement(labels, true_labels) if len(true_labels) else None
    spread = _spread(values, labels)
    return Quality(
        n_clusters=len(spread.sizes),
        inertia=inertia,
        silhouette=silhouette.mean if silhouette else None,
        silhouette_error=silhouette.error if silhouette else 0.0,
        n_scored=silhouette.n_scored if silhouette else 0,
        calinski_harabasz=_calinski_harabasz(spread),
        davies_bouldin=_davies_bouldin(spread),
        ari=agreement.ari if agreement else None,
        nmi=agreement.nmi if agreement else None,
        purity=agreement.purity if agreement else None,
        homogeneity=agreement.homogeneity if agreement else None,
        completeness=agreement.completeness if agreement else None,
    )


@dataclass(frozen=True, slots=True)
class _Spread:
    """How k clusters lie: their sizes (k,) and centroids (k, d), how far their members lie off.

    Attributes:
        sizes: none is 0, (k,).
        centroids: (k, d).
        means: the mean distance of the members to their centroid, (k,).
        squares: the sum of the squared distances, (k,).
    """

    sizes: NDArray[np.int64]
    centroids: NDArray[np.float64]
    means: NDArray[np.float64]
    squares: NDArray[np.float64]


def _spread(values: NDArray[np.float32], labels: Labels) -> _Spread:
    """Clusters without images are left out."""
    _, own, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    counts = np.ones(len(own), dtype=np.int64)
    centroids = find_centroids(values, own.astype(np.int32), counts)
    distances = np.empty(len(values))
    for rows in blocks(len(values), _BLOCK_ROWS):
        distances[rows] = np.linalg.norm(values[rows] - centroids[own[rows]], axis=1)
    return _Spread(
        sizes=sizes,
        centroids=centroids.astype(np.float64),
        means=np.bincount(own, weights=distances) / sizes,
        squares=np.bincount(own, weights=np.square(distances)).astype(np.float64),
    )


def _calinski_harabasz(spread: _Spread) -> float | None:
    """T. Calinski and J. Harabasz, "A dendrite method for cluster analysis", 1974."""
    k, n = len(spread.sizes), int(spread.sizes.sum())
    within = float(spread.squares.sum())
    if not 1 < k < n or not within:
        return None
    centre = np.average(spread.centroids, axis=0, weights=spread.sizes)  # (d,)
    between = float(spread.sizes @ np.square(spread.centroids - centre).sum(axis=1))
    return (between / (k - 1)) / (within / (n - k))


def _davies_bouldin(spread: _Spread) -> float | None:
    """D. Davies and D. Bouldin, "A Cluster Separation Measure", 1979."""
    k, n = len(spread.sizes), int(spread.sizes.sum())
    if not 1 < k < n:
        return None
    worst = []
    for cluster, centroid in enumerate(spread.centroids):
        apart = np.linalg.norm(spread.centroids - centroid, axis=1)  # (k,)
        apart[cluster] = np.inf
        if not apart.all():
            return None
        worst.append(((spread.means + spread.means[cluster]) / apart).max())
    return float(np.mean(worst))
