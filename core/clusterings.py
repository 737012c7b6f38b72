"""The clusterings of a study: each computed once, numbered so that clusters can be followed."""

import threading
from dataclasses import asdict, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.cache import Cache
from core.clusters.clustering import (
    MINI_BATCHES_FROM,
    Clustering,
    KMeansParams,
    cluster,
    require_distinct,
)
from core.clusters.derivation import derive
from core.clusters.seeding import Seeding
from core.compare.alignment import renumber
from core.compare.contingency import contingency
from core.images import ImageSet
from core.recipe import Recipe, StudyParams
from core.results import Result, Results
from core.sources import Source
from core.versions import version


class Clusterings(Results):
    """K-Means of the readable rows of a source, for every k, seed and edit that is asked for."""

    def __init__(
        self, params: StudyParams, source: Source, images: ImageSet, recipe: Recipe, cache: Cache
    ) -> None:
        super().__init__(params, source, images, recipe, cache)
        self._seedings: dict[int, Seeding] = {}
        self._followed = 0  # up to which k the clusters are known to be numbered
        self._fitting = threading.RLock()

    def _forget(self) -> None:
        super()._forget()
        self._seedings = {}
        self._followed = 0
        for name in ("rows", "row_values"):
            self.__dict__.pop(name, None)

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """For each readable row of the source the position of its image among the distinct."""
        index = self.images.index
        rows = [index[record.id] for record in self.images.readable if record.id]
        return np.array(rows, dtype=np.int64)

    @cached_property
    def row_values(self) -> NDArray[np.float32]:
        """Prepared features of every readable row, (m, d): copied where an image is repeated."""
        values, rows = self.reduction.values, self.rows
        return values if np.array_equal(rows, np.arange(len(values))) else values[rows]

    def cluster(self, params: KMeansParams) -> Clustering:
        """K-Means of the readable rows, copies counted as often as they occur.

        Clusters are numbered so that they can be followed: those of k as those of k - 1 with
        which they share most images, those of another seed as those of the study's own. From a
        million rows on the numbers are K-Means' own.

        Raises:
            TooManyClusters: there are fewer images that differ than clusters.
            CoreError: features are missing, or the cache cannot be used.
        """
        ids = [record.id or "" for record in self.images.readable]
        parts = {"ids": self._digest(ids), "sklearn": version("scikit-learn"), **asdict(params)}

        def compute() -> Result:
            if params.edits:
                return self._cluster(params)
            require_distinct(params.n_clusters, self._seeding(params.seed))
            self._forerunner(params)
            # One at a time: several at once would fit the same forerunners, and take all cores.
            with self._fitting:
                return self.cache.result(self._key("kmeans", parts)) or self._cluster(params)

        facts, arrays = self.cached("kmeans", parts, compute)
        return Clustering(
            arrays["labels"],
            arrays["distances"],
            arrays["medoids"],
            facts["inertia"],
            facts["method"],
        )

    def _cluster(self, params: KMeansParams) -> Result:
        made = self._edit(params) if params.edits else self._fit(params)
        arrays: dict[str, NDArray[Any]] = {
            "labels": made.labels,
            "distances": made.distances,
            "medoids": made.medoids,
        }
        return {"inertia": made.inertia, "method": made.method}, arrays

    def _edit(self, params: KMeansParams) -> Clustering:
        made = self.cluster(replace(params, edits=()))
        return derive(self.row_values, made, params.edits, seed=params.seed)

    def _fit(self, params: KMeansParams) -> Clustering:
        seeding = self._seeding(params.seed)
        device = self.recipe.device.kind
        made = cluster(seeding.values, params, seeding=seeding, device=device)
        earlier = self._forerunner(params)
        if earlier is None:
            return made
        shape = (len(earlier.medoids), len(made.medoids))
        numbers = renumber(contingency(earlier.labels, made.labels, shape))
        return made.renumbered(numbers)

    def _forerunner(self, params: KMeansParams) -> Clustering | None:
        """The clustering whose numbers this one takes over, if it takes any."""
        if len(self.rows) >= MINI_BATCHES_FROM:
            return None
        own = self.params.seed
        if params.seed != own:
            return self.cluster(KMeansParams(params.n_clusters, own))
        if params.n_clusters == 1:
            return None
        # One after the other, not each within the next; and none twice, however long the sweep.
        for fewer in range(self._followed + 1, params.n_clusters - 1):
            self.cluster(KMeansParams(fewer, own))
            self._followed = max(self._followed, fewer)
        return self.cluster(KMeansParams(params.n_clusters - 1, own))

    def _seeding(self, seed: int) -> Seeding:
        """Shared by all k: what was drawn for one is not drawn again for the next."""
        known = self._seedings.get(seed) or Seeding(self.row_values, seed=seed)
        return self._seedings.setdefault(seed, known)  # another thread may have been first
