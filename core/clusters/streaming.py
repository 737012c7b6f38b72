"""K-Means of more images than memory holds: begun on a sample, ended by rounds over all of them.

The features come in blocks, as often as they are asked for, from wherever they lie. K-Means is
fitted to a seeded sample of stated size, from the best of several starts on parts of it (P. Bradley
and U. Fayyad, "Refining Initial Points for K-Means Clustering", ICML 1998). Its centroids are then
moved by a few of Lloyd's rounds over every image (S. Lloyd, "Least squares quantization in PCM",
IEEE Transactions on Information Theory 28, 1982), and every image goes to its nearest centroid. Up
to the size of the sample this is `core.clusters.clustering.cluster`, and the result the same.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.clusters.clustering import Clustering, KMeansParams, cluster, find_medoids
from core.clusters.row_sample import RowSample, draw_rows
from core.errors import CoreError
from core.review.fit import find_centroids

SAMPLE = 100_000
"""Images to which K-Means is fitted: 100 MB of memory at 256 features."""
ROUNDS = 3
"""Over all images. docs/scale.md has what they gain."""
STARTS = 10
"""On parts of the sample: where one merges two groups and splits another, the next seldom does."""

_PART = 10_000
_PER_CLUSTER = 100
"""Images a start is made on, and at least so many for each cluster."""

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
        if not 1 <= self.n_clusters <= self.sample:
            raise CoreError(
                f"k = {self.n_clusters} with a sample of {self.sample:,}: k lies from 1 to that"
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


@dataclass(frozen=True, slots=True)
class Assigned:
    """One block: the nearest centroid of each image, int32 (b,), and the distance, float32 (b,)."""

    labels: NDArray[np.int32]
    distances: NDArray[np.float32]


def fit_stream(blocks: Blocks, params: StreamParams) -> Centroids:
    """The centroids of all images, however many: one pass draws the sample, each round is another.

    How the rows are cut into blocks does not matter to the sample, and to the rounds by rounding
    alone.

    Raises:
        CoreError: there is no image, or there are fewer that differ than clusters.
    """
    sample, n_images = draw_rows(blocks(), params.sample, seed=params.seed)
    if n_images == len(sample.rows):
        made = cluster(sample.values, KMeansParams(params.n_clusters, params.seed))
        return Centroids(_centroids(sample.values, made), sample, made, n_images, made.method)
    centroids = _fit_sample(sample.values, params)
    for _ in range(params.rounds):
        centroids = move_centroids(blocks(), centroids)
    return Centroids(centroids, sample, None, n_images, _describe(sample, n_images, params))


def _centroids(values: Values, made: Clustering) -> Values:
    return find_centroids(values, made.labels, np.ones(len(values), dtype=np.int64))


def _fit_sample(values: Values, params: StreamParams) -> Values:
    """From the start whose centroids lie nearest to the images of the sample, (k, d)."""
    starts = [found for number in range(STARTS) for found in _start(values, params, number)]
    if not starts:  # copies, perhaps: all of the sample may hold enough that differ
        return _centroids(values, cluster(values, KMeansParams(params.n_clusters, params.seed)))
    inertias = [sum(_squares(one) for one in assign_stream([values], start)) for start in starts]
    from sklearn.cluster import KMeans  # noqa: PLC0415 - slow to import

    best = starts[int(np.argmin(inertias))]
    found: Values = KMeans(len(best), init=best, n_init=1).fit(values).cluster_centers_
    return found


def _start(values: Values, params: StreamParams, number: int) -> list[Values]:
    """The centroids of a part of the sample; none where it does not hold enough that differ."""
    size = min(len(values), max(_PART, _PER_CLUSTER * params.n_clusters))
    generator = np.random.default_rng((params.seed, number))
    part = values[np.sort(generator.choice(len(values), size, replace=False))]
    seed = int(generator.integers(2**32))
    try:
        return [_centroids(part, cluster(part, KMeansParams(params.n_clusters, seed)))]
    except CoreError:
        return []


def _squares(assigned: Assigned) -> float:
    return float(np.square(assigned.distances, dtype=np.float64).sum())


def _describe(sample: RowSample, n_images: int, params: StreamParams) -> str:
    rounds = f"then {params.rounds} rounds over all" if params.rounds else "the others assigned"
    return (
        f"K-Means k {params.n_clusters}, seed {params.seed}, fitted to a sample of "
        f"{len(sample.rows):,} of {n_images:,} from the best of {STARTS} starts, {rounds}"
    )


def assign_stream(blocks: Iterable[Values], centroids: Values) -> Iterator[Assigned]:
    """For each block the nearest centroid (k, d) of each row."""
    for block in blocks:
        labels = nearest_centroids(block, centroids)
        yield Assigned(labels, _distances(block, centroids, labels))


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


def nearest_centroids(block: Values, centroids: Values) -> NDArray[np.int32]:
    """The nearest of the centroids (k, d) for each row (b, d), int32 (b,).

    In single precision, where `core.review.fit` takes double: a tenth of the time. Around their
    mean, so that rounding is small beside the distances.
    """
    centre = centroids.mean(axis=0)  # (d,)
    around = centroids - centre  # (k, d)
    # |x - c|^2 less |x|^2, which is the same for every centroid.
    offsets = np.square(around).sum(axis=1) + 2 * (around @ centre)  # (k,)
    near = block @ (-2 * around.T)  # (b, k)
    near += offsets
    labels: NDArray[np.int32] = near.argmin(axis=1).astype(np.int32)
    return labels


def _distances(block: Values, centroids: Values, labels: NDArray[np.int32]) -> Values:
    """By differences: what lies at its centroid lies at exactly 0, (b,)."""
    distances = np.empty(len(block), dtype=np.float32)
    for rows in _runs(len(block)):
        apart = block[rows] - centroids[labels[rows]]
        distances[rows] = np.sqrt(np.einsum("bd,bd->b", apart, apart))
    return distances


def _runs(count: int, size: int = 1024) -> Iterator[slice]:
    """Few rows at a time: their differences then stay in the processor's cache."""
    for start in range(0, count, size):
        yield slice(start, start + size)


def move_centroids(blocks: Iterable[Values], centroids: Values) -> Values:
    """One of Lloyd's rounds: each centroid to the mean of its images, an empty one stays."""
    sums = np.zeros(centroids.shape)  # (k, d), in double precision
    counts = np.zeros(len(centroids), dtype=np.int64)
    for block in blocks:
        labels = nearest_centroids(block, centroids)
        members = np.zeros((len(centroids), len(block)), dtype=np.float32)  # (k, b)
        members[labels, np.arange(len(block))] = 1
        sums += members @ block
        counts += np.bincount(labels, minlength=len(centroids))
    means = sums / np.maximum(counts, 1)[:, None]
    moved: Values = np.where(counts[:, None] > 0, means, centroids).astype(np.float32)
    return moved
