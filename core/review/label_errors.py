"""Images whose label is not that of their neighbours: probably it is wrong.

An example that its nearest neighbours would label otherwise is suspect (D. Wilson, "Asymptotic
Properties of Nearest Neighbor Rules Using Edited Data", IEEE Transactions on Systems, Man and
Cybernetics 2(3), 1972; C. Brodley and M. Friedl, "Identifying Mislabeled Training Data", Journal of
Artificial Intelligence Research 11, 1999, with one filter in the place of several). The vote is
weighted by the inverse distance (S. Dudani, "The Distance-Weighted k-Nearest-Neighbor Rule", ibid.
6(4), 1976). The order is that of C. Northcutt, L. Jiang and I. Chuang, "Confident Learning",
Journal of Artificial Intelligence Research 70, 2021, section 3.2, method 4: by how much the
likeliest other label has more than the given one; its other parts are not used.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare.restlessness import COMPANIONS
from core.neighbors import Neighbors
from core.review.label_codes import NO_LABEL, encode_labels

_BLOCK_ROWS = 1 << 12
"""Images whose votes are counted at once: 6 MB for every pair of their neighbours."""
_HALF = 0.5

Shares = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """What the neighbours of each of n distinct images say of its label.

    Attributes:
        names: the labels, in alphabetical order.
        given: the label of each image, a place in `names`, int32 (n,); -1 where it has none. Of
            copies with different labels the first counts.
        suggested: the other label that most neighbours have, likewise; -1 where none has another.
        given_share: the share of the vote that its own label has, 0 to 1, float32 (n,).
        suggested_share: that of the suggested one.
        suspicion: (1 + suggested_share - given_share) / 2, float32 (n,), 0 to 1: above 0.5 another
            label has more of the vote. 1 where copies of the image have different labels. NaN
            where it, or all its neighbours, have none.
        contradictory: the images whose copies have different labels, ascending, int64.
    """

    names: tuple[str, ...]
    given: NDArray[np.int32]
    suggested: NDArray[np.int32]
    given_share: Shares
    suggested_share: Shares
    suspicion: Shares
    contradictory: NDArray[np.int64]

    @property
    def suspects(self) -> NDArray[np.int64]:
        """The images whose neighbours would label them otherwise, the most suspect first."""
        worst_first = np.argsort(-self.suspicion, kind="stable")
        suspects: NDArray[np.int64] = worst_first[self.suspicion[worst_first] > _HALF]
        return suspects


def find_label_errors(
    neighbors: Neighbors, rows: NDArray[np.int64], labels: Sequence[str | None]
) -> LabelErrors:
    """Ask the 14 nearest neighbours of each distinct image for its label.

    Args:
        neighbors: of each distinct image, itself first, (n, 15); of more the nearest 14 count.
        rows: for every image, copies included, its row among the distinct ones, (m,).
        labels: for every image, copies included, its label or None.
    """
    encoded = encode_labels(labels)
    given, contradictory = _of_distinct(encoded.codes, rows, len(neighbors.indices))
    suggested = np.full_like(given, NO_LABEL)
    shares = np.full((2, len(given)), np.nan, dtype=np.float32)
    for block in _blocks(len(given)):
        suggested[block], shares[:, block] = _vote(neighbors, given, block)
    suspicion = np.where(given == NO_LABEL, np.nan, (1 + shares[1] - shares[0]) / 2)
    suspicion[contradictory] = 1
    return LabelErrors(
        names=encoded.names,
        given=given,
        suggested=suggested,
        given_share=shares[0],
        suggested_share=shares[1],
        suspicion=suspicion.astype(np.float32),
        contradictory=contradictory,
    )


def _of_distinct(
    codes: NDArray[np.int32], rows: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The label of each distinct image (n,), and those whose copies have several."""
    known = codes != NO_LABEL
    given = np.full(count, NO_LABEL, dtype=np.int32)
    given[rows[known][::-1]] = codes[known][::-1]  # the first is written last
    return given, np.unique(rows[known & (codes != given[rows])])


def _blocks(count: int) -> Iterator[slice]:
    for start in range(0, count, _BLOCK_ROWS):
        yield slice(start, start + _BLOCK_ROWS)


def _vote(
    neighbors: Neighbors, given: NDArray[np.int32], block: slice
) -> tuple[NDArray[np.int32], Shares]:
    """The other label with most of the vote (b,), and the shares of the given and of it (2, b)."""
    votes = given[neighbors.indices[block, 1 : COMPANIONS + 1]]  # (b, c)
    weights = _weigh(neighbors.distances[block, 1 : COMPANIONS + 1], votes != NO_LABEL)
    is_own = votes == given[block, None]
    own = (weights * is_own).sum(axis=1)
    alike = votes[:, :, None] == votes[:, None, :]  # (b, c, c)
    support = (alike * weights[:, None, :]).sum(axis=2)  # (b, c): of each neighbour's label
    support[is_own] = 0
    if support.shape[1] == 0:
        return np.full(len(votes), NO_LABEL, np.int32), np.full((2, len(votes)), np.nan, np.float32)
    nearest = support.argmax(axis=1, keepdims=True)  # the nearest among equals
    most = np.take_along_axis(support, nearest, axis=1)[:, 0]
    label = np.take_along_axis(votes, nearest, axis=1)[:, 0]
    total = weights.sum(axis=1)
    shares = np.divide([own, most], total, out=np.full((2, len(total)), np.nan), where=total > 0)
    return np.where(most > 0, label, NO_LABEL), shares.astype(np.float32)


def _weigh(distances: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    """1 / distance where a neighbour has a label, (b, c); where some lie at 0, only these count."""
    at_zero = known & (distances == 0)
    inverse = np.zeros(distances.shape)
    np.divide(1, distances.astype(np.float64), out=inverse, where=known & ~at_zero)
    return np.where(at_zero.any(axis=1, keepdims=True), at_zero, inverse)
