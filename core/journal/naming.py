"""What a study knows of decisions: its journal, the portraits of its clusters, and their names."""

from abc import ABC, abstractmethod
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.cache import Cache
from core.clusters.cluster_names import GivenName, names_of
from core.clusters.clustering import KMeansParams
from core.errors import CoreError
from core.images import ImageSet
from core.journal.decisions import Decision, Kind, Row
from core.journal.earlier_names import ImagesOf, find_names
from core.journal.journal import Journal
from core.journal.journal_file import journal_path
from core.journal.portraits import Portrait, portray
from core.journal.recognition import Recogniser
from core.recipe import Recipe
from core.sources import Source


class Naming(ABC):
    """The names of the clusters of a study, which are kept in its journal."""

    images: ImageSet
    source: Source
    recipe: Recipe
    cache: Cache
    _has_taken_over = False

    @abstractmethod
    def clusters(self, params: KMeansParams) -> NDArray[np.int32]:
        """The cluster of each distinct image, int32 (n,)."""

    @abstractmethod
    def medoids(self, params: KMeansParams) -> NDArray[np.int64]:
        """The distinct image nearest to each centroid, (k,); -1 where a cluster has no images."""

    @property
    @abstractmethod
    def rows(self) -> NDArray[np.int64]:
        """For each readable row of the source the position of its image among the distinct."""

    @property
    @abstractmethod
    def _names_key(self) -> str:
        """Of everything that decides what a cluster's number means."""

    @cached_property
    def journal(self) -> Journal:
        """What people decided about these images, in a file that outlives the cache."""
        return Journal(journal_path(self.cache.path), self.source.name, self.images.ids)

    def portray(self, params: KMeansParams, cluster: int) -> Portrait:
        """What a cluster is now, by which it can be recognised later.

        Raises:
            CoreError: there is no such cluster, or it has no images.
        """
        clusters = self.clusters(params)
        n_clusters = int(clusters.max()) + 1
        if not 0 <= cluster < n_clusters:
            raise CoreError(f"no cluster {cluster}: choose one from 0 to {n_clusters - 1}")
        return portray(
            cluster,
            clusters,
            self.images.ids,
            params=params,
            medoid=int(self.medoids(params)[cluster]),
            recipe=self.recipe.fingerprint,
            setting=self._names_key,
        )

    def names(self, params: KMeansParams) -> tuple[str, ...]:
        """What the clusters are called, one name for each number."""
        given, clusters = self._given_names(), self.clusters(params)
        is_foreign = any(one.portrait is not None for one in given)
        recogniser = Recogniser(self.images.ids, clusters) if is_foreign else None
        return names_of(given, params, clusters, self.clusters, recogniser)

    def rename(
        self,
        params: KMeansParams,
        cluster: int,
        name: str,
        *,
        author: str = "",
        seen: int | None = None,
    ) -> None:
        """Name a cluster; the name goes with it as long as it can be recognised.

        Control characters are dropped and 80 characters kept; an empty name restores the default.

        Raises:
            CoreError: there is no such cluster, or it has no images.
            Overtaken: somebody has named it after the row `seen` of the journal.
        """
        decision = Decision(Kind.NAME_CLUSTER, target=self.portray(params, cluster), text=name)
        self.journal.append([decision], author=author, seen=seen)

    def _given_names(self) -> list[GivenName]:
        """Oldest first. Under the setting of the study a number tells which cluster is meant."""
        self._take_over_earlier()
        setting = self._names_key
        return [one for row in self.journal.state.clusters for one in _name_in(row, setting)]

    def _take_over_earlier(self) -> None:
        if self._has_taken_over:
            return
        images = ImagesOf(self.images.ids, self.rows)
        earlier = find_names(self.cache, images, setting=self._names_key, portray_own=self.portray)
        known = {row.name for row in self.journal.rows} if earlier else set()
        self.journal.adopt([row for row in earlier if row.name not in known])
        self._has_taken_over = True


def _name_in(row: Row, setting: str) -> list[GivenName]:
    """The name that a row gives to a cluster that K-Means found, if it gives one."""
    made, portrait = row.decision, row.decision.target
    if made.kind is not Kind.NAME_CLUSTER or not isinstance(portrait, Portrait):
        return []
    kept = None if portrait.setting == setting else portrait
    return [GivenName(portrait.number, made.text, portrait.params, kept)]
