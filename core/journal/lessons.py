"""What decisions teach K-Means: which images belong together, which do not; and the fit with that.

Whoever was confirmed or moved must be with the medoid of its cluster, and cannot be with the medoid
of the one that it was taken from. Where that medoid is not there any more, or was itself moved
away, the most central image of the corrected cluster stands in for it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.clusters.clustering import find_medoids
from core.clusters.constrained import Links, Refit, find_means, refit
from core.journal.corrections import Applied, Corrected, Stale
from core.journal.decisions import Cluster
from core.journal.portraits import Portrait
from core.journal.recognition import GONE

_ONE_NOW = "the cluster that it was taken from and the one that it was put into are one here"
_NO_ROOM = "other decisions keep it together with the cluster that it was taken from"


@dataclass(frozen=True, slots=True)
class Taught:
    """A clustering that was fitted again with what was decided.

    Attributes:
        refit: the clusters, by the numbers of the corrected ones, so that they can be compared.
        links: what was learned.
        unheeded: decisions that could not be followed in full: moves whose image is with the
            cluster that it was taken from all the same.
    """

    refit: Refit
    links: Links
    unheeded: tuple[Stale, ...]


def teach(
    values: NDArray[np.float32],
    corrected: Corrected,
    ids: Sequence[str],
    *,
    counts: NDArray[np.int64],
    seed: int = 42,
    fit: Callable[..., Refit] | None = None,
) -> Taught:
    """K-Means from the corrected clusters, under the links that the decisions make.

    Excluded images move no centroid; each ends in the cluster that is nearest.

    Args:
        values: of the distinct images, (n, d).
        corrected: their clusters, corrected.
        ids: the id of each, n of them.
        counts: how often each occurs, (n,).
        seed: see `core.clusters.constrained`.
        fit: what keeps the results of `core.clusters.constrained.refit`; None: that itself.
    """
    lessons = _Lessons(values, corrected, ids, counts)
    applied = [one for one in corrected.applied if not corrected.excluded[one.image]]
    must = [(one.image, lessons.anchor_of_target(one)) for one in applied]
    left = [(one, lessons.anchor_of_origin(one)) for one in applied]
    apart = [(one, anchor) for one, anchor in left if anchor != GONE and one.left != one.after]
    links = Links(_pairs(must), _pairs([(one.image, anchor) for one, anchor in apart]))
    weights = np.where(corrected.excluded, 0, counts)
    made = (fit or refit)(values, corrected.labels, links, counts=weights, seed=seed)
    merged = [Stale(one.row, _ONE_NOW) for one in applied if one.left == one.after]
    broken = [Stale(apart[index][0].row, _NO_ROOM) for index in made.broken.tolist()]
    return Taught(made, links, (*merged, *broken))


class _Lessons:
    """Finds the image to which a decision ties another one."""

    def __init__(
        self,
        values: NDArray[np.float32],
        corrected: Corrected,
        ids: Sequence[str],
        counts: NDArray[np.int64],
    ) -> None:
        self.corrected = corrected
        self.rows = {image: row for row, image in enumerate(ids)}
        self.medoids = _find_medoids(values, corrected, counts)  # (n_clusters,)

    def anchor_of_target(self, one: Applied) -> int:
        return self._anchor(one.row.decision.target, one.after)

    def anchor_of_origin(self, one: Applied) -> int:
        return GONE if one.left == GONE else self._anchor(one.row.decision.origin, one.left)

    def _anchor(self, cluster: Cluster | None, number: int) -> int:
        """The medoid that a cluster had, if it is still in it; else the one that it has."""
        row = self.rows.get(cluster.medoid, GONE) if isinstance(cluster, Portrait) else GONE
        if row != GONE and self._is_in(row, number):
            return row
        return int(self.medoids[number])

    def _is_in(self, row: int, number: int) -> bool:
        return bool(self.corrected.labels[row] == number and not self.corrected.excluded[row])


def _find_medoids(
    values: NDArray[np.float32], corrected: Corrected, counts: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The most central image of each corrected cluster, (n_clusters,); -1 where there is none."""
    weights, labels = np.where(corrected.excluded, 0, counts), corrected.labels
    nowhere = np.full((corrected.n_clusters, values.shape[1]), np.nan, dtype=np.float32)
    centroids = find_means(values, labels, weights, before=nowhere)
    distances = np.linalg.norm(values - centroids[labels], axis=1).astype(np.float32)
    distances[corrected.excluded] = np.inf
    found = find_medoids(labels, distances, corrected.n_clusters)
    is_counted = np.append(~corrected.excluded, False)  # the last for those without an image
    return np.where(is_counted[found], found, GONE)


def _pairs(pairs: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
