"""The same number for the same cluster, as far as it can be followed from clustering to clustering.

Clusters are matched one to one so that the matched ones have as many images in common as possible:
the Hungarian method (H. Kuhn, "The Hungarian Method for the Assignment Problem", Naval Research
Logistics Quarterly 2, 1955), by scipy's implementation of D. Crouse's algorithm (2016).
"""

import numpy as np
from numpy.typing import NDArray

from core.compare.contingency import contingency

NO_MATCH = -1


def match_clusters(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each cluster of the second clustering the one of the first it is matched to, (k_b,).

    -1 where there is none: the first has fewer clusters, or the two have no image in common. Among
    matchings of equal overlap one that keeps the most numbers is taken.

    Args:
        table: images in cluster i of the first and j of the second, (k_a, k_b).
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - slow to import

    worth = table * (min(table.shape, default=0) + 1)  # all numbers kept weigh less than one image
    same = np.arange(min(table.shape))
    worth[same, same] += table[same, same] > 0
    before, after = linear_sum_assignment(worth, maximize=True)
    overlaps = table[before, after] > 0
    matches = np.full(table.shape[1], NO_MATCH, dtype=np.int64)
    matches[after[overlaps]] = before[overlaps]
    return matches


def renumber(table: NDArray[np.int64]) -> NDArray[np.int32]:
    """The new number of each cluster of the second clustering, (k_b,).

    A matched cluster takes the number of its match. The others take the numbers that are free
    below max(k_a, k_b), the lowest first: the largest cluster first, then by their old numbers.
    So with k_b >= k_a the numbers are 0 to k_b - 1. With fewer clusters than before, numbers of
    the first that nothing follows stay free: closing the gaps would call a cluster by the number
    of another.

    Args:
        table: images in cluster i of the first and j of the second, (k_a, k_b).
    """
    numbers = match_clusters(table)
    free = np.setdiff1d(np.arange(max(table.shape)), numbers)  # ascending
    new = np.flatnonzero(numbers == NO_MATCH)
    largest_first = new[np.argsort(-table.sum(axis=0)[new], kind="stable")]
    numbers[largest_first] = free[: len(new)]
    return numbers.astype(np.int32)


def align(
    before: NDArray[np.int32],
    after: NDArray[np.int32],
    *,
    weights: NDArray[np.int64] | None = None,
) -> NDArray[np.int32]:
    """`after` (n,) with the numbers that its clusters take from those of `before` (n,).

    Args:
        before: the cluster of each image; it keeps its numbers.
        after: the cluster of the same images in another clustering.
        weights: how often each image occurs, (n,); None: once.
    """
    aligned: NDArray[np.int32] = renumber(contingency(before, after, weights=weights))[after]
    return aligned
