"""A clustering with what people decided: who is where, which decisions hold, and which do not.

The clusters of the decisions are looked for among those of the clustering, so that what was decided
at one k applies at another, after another extraction, and with other weights. A decision that no
longer applies is listed with the reason; it stays in the journal.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.journal.decisions import CLUSTER_TAGS, Cluster, Handmade, Kind, Row
from core.journal.journal_state import JournalState
from core.journal.portraits import Portrait
from core.journal.recognition import GONE, Recogniser

_NOT_HERE = "the image is not here any more"


@dataclass(frozen=True, slots=True)
class Applied:
    """A decision that applies: an image that was confirmed or moved.

    Attributes:
        row: the row of the journal.
        image: the row of the image among the distinct ones.
        before: its cluster by K-Means.
        after: the one in which it belongs; the same where it is there already.
        left: the cluster that it was taken from, as found here; -1 where it was only confirmed, or
            where that cluster is not to be found.
    """

    row: Row
    image: int
    before: int
    after: int
    left: int = GONE


@dataclass(frozen=True, slots=True)
class Stale:
    """A decision that does not apply here, and why."""

    row: Row
    reason: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """The clusters of n distinct images, corrected.

    Attributes:
        labels: the cluster of each image, int32 (n,). Those of K-Means keep their numbers; the
            clusters made by hand have the numbers from `n_found` on, also while they are empty.
        excluded: which images do not belong to the set, bool (n,). They keep a label, so that
            everything that asks for one can live with it; what is measured must leave them out.
        n_found: how many numbers the clusters of K-Means have.
        handmade: the clusters made by hand, in the order of their numbers.
        applied: the decisions that apply, in the order of the images.
        stale: those that do not, oldest first: about images and about clusters.
        tags: for each cluster that is tagged its tags, in the order in which they were given.
    """

    labels: NDArray[np.int32]
    excluded: NDArray[np.bool_]
    n_found: int
    handmade: tuple[Handmade, ...]
    applied: tuple[Applied, ...]
    stale: tuple[Stale, ...]
    tags: Mapping[int, tuple[str, ...]]

    @property
    def n_clusters(self) -> int:
        """How many numbers there are, those of empty clusters included."""
        return self.n_found + len(self.handmade)

    @property
    def moved(self) -> NDArray[np.bool_]:
        """Which images are in another cluster than that of K-Means, bool (n,)."""
        moved = np.zeros(len(self.labels), dtype=bool)
        moved[[one.image for one in self.applied if one.before != one.after]] = True
        return moved


def correct(
    state: JournalState, clusters: NDArray[np.int32], ids: Sequence[str], *, n_clusters: int
) -> Corrected:
    """Apply what holds to a clustering.

    Who was confirmed or moved belongs to the cluster that goes on from the one it was put into,
    see `core.journal.recognition`; who is in a part that split off from that one stays there.

    Args:
        state: what was decided.
        clusters: the cluster of each distinct image, (n,).
        ids: the id of each, n of them.
        n_clusters: how many clusters there are, empty ones at the end included.
    """
    return _Correction(state, clusters, ids, n_clusters).make()


class _Correction:
    """What `correct` needs at every step."""

    def __init__(
        self, state: JournalState, clusters: NDArray[np.int32], ids: Sequence[str], n_clusters: int
    ) -> None:
        self.state, self.clusters, self.n_found = state, clusters, n_clusters
        self.recogniser = Recogniser(ids, clusters)
        self.rows = {image: row for row, image in enumerate(ids)}
        self.numbers = {one: n_clusters + more for more, one in enumerate(state.handmade)}

    def make(self) -> Corrected:
        applied = sorted(self._apply(), key=lambda one: one.image)
        labels = self.clusters.copy()
        labels[[one.image for one in applied]] = [one.after for one in applied]
        excluded = np.zeros(len(labels), dtype=bool)
        excluded[[self.rows[one] for one in self.state.exclusions if one in self.rows]] = True
        stale = sorted(self._find_stale(), key=lambda one: one.row.seq)
        return Corrected(
            labels,
            excluded,
            self.n_found,
            self.state.handmade,
            tuple(applied),
            tuple(stale),
            self._tag_clusters(),
        )

    def _apply(self) -> Iterator[Applied]:
        for image, row in self.state.placements.items():
            home = self._home(row.decision.target)
            if image not in self.rows or home == GONE:
                continue
            position = self.rows[image]
            before = int(self.clusters[position])
            after = before if before in self._parts(row.decision.target) else home
            yield Applied(row, position, before, after, self._left(row))

    def _left(self, row: Row) -> int:
        return self._home(row.decision.origin) if row.decision.kind is Kind.MOVE else GONE

    def _home(self, cluster: Cluster | None) -> int:
        if cluster is None:
            return GONE
        if isinstance(cluster, Handmade):
            return self.numbers.get(cluster, GONE)
        return self.recogniser.find(cluster).home

    def _parts(self, cluster: Cluster | None) -> frozenset[int]:
        if cluster is None or isinstance(cluster, Handmade):
            return frozenset()
        return self.recogniser.find(cluster).parts

    def _find_stale(self) -> Iterator[Stale]:
        state = self.state
        tags = (row for own in state.tags.values() for row in own.values())
        for row in (*state.placements.values(), *state.exclusions.values(), *tags):
            if row.decision.image not in self.rows:
                yield Stale(row, _NOT_HERE)
        for row in (*state.placements.values(), *state.clusters):
            target = row.decision.target
            is_of_image = row.decision.image is not None
            if target is None or (is_of_image and row.decision.image not in self.rows):
                continue
            if (self._home(target) if is_of_image else self._heir(target)) == GONE:
                yield Stale(row, f"{target.describe()} cannot be found: {self._explain(target)}")

    def _explain(self, cluster: Cluster) -> str:
        if isinstance(cluster, Handmade):
            return "no image was moved into it"
        return self.recogniser.find(cluster).explain()

    def _heir(self, cluster: Cluster | None) -> int:
        """The cluster that bears its name and its tags."""
        if isinstance(cluster, Portrait):
            return self.recogniser.find(cluster).heir
        return self._home(cluster)

    def _tag_clusters(self) -> dict[int, tuple[str, ...]]:
        tags: dict[int, dict[str, None]] = {}
        for row in (one for one in self.state.clusters if one.decision.kind in CLUSTER_TAGS):
            own = tags.setdefault(self._heir(row.decision.target), {})
            if row.decision.kind is Kind.TAG_CLUSTER:
                own[row.decision.text] = None
            else:
                own.pop(row.decision.text, None)
        return {home: tuple(own) for home, own in tags.items() if own and home != GONE}
