"""How many images two clusterings of the same set have in common, cluster by cluster."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def contingency(
    before: NDArray[np.integer[Any]],
    after: NDArray[np.integer[Any]],
    shape: tuple[int, int] | None = None,
    *,
    weights: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """The contingency table: images in cluster i of the one and j of the other, (k_a, k_b).

    Args:
        before: the cluster of each image, (n,).
        after: the same in the other clustering, (n,).
        shape: how many clusters they have, (k_a, k_b), empty ones at the end included; None: up to
            the highest number that occurs.
        weights: how often each image occurs, (n,); None: once. Exact up to 2^53 images.

    Raises:
        ValueError: they are not of the same images, or a number is not below `shape`.
    """
    if before.shape != after.shape:
        raise ValueError(f"{len(before)} and {len(after)} images: two clusterings of the same set")
    n_before, n_after = shape or (count_clusters(before), count_clusters(after))
    _check(before, n_before)
    _check(after, n_after)
    cells = before.astype(np.int64) * n_after + after  # (n,)
    counts = np.bincount(cells, weights=weights, minlength=n_before * n_after)
    return counts.astype(np.int64).reshape(n_before, n_after)


def count_clusters(clusters: NDArray[np.integer[Any]]) -> int:
    """How many numbers there are up to the highest that occurs in `clusters` (n,)."""
    return int(clusters.max()) + 1 if len(clusters) else 0


def _check(clusters: NDArray[np.integer[Any]], n_clusters: int) -> None:
    """A number out of range would fall into another cell without a word."""
    if len(clusters) and not (clusters.min() >= 0 and clusters.max() < n_clusters):
        lowest, highest = clusters.min(), clusters.max()
        raise ValueError(f"clusters {lowest} to {highest}: from 0 to {n_clusters - 1} is due")
