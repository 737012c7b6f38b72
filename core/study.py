"""One source, studied: from its images to their clusters and their map, each step computed once.

This is where the parts meet. Every result is looked up in the cache under all that made it, and
computed only where it is not there yet.
"""

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.cache import Cache, file_state, fingerprint
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
from core.errors import CoreError
from core.exploration import Exploration
from core.extraction import Extraction
from core.images import ImageSet
from core.neighbors import Neighbors
from core.network.download import file_digest
from core.network.pretrained import NAMED_WEIGHTS, find_weights
from core.pictures.scan import scan
from core.progress import Watch
from core.projection import (
    ROUNDS,
    SAMPLE,
    SAMPLE_ABOVE,
    SMALLEST,
    Projection,
    UMAPParams,
    neighbors_needed,
    project,
)
from core.recipe import Recipe, StudyParams, decide
from core.reduction import Reduction, reduce_features
from core.shards.following import follow
from core.sources import EVERYWHERE, Roots, Source, open_source
from core.versions import version

RESULTS_VERSION = 3
"""Raised whenever a change in a step after the features alters what comes out."""

Result = tuple[dict[str, Any], dict[str, NDArray[Any]]]
_UNWATCHED = Watch()


class Study(Extraction, Exploration):
    """The images of one source and everything that one recipe makes of them."""

    def __init__(
        self, params: StudyParams, source: Source, images: ImageSet, recipe: Recipe, cache: Cache
    ) -> None:
        super().__init__(params, source, images, recipe, cache)
        self._seedings: dict[int, Seeding] = {}
        self._followed = 0  # up to which k the clusters are known to be numbered
        self._fitting = threading.RLock()

    def describe(self) -> dict[str, Any]:
        """What an export says of its making.

        Raises:
            CoreError: features are missing, or there is no image that can be read.
        """
        weights = self.recipe.weights
        return {
            "source": self.source.name,
            **({"sample": self.source.sample} if self.source.sample else {}),
            **self.recipe.describe(),
            "weights_sha256": weights.sha256,
            "weights_reason": weights.reason,
            "reduce": self.reduction.describe(),
            "seed": self.params.seed,
        }

    def _require_images(self) -> None:
        if not self.images.ids:
            count = len(self.images.records)
            raise CoreError(f"none of the {count} images can be read: name others")

    def _forget(self) -> None:
        self._seedings = {}
        self._followed = 0
        for name in ("reduction", "rows", "row_values"):
            self.__dict__.pop(name, None)

    @cached_property
    def reduction(self) -> Reduction:
        """Prepared features of the distinct images, in the order of `images.ids`.

        Raises:
            CoreError: features are missing, or there is no image that can be read.
        """
        self._require_images()
        parts = {"ids": self._digest(self.images.ids)}
        facts, arrays = self.cached("reduction", parts, self._reduce)
        mean, components = arrays.get("mean"), arrays.get("components")
        return Reduction(arrays["values"], **facts, mean=mean, components=components)

    def _reduce(self) -> Result:
        features = self.cache.features(
            self.recipe.fingerprint,
            self.images.ids,
            dtype=self.recipe.device.stored_dtype,
            n_features=self.recipe.cut.n_features,
        )
        made = reduce_features(features, self.recipe.reduction)
        names = ("explained_variance", "is_reduced", "normalize")
        arrays = {name: getattr(made, name) for name in ("values", "mean", "components")}
        kept = {name: array for name, array in arrays.items() if array is not None}
        return {name: getattr(made, name) for name in names}, kept

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """For each readable row of the source the position of its image among the distinct."""
        index = self.images.index
        rows = [index[record.id] for record in self.images.readable if record.id]
        return np.array(rows, dtype=np.int64)

    def cluster(self, params: KMeansParams) -> Clustering:
        """K-Means of the readable rows, copies counted as often as they occur.

        Clusters are numbered so that they can be followed: those of k as those of k - 1 with
        which they share most images, those of another seed as those of the study's own. From a
        million rows on the numbers are K-Means' own.

        Raises:
            CoreError: there are fewer images that differ than clusters.
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

    @cached_property
    def row_values(self) -> NDArray[np.float32]:
        """Prepared features of every readable row, (m, d): copied where an image is repeated."""
        values, rows = self.reduction.values, self.rows
        return values if np.array_equal(rows, np.arange(len(values))) else values[rows]

    def project(self, params: UMAPParams) -> Projection:
        """The map of the distinct images, in the order of `images.ids`."""

        def find(k: int) -> Neighbors:
            return self.neighbors(k, params.metric)

        return self._map(
            self.images.ids, params, lambda: self._project(self.reduction.values, params, find)
        )

    def project_some(self, rows: NDArray[np.int64], params: UMAPParams) -> Projection:
        """The map of some distinct images by themselves, in the order of `rows`."""
        ids = [self.images.ids[row] for row in rows.tolist()]
        values = self.reduction.values[rows]  # (len(rows), d)

        def find(k: int) -> Neighbors:
            return self._search_neighbors(values, k, params.metric)

        return self._map(ids, params, lambda: self._project(values, params, find))

    def _map(
        self, ids: Sequence[str], params: UMAPParams, compute: Callable[[], Result]
    ) -> Projection:
        parts = {"ids": self._digest(ids), "umap": version("umap-learn"), **asdict(params)}
        if len(ids) > SAMPLE_ABOVE:
            parts |= {"sample": SAMPLE, "rounds": ROUNDS}
        facts, arrays = self.cached("umap", parts, compute)
        return Projection(arrays["coordinates"], facts["method"])

    def _project(
        self, values: NDArray[np.float32], params: UMAPParams, find: Callable[[int], Neighbors]
    ) -> Result:
        """`find` gives as many neighbours as are needed; a few images are laid out without."""
        neighbors = None
        if len(values) >= SMALLEST:
            neighbors = find(neighbors_needed(len(values), params))
        if neighbors is None or len(values) <= SAMPLE_ABOVE:
            made = project(values, neighbors, params)
        else:
            made = self._project_by_sample(values, neighbors, params)
        return {"method": made.method}, {"coordinates": made.coordinates}

    def _project_by_sample(
        self, values: NDArray[np.float32], neighbors: Neighbors, params: UMAPParams
    ) -> Projection:
        from core.sampled_projection import project_by_sample  # noqa: PLC0415 - brings torch

        def find(some: NDArray[np.float32]) -> Neighbors:
            return self._search_neighbors(some, params.n_neighbors, params.metric)

        return project_by_sample(
            values, neighbors, params, find,
            sample=SAMPLE, rounds=ROUNDS, device=self._torch_device,
        )  # fmt: skip

    def neighbors(self, k: int, metric: str = "euclidean") -> Neighbors:
        """The k nearest of each distinct image, itself first, in the order of `images.ids`."""
        parts = {"ids": self._digest(self.images.ids), "k": k, "metric": metric}
        _, arrays = self.cached("neighbors", parts, lambda: self._find_neighbors(k, metric))
        return Neighbors(arrays["indices"], arrays["distances"])

    def _find_neighbors(self, k: int, metric: str) -> Result:
        found = self._search_neighbors(self.reduction.values, k, metric)
        return {}, {"indices": found.indices, "distances": found.distances}

    def _search_neighbors(self, values: NDArray[np.float32], k: int, metric: str) -> Neighbors:
        from core.neighbor_search import find_neighbors  # noqa: PLC0415 - brings torch

        return find_neighbors(values, k=k, metric=metric, device=self._torch_device)

    @property
    def _torch_device(self) -> str:
        return "cuda" if self.recipe.device.kind == "cuda" else "cpu"

    @property
    def _names_key(self) -> str:
        # Without the version of the results: what a person has written outlives a change of code.
        parts = {"ids": self._digest(self.images.ids), "seed": self.params.seed}
        return fingerprint(kind="names", made_of=self._made_of, parts=parts)

    def cached(self, kind: str, parts: dict[str, Any], compute: Callable[[], Result]) -> Result:
        """A result from the cache, or computed and kept under everything that made it.

        Args:
            kind: of the result.
            parts: what decides it, besides the features and their reduction; as JSON.
            compute: gives facts, as JSON, and arrays.
        """
        key = self._key(kind, parts)
        kept = self.cache.result(key)
        if kept is not None:
            return kept
        facts, arrays = compute()
        self.cache.remember_result(key, facts, arrays)
        return facts, arrays

    def _key(self, kind: str, parts: dict[str, Any]) -> str:
        return fingerprint(kind=kind, code=RESULTS_VERSION, made_of=self._made_of, parts=parts)

    @property
    def _made_of(self) -> dict[str, Any]:
        return {"features": self.recipe.fingerprint, **asdict(self.recipe.reduction)}

    @staticmethod
    def _digest(ids: Iterable[str]) -> str:
        return hashlib.sha256("\n".join(ids).encode()).hexdigest()


def open_study(
    params: StudyParams, cache: Cache, watch: Watch = _UNWATCHED, *, roots: Roots = EVERYWHERE
) -> Study:
    """Find the images and the weights, and decide how they are treated. Nothing is extracted yet.

    Args:
        params: what is asked for.
        cache: where everything is kept.
        watch: told of the progress.
        roots: below which all files and addresses must lie, those of the weights included.

    Raises:
        CoreError: the source, the weights or an option cannot be used.
        Cancelled: `watch` said so.
    """
    source = open_source(
        params.source, images=params.images, labels=params.labels, roots=roots,
        sample=params.sample, seed=params.seed,
    )  # fmt: skip
    if params.weights not in NAMED_WEIGHTS:
        roots.require(Path(params.weights).expanduser())
    images = scan(source, cache, watch)

    def digest(file: Path) -> str:
        return _digest_of(file, cache)

    if source.made_by is not None:
        settled, recipe = follow(params, source.made_by, digest=digest, watch=watch)
        return Study(settled, source, images, recipe, cache)
    weights = find_weights(params.weights, digest=digest, watch=watch)
    return Study(params, source, images, decide(params, weights), cache)


def _digest_of(file: Path, cache: Cache) -> str:
    """The SHA-256 of a file of weights, from the cache where the file is unchanged."""
    try:
        state = file_state(file)
        known = cache.known_files([state])[0]
        if known is None:
            known = file_digest(file)
            cache.remember_files([(state, known)])
    except OSError as error:
        raise CoreError(f"{file} cannot be read: {error.strerror}. Name other weights") from error
    return known
