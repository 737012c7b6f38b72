"""What a step from one clustering to another did: splits, merges, what stayed, what was reshuffled.

The kinds are those by which cluster transitions are commonly told, with the majority as threshold
(M. Spiliopoulou, I. Ntoutsi, Y. Theodoridis and R. Schult, "MONIC: Modeling and Monitoring Cluster
Transitions", KDD 2006). docs/changes.md says the same for users.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare.contingency import contingency

Table = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """The `count` images, copies counted, that a cluster shares with one of the other clustering.

    A split's part is `shared` where main ways lead to it from other clusters as well.
    """

    cluster: int
    count: int
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """A cluster of `size` images from which two or more main ways lead; the largest part first."""

    cluster: int
    size: int
    parts: tuple[Part, ...]

    @property
    def count(self) -> int:
        """How many of its images went into the parts; what else these hold is not counted."""
        return sum(part.count for part in self.parts)

    @property
    def cleanness(self) -> float:
        """The share of its images that went into the parts, above 0, at most 1."""
        return self.count / self.size


@dataclass(frozen=True, slots=True)
class Merge:
    """Clusters of `size` images together, each with one main way, to the same `cluster`."""

    sources: tuple[int, ...]
    cluster: int
    size: int
    count: int

    @property
    def share(self) -> float:
        """The share of their images that went there, above 0, at most 1."""
        return self.count / self.size


@dataclass(frozen=True, slots=True)
class Kept:
    """A cluster of `size` images that goes on as one of `new_size`, with `count` of them."""

    before: int
    after: int
    size: int
    new_size: int
    count: int

    @property
    def share(self) -> float:
        """The share of its images that stayed, above 0, at most 1."""
        return self.count / self.size


@dataclass(frozen=True, slots=True)
class Scattered:
    """A cluster of `size` images that no main way leads from, or to; the largest part first."""

    cluster: int
    size: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Reshuffle:
    """Images off the main ways that went from one number to another.

    Attributes:
        before: the cluster that they left.
        after: the one in which they are now.
        count: how many, copies counted.
        rows: their rows among the distinct images, ascending, int64 (m,).
    """

    before: int
    after: int
    count: int
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that a step did to `n_images`, copies counted.

    Attributes:
        n_images: how many there are.
        splits: the clusters that were split,
        merges: those that were merged,
        kept: those that went on one to one,
        dissolved: and the others: each that is not empty is in one of these four, by its number.
        gathered: new clusters that no main way leads to, by number.
        reshuffles: images that left their group, those of the most frequent way first.
    """

    n_images: int
    splits: tuple[Split, ...]
    merges: tuple[Merge, ...]
    kept: tuple[Kept, ...]
    dissolved: tuple[Scattered, ...]
    gathered: tuple[Scattered, ...]
    reshuffles: tuple[Reshuffle, ...]

    @property
    def n_reshuffled(self) -> int:
        """How many images were reshuffled, copies counted."""
        return sum(one.count for one in self.reshuffles)


def find_changes(
    before: NDArray[np.int32],
    after: NDArray[np.int32],
    *,
    weights: NDArray[np.int64] | None = None,
) -> Changes:
    """What became of the clusters of `before` in those of `after`.

    Equal numbers are taken for the same cluster, as far as it can be followed:
    `core.compare.alignment` makes them so. Who stays in a cluster of the same number is
    not reshuffled.

    Args:
        before: the cluster of each distinct image, (n,).
        after: the same in the other clustering, (n,).
        weights: how often each image occurs, (n,); None: once.
    """
    table = contingency(before, after, weights=weights)  # (k_a, k_b)
    main = main_ways(table)
    single = main & (main.sum(axis=1) == 1)[:, None]  # the ways of clusters that stay together
    joined = single.sum(axis=0)  # (k_b,)
    return Changes(
        n_images=int(table.sum()),
        splits=tuple(_split(i, table, main) for i in _find(main.sum(axis=1) > 1)),
        merges=tuple(_merge(j, table, single) for j in _find(joined > 1)),
        kept=tuple(_keep(i, j, table) for i, j in np.argwhere(single & (joined == 1)).tolist()),
        dissolved=tuple(_scatter(i, table) for i in _without(main, table)),
        gathered=tuple(_scatter(j, table.T) for j in _without(main.T, table.T)),
        reshuffles=_reshuffles(before, after, main, weights),
    )


def main_ways(table: Table) -> NDArray[np.bool_]:
    """Which ways from cluster i to cluster j of a contingency table are main ways, (k_a, k_b).

    Those that more than half of i's images took, those by which more than half of j's images came,
    and those that are both the largest from i and the largest to j. Of equally large ways that
    between equal numbers goes first, then that to or from the lower number.
    """
    ranked = 2 * table
    same = np.arange(min(table.shape))
    ranked[same, same] += 1
    largest = _largest_of_rows(ranked) & _largest_of_rows(ranked.T).T & (table > 0)
    most = 2 * table > np.minimum(table.sum(axis=1)[:, None], table.sum(axis=0))
    ways: NDArray[np.bool_] = most | largest
    return ways


def _largest_of_rows(ranked: Table) -> NDArray[np.bool_]:
    largest = np.zeros(ranked.shape, dtype=bool)
    if ranked.size:
        largest[np.arange(len(ranked)), ranked.argmax(axis=1)] = True
    return largest


def _find(holds: NDArray[np.bool_]) -> list[int]:
    found: list[int] = np.flatnonzero(holds).tolist()
    return found


def _without(main: NDArray[np.bool_], table: Table) -> list[int]:
    """The rows of `table` that hold images and have no main way."""
    return _find(~main.any(axis=1) & (table.sum(axis=1) > 0))


def _split(cluster: int, table: Table, main: NDArray[np.bool_]) -> Split:
    shared = main.sum(axis=0) > 1  # (k_b,)
    parts = _parts(table[cluster], np.flatnonzero(main[cluster]), shared)
    return Split(cluster, int(table[cluster].sum()), parts)


def _scatter(cluster: int, table: Table) -> Scattered:
    row = table[cluster]
    nowhere = np.zeros(len(row), dtype=bool)
    return Scattered(cluster, int(row.sum()), _parts(row, np.flatnonzero(row), nowhere))


def _parts(
    counts: NDArray[np.int64], clusters: NDArray[np.int64], shared: NDArray[np.bool_]
) -> tuple[Part, ...]:
    largest_first = clusters[np.argsort(-counts[clusters], kind="stable")]
    return tuple(Part(int(one), int(counts[one]), bool(shared[one])) for one in largest_first)


def _merge(cluster: int, table: Table, single: NDArray[np.bool_]) -> Merge:
    sources = np.flatnonzero(single[:, cluster])
    size, count = table[sources].sum(), table[sources, cluster].sum()
    return Merge(tuple(sources.tolist()), cluster, int(size), int(count))


def _keep(before: int, after: int, table: Table) -> Kept:
    size, new_size = int(table[before].sum()), int(table[:, after].sum())
    return Kept(before, after, size, new_size, int(table[before, after]))


def _reshuffles(
    before: NDArray[np.int32],
    after: NDArray[np.int32],
    main: NDArray[np.bool_],
    weights: NDArray[np.int64] | None,
) -> tuple[Reshuffle, ...]:
    rows = np.flatnonzero(~main[before, after] & (before != after))  # (m,)
    cells = before[rows].astype(np.int64) * main.shape[1] + after[rows]
    ways, n_rows = np.unique(cells, return_counts=True)
    by_way = rows[np.argsort(cells, kind="stable")]  # rows ascend within a way
    groups = np.split(by_way, np.cumsum(n_rows)[:-1]) if len(rows) else []
    found = [
        Reshuffle(way // main.shape[1], way % main.shape[1], _count(group, weights), group)
        for way, group in zip(ways.tolist(), groups, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: -one.count))


def _count(rows: NDArray[np.int64], weights: NDArray[np.int64] | None) -> int:
    return len(rows) if weights is None else int(weights[rows].sum())
