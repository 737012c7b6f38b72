"""K-Means that keeps together, and apart, what a person has put together and apart.

PCK-Means (S. Basu, A. Banerjee and R. Mooney, "Active Semi-Supervision for Pairwise Constrained
Clustering", SDM 2004, figure 1) with a penalty above every distance: must-links are closed
transitively and their images assigned as one, as in COP-K-Means (K. Wagstaff et al., "Constrained
K-means Clustering with Background Knowledge", ICML 2001); where COP-K-Means would give up, the
cannot-link is left broken, and told of. It starts from given clusters, not from the neighbourhoods
of the links, so that a cluster keeps its number (S. Basu, A. Banerjee and R. Mooney,
"Semi-supervised Clustering by Seeding", ICML 2002).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare.contingency import count_clusters
from core.review.fit import nearest_centroids

_ROUNDS = 300
Pairs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of images, by their rows.

    Attributes:
        must: those that belong to the same cluster, int64 (a, 2).
        cannot: those that do not, int64 (b, 2).
    """

    must: Pairs
    cannot: Pairs


@dataclass(frozen=True, slots=True)
class Refit:
    """Clusters that were fitted anew.

    Attributes:
        labels: the cluster of each image, int32 (n,), by the numbers of those it began with.
        broken: which of the cannot-links do not hold, ascending int64: must-links contradict them,
            or there was no cluster left. Must-links hold always.
        inertia: the sum of the squared distances to the centroids, of all that count.
        rounds: after how many the clusters stood still, or 300.
    """

    labels: NDArray[np.int32]
    broken: NDArray[np.int64]
    inertia: float
    rounds: int


def refit(
    values: NDArray[np.float32],
    labels: NDArray[np.int32],
    links: Links,
    *,
    counts: NDArray[np.int64] | None = None,
    seed: int = 42,
) -> Refit:
    """Lloyd's iteration from given clusters, under links.

    In each round every group of linked images, and every other image, goes to the nearest centroid;
    a group with cannot-links to the nearest among the clusters in which the fewest of them break.
    Neither the number of broken links nor, at the same number, the inertia ever rises.

    Args:
        values: of the distinct images, (n, d).
        labels: the clusters to begin with, (n,). A number without images stays empty.
        links: what belongs together and what does not. Contradictions are no error.
        counts: how much each image weighs, (n,); None: 1. One of weight 0 moves no centroid, its
            links do not count, and it goes to the nearest in the end.
        seed: for the order in which groups with cannot-links choose.
    """
    counts = np.ones(len(values), dtype=np.int64) if counts is None else counts
    counted = np.flatnonzero(counts)
    if not len(counted):
        return Refit(labels.copy(), np.empty(0, dtype=np.int64), 0.0, 0)
    groups = _Groups(values, labels, counts, _among(links, counted, len(values)), seed)
    found, rounds = groups.settle()
    made = nearest_centroids(values, groups.centroids)
    made[counted] = found[groups.of[counted]]
    differences = values[counted] - groups.centroids[made[counted]]
    inertia = float((np.square(differences, dtype=np.float64).sum(axis=1) * counts[counted]).sum())
    both = np.isin(links.cannot, counted).all(axis=1)
    same = made[links.cannot[:, 0]] == made[links.cannot[:, 1]]
    return Refit(made, np.flatnonzero(both & same), inertia, rounds)


def _among(links: Links, counted: NDArray[np.int64], n_images: int) -> Links:
    """The links between images that count."""
    is_counted = np.zeros(n_images, dtype=bool)
    is_counted[counted] = True
    kept = (pairs[is_counted[pairs].all(axis=1)] for pairs in (links.must, links.cannot))
    return Links(*kept)


class _Groups:
    """Images that go together, each group at its mean; most hold one image only.

    Attributes:
        of: the group of each image, (n,); -1 where it does not count.
        centroids: of the clusters, (k, d).
    """

    def __init__(
        self,
        values: NDArray[np.float32],
        labels: NDArray[np.int32],
        counts: NDArray[np.int64],
        links: Links,
        seed: int,
    ) -> None:
        counted = np.flatnonzero(counts)
        self.of = np.full(len(values), -1, dtype=np.int64)
        self.of[counted], first = _join(links.must, len(values), counted)
        self._points, self._weights = _gather(values, counts, self.of, first)
        self._labels = labels[first].astype(np.int32)
        self._partners = _find_partners(self.of[links.cannot])
        self._order = np.random.default_rng(seed).permutation(sorted(self._partners)).tolist()
        n_clusters = count_clusters(labels)
        empty = np.full((n_clusters, values.shape[1]), np.nan, dtype=np.float32)
        self.centroids = find_means(values, labels, counts, before=empty)

    def settle(self) -> tuple[NDArray[np.int32], int]:
        """The cluster of each group once all stand still, and after how many rounds.

        A cluster that has lost all its images stays where it was, and may be found again.
        """
        for done in range(1, _ROUNDS + 1):
            assigned = self._assign()
            if done > 1 and np.array_equal(assigned, self._labels):
                return assigned, done
            self._labels = assigned
            self.centroids = find_means(
                self._points, assigned, self._weights, before=self.centroids
            )
        return self._labels, _ROUNDS

    def _assign(self) -> NDArray[np.int32]:
        """The groups without cannot-links first: they ask nobody."""
        labels = nearest_centroids(self._points, self.centroids)
        labels[self._order] = self._labels[self._order]
        for group in self._order:
            labels[group] = self._choose(group, labels)
        return labels

    def _choose(self, group: int, labels: NDArray[np.int32]) -> int:
        others = labels[self._partners[group]]
        breaks = np.bincount(others, minlength=len(self.centroids))  # (k,)
        differences = self.centroids.astype(np.float64) - self._points[group]
        distances = np.square(differences).sum(axis=1)  # (k,)
        possible = np.flatnonzero(~np.isnan(distances))
        ranked = np.lexsort((distances[possible], breaks[possible]))
        return int(possible[ranked[0]])


def find_means(
    points: NDArray[np.float32],
    labels: NDArray[np.int32],
    weights: NDArray[np.int64],
    *,
    before: NDArray[np.float32],
) -> NDArray[np.float32]:
    """The weighted mean of each cluster, (k, d); for one without weight that of `before` (k, d)."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - slow to import

    places = (labels, np.arange(len(labels)))
    members = csr_array((weights.astype(float), places), shape=(len(before), len(labels)))
    totals = members.sum(axis=1)  # (k,)
    means = (members @ points) / np.maximum(totals, 1)[:, None]
    return np.where(totals[:, None] > 0, means, before).astype(np.float32)


def _join(
    must: Pairs, n_images: int, counted: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The group of each image that counts, and the first image of each group."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - slow to import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - slow to import

    ones = np.ones(len(must), dtype=bool)
    graph = coo_array((ones, (must[:, 0], must[:, 1])), shape=(n_images, n_images))
    _, found = connected_components(graph, directed=False)
    _, first, groups = np.unique(found[counted], return_index=True, return_inverse=True)
    return groups.astype(np.int64), counted[first]


def _gather(
    values: NDArray[np.float32],
    counts: NDArray[np.int64],
    groups: NDArray[np.int64],
    first: NDArray[np.int64],
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The weighted mean of each group, (g, d), and its weight, (g,)."""
    points, weights = values[first], counts[first].copy()
    large = np.bincount(groups[groups >= 0]) > 1  # (g,)
    members = np.flatnonzero((groups >= 0) & large[groups])
    _, places = np.unique(groups[members], return_inverse=True)  # among the large groups
    weights[large] = np.bincount(places, weights=counts[members])
    sums = np.zeros((np.count_nonzero(large), values.shape[1]))
    np.add.at(sums, places, values[members] * counts[members, None])
    points[large] = sums / weights[large, None]
    return points, weights


def _find_partners(cannot: Pairs) -> dict[int, NDArray[np.int64]]:
    """For each group those that it cannot be with, as often as they say so; never itself."""
    apart = cannot[cannot[:, 0] != cannot[:, 1]]
    both = np.concatenate([apart, apart[:, ::-1]])
    return {int(one): both[both[:, 0] == one, 1] for one in np.unique(both[:, 0])}
