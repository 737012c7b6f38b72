"""The silhouette: how much nearer the images are to their own cluster than to the next.

P. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster
analysis", Journal of Computational and Applied Mathematics 20, 1987: with a the mean distance of
an image to the others of its cluster, and b the smallest mean distance to all of another cluster,
it is (b - a) / max(a, b), from -1 to 1; 0 for an image that is alone in its cluster.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.measures.distances import Distances, Points, blocks, distances_from

EXACT_UP_TO = 5_000
"""Images up to which every one is scored."""
SAMPLE = 2_000
"""Images scored where there are more, each against all.

Silhouettes have a standard deviation of 0.1 to 0.3 as a rule; 0.3 divided by the root of 2,000, the
standard error of their mean, is 0.007.
"""

_KEPT_VALUES = 1 << 25
"""Distances kept for the next clustering: 128 MiB, those of a sample of 16,777 images."""
_BLOCK_VALUES = 1 << 21
"""Numbers computed at once: 16 MiB in double precision."""

Labels = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Silhouette:
    """The silhouette of one clustering.

    Attributes:
        mean: over the images that were scored, -1 to 1.
        error: standard error of the mean as an estimate of that over all images, with s the
            standard deviation: s / sqrt(n_scored) * sqrt(1 - n_scored / n_images) (W. Cochran,
            Sampling Techniques, 1977, theorem 2.2); 0 where all were scored.
        n_scored: how many were scored.
        n_images: how many there are, copies counted.
        values: the silhouette of each image scored, float32 (n_scored,).
        rows: which they are, ascending, int64 (n_scored,).
    """

    mean: float
    error: float
    n_scored: int
    n_images: int
    values: NDArray[np.float32]
    rows: NDArray[np.int64]


class Silhouettes:
    """The silhouettes of any number of clusterings of the rows of one matrix. Threads may share it.

    Up to 5,000 images all are scored, of more a random sample of 2,000, the same for every
    clustering, so that what differs between two is not the sample. Each is scored against all
    images: only the choice of the sample makes the mean an estimate. The distances are kept where
    they take at most 128 MiB, for they are the same for every clustering.
    """

    def __init__(self, values: NDArray[np.float32], *, seed: int = 42) -> None:
        """Of the rows of `values` (n, d); `seed` chooses the sample."""
        self.rows = _choose(len(values), seed)
        self._points = Points(values)
        self._kept: NDArray[np.float32] | None = None
        self._lock = threading.Lock()

    def measure(self, labels: Labels) -> Silhouette | None:
        """The silhouette of clusters (n,); None where it is undefined.

        That is where there is one cluster only, where each image is one, or where no two images
        differ.

        Raises:
            ValueError: there are not as many as images.
        """
        own, sizes = _compact(labels, len(self._points))
        if self._points.are_one or not 1 < len(sizes) < len(own):
            return None
        members = _memberships(own, len(sizes))
        sums = np.zeros((len(self.rows), len(sizes)))  # (s, k)
        for columns, distances in self._distances():
            sums += distances @ members[columns]
        return _summarise(_score(sums, own[self.rows], sizes), self.rows, len(own))

    def _distances(self) -> Iterator[tuple[slice, Distances]]:
        """Blocks of distances from the scored rows to others, (s, c), and which others."""
        if len(self.rows) * len(self._points) > _KEPT_VALUES:
            yield from self._compute()
            return
        with self._lock:
            if self._kept is None:
                kept = np.empty((len(self.rows), len(self._points)), dtype=np.float32)
                for columns, distances in self._compute():
                    kept[:, columns] = distances
                self._kept = kept
        yield slice(None), self._kept

    def _compute(self) -> Iterator[tuple[slice, Distances]]:
        measure = distances_from(self._points.at(self.rows))
        for columns in blocks(len(self._points), max(1, _BLOCK_VALUES // len(self.rows))):
            yield columns, measure(self._points.at(columns))


def measure_silhouette(
    values: NDArray[np.float32], labels: Labels, *, seed: int = 42
) -> Silhouette | None:
    """The silhouette of the clusters (n,) of the rows of `values` (n, d), as `Silhouettes` does."""
    return Silhouettes(values, seed=seed).measure(labels)


def score_all(values: NDArray[np.float32], labels: Labels) -> NDArray[np.float32] | None:
    """The silhouette of every row of `values` (n, d) in its cluster (n,), however many: (n,).

    It takes as many distances as there are pairs of rows; none is kept. None where the silhouette
    is undefined.

    Raises:
        ValueError: there are not as many labels as rows.
    """
    own, sizes = _compact(labels, len(values))
    points = Points(values)
    if points.are_one or not 1 < len(sizes) < len(own):
        return None
    members = _memberships(own, len(sizes))
    sums = np.zeros((len(values), len(sizes)))  # (n, k)
    every = blocks(len(values), int(_BLOCK_VALUES**0.5))
    for position, some in enumerate(every):
        measure = distances_from(points.at(some))
        for others in every[position:]:  # a distance holds both ways: half of them suffice
            distances = measure(points.at(others))  # (b, c)
            sums[some] += distances @ members[others]
            if others != some:
                sums[others] += (members[some].T @ distances).T
    return _score(sums, own, sizes)


def _choose(count: int, seed: int) -> NDArray[np.int64]:
    """The rows that are scored, ascending."""
    if count <= EXACT_UP_TO:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, SAMPLE, replace=False))


def _compact(labels: Labels, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The clusters (n,) numbered without gaps, and their sizes (k,): none is empty then."""
    if len(labels) != count:
        raise ValueError(f"{len(labels)} labels for {count} images: expected one each")
    _, own, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    return own, sizes


def _memberships(own: NDArray[np.int64], n_clusters: int) -> NDArray[np.float32]:
    """1 where a row is in a cluster, else 0, (n, k): a product with it adds up by cluster."""
    members = np.zeros((len(own), n_clusters), dtype=np.float32)
    members[np.arange(len(own)), own] = 1
    return members


def _score(
    sums: NDArray[np.float64], own: NDArray[np.int64], sizes: NDArray[np.int64]
) -> NDArray[np.float32]:
    """From the summed distances of rows to each cluster (s, k), and their own clusters (s,)."""
    here = np.arange(len(own))
    within = sums[here, own] / np.maximum(sizes[own] - 1, 1)  # (s,): itself at 0, not counted
    means = sums / sizes  # (s, k)
    means[here, own] = np.inf
    beyond = means.min(axis=1)  # (s,)
    larger = np.maximum(within, beyond)
    defined = (larger > 0) & (sizes[own] > 1)
    scores: NDArray[np.float64] = np.divide(
        beyond - within, larger, out=np.zeros_like(larger), where=defined
    )
    return scores.astype(np.float32)


def _summarise(scores: NDArray[np.float32], rows: NDArray[np.int64], count: int) -> Silhouette:
    left_out = 1 - len(rows) / count
    spread = float(scores.std(ddof=1, dtype=np.float64)) if left_out else 0.0
    return Silhouette(
        mean=float(scores.mean(dtype=np.float64)),
        error=spread * (left_out / len(rows)) ** 0.5,
        n_scored=len(rows),
        n_images=count,
        values=scores,
        rows=rows,
    )
