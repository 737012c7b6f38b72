"""Images that are there more than once: byte for byte, or all but the same."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.images import ImageSet
from core.neighbors import Neighbors

NEAR = 0.25
"""Near-duplicates lie within this part of the median distance to the nearest neighbour.

Of the 1,797 digits, all of them different, no two lie within half of it.
"""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What is there more than once. Images are named by their row among the distinct ones.

    Attributes:
        copies: for each image that lies in several files, the paths of all of them.
        pairs: near-duplicates, the lower row first, in ascending order, int64 (m, 2).
        distances: between the two of each pair, float32 (m,).
        threshold: the largest distance of near-duplicates.
    """

    copies: Mapping[int, tuple[str, ...]]
    pairs: NDArray[np.int64]
    distances: NDArray[np.float32]
    threshold: float

    @property
    def groups(self) -> tuple[NDArray[np.int64], ...]:
        """Near-duplicates joined by pairs, each ascending, the largest group first.

        Of equally large ones the one with the lowest row comes first.
        """
        return _join(self.pairs)

    def near(self, row: int) -> NDArray[np.int64]:
        """The near-duplicates of one image, the nearest first."""
        own = np.flatnonzero((self.pairs == row).any(axis=1))
        nearest_first = own[np.argsort(self.distances[own], kind="stable")]
        others: NDArray[np.int64] = self.pairs[nearest_first].sum(axis=1) - row
        return others


def find_duplicates(images: ImageSet, neighbors: Neighbors, *, near: float = NEAR) -> Duplicates:
    """Copies by their ids, near-duplicates among the nearest neighbours.

    Two images are near-duplicates where one is among the other's neighbours, at a distance of at
    most `near` times the median, over the set, of the distance to the nearest neighbour. Where
    that median is 0, only what lies at distance 0 counts. So the rule follows the set: of frames
    of one film, only those closer than frames usually are.

    Groups are the connected components of the pairs (single linkage): in a chain of images that
    change little by little the ends may be far apart.

    Args:
        images: the set; its distinct images are the rows of `neighbors`.
        neighbors: of each distinct image, itself first.
        near: the part of the median.
    """
    pairs, distances, threshold = _near_pairs(neighbors, near)
    copies = {
        images.index[image_id]: tuple(record.path for record in records)
        for image_id, records in images.by_id.items()
        if len(records) > 1
    }
    return Duplicates(copies, pairs, distances, threshold)


def _near_pairs(
    neighbors: Neighbors, near: float
) -> tuple[NDArray[np.int64], NDArray[np.float32], float]:
    others = neighbors.distances[:, 1:]  # (n, k - 1)
    if others.size == 0:
        return np.empty((0, 2), np.int64), np.empty(0, np.float32), 0.0
    threshold = near * float(np.median(others[:, 0]))
    rows, columns = np.nonzero(others <= threshold)
    partners = neighbors.indices[rows, columns + 1]
    both = np.sort(np.stack([rows, partners], axis=1), axis=1)  # (2m or less, 2)
    pairs, first = np.unique(both, axis=0, return_index=True)
    return pairs.astype(np.int64), others[rows, columns][first], threshold


def _join(pairs: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """The connected components of pairs (m, 2), the largest first."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - slow to import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - likewise

    if not len(pairs):
        return ()
    rows, places = np.unique(pairs, return_inverse=True)  # (r,), (m, 2)
    ends = tuple(places.reshape(pairs.shape).T)
    graph = coo_array((np.ones(len(pairs)), ends), shape=(len(rows), len(rows)))
    component = connected_components(graph, directed=False)[1]  # (r,)
    together = rows[np.argsort(component, kind="stable")]
    groups = np.split(together, np.cumsum(np.bincount(component))[:-1])
    return tuple(sorted(groups, key=lambda one: (-len(one), int(one[0]))))
