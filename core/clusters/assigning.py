"""Every image to its nearest centroid, block by block, and the centroids to the means of theirs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Assigned:
    """One block: the nearest centroid of each image, int32 (b,), and the distance, float32 (b,)."""

    labels: NDArray[np.int32]
    distances: NDArray[np.float32]


def assign_stream(blocks: Iterable[Values], centroids: Values) -> Iterator[Assigned]:
    """For each block the nearest centroid (k, d) of each row."""
    for block in blocks:
        labels = nearest_centroids(block, centroids)
        yield Assigned(labels, _distances(block, centroids, labels))


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
