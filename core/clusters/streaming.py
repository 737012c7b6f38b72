"""K-Means of more images than memory holds: begun on a sample, ended by rounds over all of them.

The features come in blocks, as often as they are asked for, from wherever they lie. K-Means is
fitted to a seeded sample of stated size, from what several starts on parts of it find (P. Bradley
and U. Fayyad, "Refining Initial Points for K-Means Clustering", ICML 1998). Its centroids are then
moved by a few of Lloyd's rounds over every image (S. Lloyd, "Least squares quantization in PCM",
IEEE Transactions on Information Theory 28, 1982), and every image goes to its nearest centroid. Up
to the size of the sample this is `core.clusters.clustering.cluster`, and the result the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.clusters.assigning import assign_stream, move_centroids
from core.clusters.clustering import Clustering, KMeansParams, cluster, find_medoids
from core.clusters.row_sample import RowSample, draw_rows
from core.clusters.starts import STARTS, find_means, fit_from_starts
from core.errors import CoreError, check_seed

SAMPLE = 100_000
"""Images to which K-Means is fitted: 100 MB of memory at 256 features."""
ROUNDS = 3
"""Over all images. docs/scale.md has what they gain."""
Values = NDArray[np.float32]
Blocks = Callable[[], Iterator[Values]]
"""Gives the features anew at each call: float32 (b, d) each, always in the same order."""


@dataclass(frozen=True, slots=True)
class StreamParams:
    """How many clusters, the seed of every draw, images in the sample, rounds over all images."""

    n_clusters: int = 5
    seed: int = 42
    sample: int = SAMPLE
    rounds: int = ROUNDS

    def __post_init__(self) -> None:
        check_seed(self.seed)
        if not 1 <= self.n_clusters <= self.sample:
            raise CoreError(
                f"k = {self.n_clusters} with a sample of {self.sample:,}: choose k from 1 to that"
            )
        if self.rounds < 0:
            raise CoreError(f"{self.rounds} rounds over all images: give 0 or more")


@dataclass(frozen=True, slots=True)
class Centroids:
    """What was fitted, and to what.

    Attributes:
        values: the centroids, float32 (k, d).
        sample: the rows to which K-Means was fitted, and their features.
        of_sample: what it made of them where they are all there is, else None.
        n_images: how many there are in all.
        method: in words, how they were found.
    """

    values: Values
    sample: RowSample
    of_sample: Clustering | None
    n_images: int
    method: str


def fit_stream(blocks: Blocks, params: StreamParams) -> Centroids:
    """The centroids of all images, however many: one pass draws the sample, each round is another.

    How the rows are cut into blocks does not matter to the sample, and to the rounds by rounding
    alone.

    Raises:
        CoreError: there is no image, or there are fewer that differ than clusters.
    """
    kmeans = KMeansParams(params.n_clusters, params.seed)
    sample, n_images = draw_rows(blocks(), params.sample, seed=params.seed)
    if n_images == len(sample.rows):
        made = cluster(sample.values, kmeans)
        return Centroids(find_means(sample.values, made), sample, made, n_images, made.method)
    centroids = fit_from_starts(sample.values, kmeans)
    for _ in range(params.rounds):
        centroids = move_centroids(blocks(), centroids)
    return Centroids(centroids, sample, None, n_images, _describe(sample, n_images, params))


def _describe(sample: RowSample, n_images: int, params: StreamParams) -> str:
    rounds = f"then {params.rounds} rounds over all" if params.rounds else "the others assigned"
    return (
        f"K-Means k {params.n_clusters}, seed {params.seed}, fitted to a sample of "
        f"{len(sample.rows):,} of {n_images:,} from {STARTS} starts, {rounds}"
    )


def cluster_stream(blocks: Blocks, params: StreamParams) -> Clustering:
    """The clusters of all images: 16 bytes an image are held, and the sample.

    Raises:
        CoreError: there is no image, or there are fewer that differ than clusters; or so many
            clusters cannot be told apart.
    """
    fitted = fit_stream(blocks, params)
    if fitted.of_sample is not None:
        return fitted.of_sample
    assigned = list(assign_stream(blocks(), fitted.values))
    labels = np.concatenate([one.labels for one in assigned])
    distances = np.concatenate([one.distances for one in assigned])
    inertia = float(np.square(distances, dtype=np.float64).sum())
    medoids = find_medoids(labels, distances, params.n_clusters)
    return Clustering(labels, distances, medoids, inertia, fitted.method)
