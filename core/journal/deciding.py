"""Decisions about the images of a study: kept in its journal, applied to its clusterings.

Images are named by their row, clusters by their number in the corrected clustering; what the
journal keeps of both is made here.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from core.clusters.cluster_names import default_name
from core.clusters.clustering import KMeansParams
from core.errors import CoreError
from core.journal.corrections import Corrected, correct
from core.journal.decisions import Cluster, Decision, Handmade, Kind, Row, make_cluster
from core.journal.journal_state import JournalState
from core.journal.lessons import Taught, teach
from core.journal.portraits import Portrait
from core.review.fit import Fit, find_centroids, measure_fit
from core.study import Study


class Deciding:
    """One person at work on a study. Of each method that decides, the rows that were added.

    `seen` is the number of the last row that the person has seen, `state.seq`; where somebody has
    decided about the same since, `core.journal.journal.Overtaken` is raised and nothing is kept.
    """

    def __init__(self, study: Study, *, author: str = "") -> None:
        self.study = study
        self.author = author

    @property
    def state(self) -> JournalState:
        """What holds now, the decisions of others included."""
        return self.study.journal.state

    def corrected(self, params: KMeansParams) -> Corrected:
        """A clustering with what was decided."""
        n_clusters = len(self.study.cluster(params).medoids)
        ids, clusters = self.study.images.ids, self.study.clusters(params)
        return correct(self.state, clusters, ids, n_clusters=n_clusters)

    def fit(self, params: KMeansParams, corrected: Corrected | None = None) -> Fit:
        """How well each distinct image fits its corrected cluster.

        Images that were excluded move no centroid. Who has `corrected` the clusters already hands
        it on: that spares the work, and what somebody decides meanwhile cannot come in between.
        """
        study, corrected = self.study, corrected or self.corrected(params)
        if not corrected.moved.any() and not corrected.excluded.any():
            return study.fit(params)
        values = study.reduction.values
        counts = np.where(corrected.excluded, 0, study.counts)
        centroids = find_centroids(values, corrected.labels, counts)
        return measure_fit(values, corrected.labels, centroids)

    def refit(self, params: KMeansParams) -> Taught:
        """The clustering fitted again with what was decided."""
        return teach(
            self.study.reduction.values,
            self.corrected(params),
            self.study.images.ids,
            counts=self.study.counts,
            seed=params.seed,
        )

    def names(self, params: KMeansParams, corrected: Corrected | None = None) -> tuple[str, ...]:
        """The names of the corrected clusters, those made by hand included; see `fit`."""
        corrected = corrected or self.corrected(params)
        found = self.study.names(params)
        given = {
            row.decision.target: row.decision.text
            for row in self.state.clusters
            if row.decision.kind is Kind.NAME_CLUSTER
        }
        numbers = range(len(found), corrected.n_clusters)
        handmade = [self._handmade(corrected, number) for number in numbers]
        more = zip(numbers, handmade, strict=True)
        return (*found, *(given.get(one, "") or default_name(number) for number, one in more))

    def keep(self, params: KMeansParams, rows: Sequence[int], *, seen: int) -> tuple[Row, ...]:
        """Confirm images in the clusters in which they are."""
        places = _Places(self.study, params, self.corrected(params))
        return self._decide([places.keep(row) for row in rows], seen)

    def move(
        self, params: KMeansParams, rows: Sequence[int], *, to: int | None, seen: int
    ) -> tuple[Row, ...]:
        """Move images to a cluster; `to` is its number, None makes a new one.

        Raises:
            CoreError: there is no such cluster, or it is one of K-Means without images.
        """
        places = _Places(self.study, params, self.corrected(params))
        target = make_cluster() if to is None else places.find(to)
        return self._decide([places.move(row, target) for row in rows], seen)

    def move_each(
        self, params: KMeansParams, targets: Mapping[int, int], *, seen: int
    ) -> tuple[Row, ...]:
        """Move images in one go, each to its own cluster: `targets` gives the number for its row.

        Raises:
            CoreError: there is no such cluster, or it is one of K-Means without images.
        """
        places = _Places(self.study, params, self.corrected(params))
        return self._decide(
            [places.move(row, places.find(to)) for row, to in targets.items()], seen
        )

    def exclude(self, rows: Sequence[int], *, seen: int) -> tuple[Row, ...]:
        """Images that do not belong to the set."""
        return self._decide_all(Kind.EXCLUDE, rows, seen)

    def include(self, rows: Sequence[int], *, seen: int) -> tuple[Row, ...]:
        """Images that were excluded and do belong to the set."""
        return self._decide_all(Kind.INCLUDE, rows, seen)

    def tag(self, rows: Sequence[int], text: str, *, seen: int) -> tuple[Row, ...]:
        """Give images a tag."""
        return self._decide_all(Kind.TAG, rows, seen, text)

    def untag(self, rows: Sequence[int], text: str, *, seen: int) -> tuple[Row, ...]:
        """Take a tag from images."""
        return self._decide_all(Kind.UNTAG, rows, seen, text)

    def name_cluster(
        self, params: KMeansParams, cluster: int, name: str, *, seen: int
    ) -> tuple[Row, ...]:
        """Name a cluster; an empty name restores the default."""
        return self._decide_cluster(Kind.NAME_CLUSTER, params, cluster, name, seen)

    def tag_cluster(
        self, params: KMeansParams, cluster: int, text: str, *, seen: int
    ) -> tuple[Row, ...]:
        """Give a cluster a tag."""
        return self._decide_cluster(Kind.TAG_CLUSTER, params, cluster, text, seen)

    def untag_cluster(
        self, params: KMeansParams, cluster: int, text: str, *, seen: int
    ) -> tuple[Row, ...]:
        """Take a tag from a cluster."""
        return self._decide_cluster(Kind.UNTAG_CLUSTER, params, cluster, text, seen)

    def undo(self, *, seen: int) -> Row:
        """Take back the latest that this person decided."""
        return self.study.journal.undo(author=self.author, seen=seen)

    def redo(self, *, seen: int) -> Row:
        """Do again what this person has undone last."""
        return self.study.journal.redo(author=self.author, seen=seen)

    def _decide_all(
        self, kind: Kind, rows: Sequence[int], seen: int, text: str = ""
    ) -> tuple[Row, ...]:
        ids = self.study.images.ids
        return self._decide([Decision(kind, ids[row], text=text) for row in rows], seen)

    def _decide_cluster(
        self, kind: Kind, params: KMeansParams, cluster: int, text: str, seen: int
    ) -> tuple[Row, ...]:
        target = _Places(self.study, params, self.corrected(params)).find(cluster)
        return self._decide([Decision(kind, target=target, text=text)], seen)

    def _decide(self, decisions: Sequence[Decision], seen: int) -> tuple[Row, ...]:
        return self.study.journal.append(decisions, author=self.author, seen=seen)

    @staticmethod
    def _handmade(corrected: Corrected, number: int) -> Handmade | None:
        return (
            corrected.handmade[number - corrected.n_found] if number >= corrected.n_found else None
        )


class _Places:
    """What the numbers of a corrected clustering stand for; each cluster is portrayed once."""

    def __init__(self, study: Study, params: KMeansParams, corrected: Corrected) -> None:
        self.study, self.params, self.corrected = study, params, corrected
        self._portraits: dict[int, Portrait] = {}

    def find(self, number: int) -> Cluster:
        n_found, n_clusters = self.corrected.n_found, self.corrected.n_clusters
        if not 0 <= number < n_clusters:
            raise CoreError(f"no cluster {number}: choose one from 0 to {n_clusters - 1}")
        if number >= n_found:
            return self.corrected.handmade[number - n_found]
        if number not in self._portraits:
            self._portraits[number] = self.study.portray(self.params, number)
        return self._portraits[number]

    def keep(self, row: int) -> Decision:
        own = self.find(int(self.corrected.labels[row]))
        return Decision(Kind.KEEP, self.study.images.ids[row], own, own)

    def move(self, row: int, target: Cluster) -> Decision:
        own = self.find(int(self.corrected.labels[row]))
        return Decision(Kind.MOVE, self.study.images.ids[row], own, target)
