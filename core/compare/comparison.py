"""Two clusterings of the same images side by side: common images, agreement, who moved."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare.agreement import (
    adjusted_rand,
    normalized_mutual_information,
    relative_variation,
    variation_of_information,
)
from core.compare.changes import Changes, find_changes
from core.compare.contingency import contingency


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two clusterings of n distinct images.

    Attributes:
        table: images in cluster i of the first and j of the second, copies counted, (k_a, k_b).
        ari: adjusted Rand index; 1 for the same groups, about 0 for chance.
        nmi: normalised mutual information, 0 to 1; 1 for the same groups.
        variation: variation of information in bits; 0 for the same groups.
        relative_variation: the same divided by the joint entropy, 0 to 1.
        changes: what became of the clusters of the first in the second.
        moved: which images were reshuffled, bool (n,): they left their group for one of another
            number. Who split off, merged or stayed with most of the group has not moved.
    """

    table: NDArray[np.int64]
    ari: float
    nmi: float
    variation: float
    relative_variation: float
    changes: Changes
    moved: NDArray[np.bool_]


def compare(
    before: NDArray[np.int32],
    after: NDArray[np.int32],
    *,
    shape: tuple[int, int] | None = None,
    weights: NDArray[np.int64] | None = None,
) -> Comparison:
    """Compare two clusterings whose numbers are aligned: equal ones are the same cluster.

    Args:
        before: the cluster of each distinct image, (n,).
        after: the same in the other clustering, (n,).
        shape: how many clusters they have, empty ones at the end included; None: up to the
            highest number that occurs.
        weights: how often each image occurs, (n,); None: once.

    Raises:
        ValueError: they are not of the same images, or a number is not below `shape`.
    """
    table = contingency(before, after, shape, weights=weights)
    changes = find_changes(before, after, weights=weights)
    moved = np.zeros(len(before), dtype=bool)
    for one in changes.reshuffles:
        moved[one.rows] = True
    return Comparison(
        table=table,
        ari=adjusted_rand(table),
        nmi=normalized_mutual_information(table),
        variation=variation_of_information(table),
        relative_variation=relative_variation(table),
        changes=changes,
        moved=moved,
    )
