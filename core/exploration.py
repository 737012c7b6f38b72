"""What the Explore page asks of a study: fit, cluster facts and names, search, duplicates, columns.

`Study` has these methods from here. Each result follows from the images, the reduction, the
clusters and the neighbours that the study keeps; what takes long is kept like those.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.clusters.cluster_facts import ClusterFacts, describe_clusters, point_out_imbalance
from core.clusters.clustering import Clustering, KMeansParams
from core.columns import Column, read_column, useful_columns
from core.images import identify
from core.journal.naming import Naming
from core.neighbors import Neighbors
from core.pictures.decoding import ImageProblem
from core.reduction import Reduction
from core.results import Result
from core.review.density import measure_density
from core.review.duplicates import Duplicates, find_duplicates
from core.review.fit import Fit, find_centroids, measure_fit
from core.search import Match, match_image, search_text
from core.versions import version

if TYPE_CHECKING:
    from core.features import Extractor

NEAREST = 15
"""Itself among them, and as many as UMAP asks for unless told otherwise: one search serves both."""


class Exploration(Naming):
    """What can be asked of a study once its features are there.

    Images are named by their row: their position in `images.ids`.
    """

    @property
    @abstractmethod
    def reduction(self) -> Reduction:
        """Prepared features of the distinct images."""

    @abstractmethod
    def cluster(self, params: KMeansParams) -> Clustering:
        """K-Means of the readable rows."""

    @abstractmethod
    def neighbors(self, k: int, metric: str = "euclidean") -> Neighbors:
        """The k nearest of each distinct image."""

    @property
    @abstractmethod
    def rows(self) -> NDArray[np.int64]:
        """For each readable row of the source the position of its image among the distinct."""

    @property
    def labels(self) -> list[str | None]:
        """The label of each readable row of the source."""
        return [record.label for record in self.images.readable]

    @property
    @abstractmethod
    def _positions(self) -> dict[str, list[int]]: ...

    @abstractmethod
    def _extractor(self) -> "Extractor": ...

    @abstractmethod
    def cached(self, kind: str, parts: dict[str, Any], compute: Callable[[], Result]) -> Result:
        """A result from the cache, or computed and kept."""

    @staticmethod
    @abstractmethod
    def _digest(ids: Iterable[str]) -> str: ...

    def clusters(self, params: KMeansParams) -> NDArray[np.int32]:
        """The cluster of each distinct image, which its copies share: int32 (n,)."""
        clusters = np.empty(len(self.images.ids), dtype=np.int32)
        labels = self.cluster(params).labels  # before the rows: it asks for features
        clusters[self.rows] = labels
        return clusters

    def medoids(self, params: KMeansParams) -> NDArray[np.int64]:
        """The distinct image nearest to each centroid, (k,); -1 where a cluster has no images."""
        medoids = self.cluster(params).medoids
        return np.where(medoids < 0, -1, self.rows[medoids])

    @property
    def counts(self) -> NDArray[np.int64]:
        """How often each distinct image occurs, (n,)."""
        return np.bincount(self.rows, minlength=len(self.images.ids))

    def fit(self, params: KMeansParams) -> Fit:
        """How well each distinct image fits its cluster."""
        ids = [record.id or "" for record in self.images.readable]
        parts = {"ids": self._digest(ids), "sklearn": version("scikit-learn"), **asdict(params)}
        _, arrays = self.cached("fit", parts, lambda: ({}, self._measure_fit(params)))
        return Fit(**arrays)

    def _measure_fit(self, params: KMeansParams) -> dict[str, NDArray[Any]]:
        clusters, values = self.clusters(params), self.reduction.values
        centroids = find_centroids(values, clusters, self.counts)
        return asdict(measure_fit(values, clusters, centroids))

    def cluster_facts(self, params: KMeansParams) -> tuple[ClusterFacts, ...]:
        """What can be said of each cluster, in the order of their numbers."""
        fit, clusters = self.fit(params), self.clusters(params)
        return describe_clusters(fit, clusters, self.rows, self.labels)

    def imbalance(self, params: KMeansParams) -> str:
        """A sentence on a cluster that swallows the others, or nothing."""
        return point_out_imbalance(self.cluster(params).sizes.tolist(), self.names(params))

    def density(self) -> NDArray[np.float32]:
        """How densely the images lie around each distinct image, 0 to 1: float32 (n,)."""
        return measure_density(self.neighbors(NEAREST))

    def duplicates(self) -> Duplicates:
        """Copies of files, and near-duplicates among each image's 14 nearest."""
        return find_duplicates(self.images, self.neighbors(NEAREST))

    def distances(self, row: int, others: NDArray[np.int64]) -> NDArray[np.float32]:
        """Euclidean distances from one distinct image to others, in prepared features, (m,)."""
        values = self.reduction.values
        distances: NDArray[np.float32] = np.linalg.norm(values[others] - values[row], axis=1)
        return distances

    def columns(self) -> tuple[str, ...]:
        """The columns of the source's own table that a map can be coloured by."""
        return self._columns

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        """Found once: a page asks at every run, and the table may have 100,000 rows."""
        return useful_columns(self.source.table)

    def column(self, name: str) -> Column:
        """One of them, for the distinct images; of copies the first row counts.

        Raises:
            CoreError: there is no such column.
        """
        first = [self._positions[image_id][0] for image_id in self.images.ids]
        return read_column(self.source.table, name, np.array(first, dtype=np.int64))

    def search_text(self, query: str) -> NDArray[np.int64]:
        """The images whose path or label holds every word; what stands in quotes is one word."""
        return search_text(self.images, query)

    def search_image(self, data: bytes, k: int, params: KMeansParams) -> Match:
        """The k images nearest to one given as bytes, and the cluster it would fall into.

        It becomes no part of the set, and nothing of it is kept.

        Raises:
            CoreError: features are missing, or k is below 1.
            ImageProblem: the bytes cannot be decoded, and why.
        """
        row = self.images.index.get(identify(data))
        values = self.values_of(data)
        centroids = self.fit(params).centroids
        # An image of the set is where it is, even where K-Means stopped short of moving it.
        own = None if row is None else int(self.clusters(params)[row])
        return match_image(self.reduction.values, values, k, centroids, row=row, cluster=own)

    def values_of(self, data: bytes) -> NDArray[np.float32]:
        """The prepared features of an image given as bytes, (n_kept,), of the set or not.

        Raises:
            CoreError: features are missing, or the network that made them is not here.
            ImageProblem: the bytes cannot be decoded, and why.
        """
        row = self.images.index.get(identify(data))
        if row is None:
            return self._values_of(data)
        values: NDArray[np.float32] = self.reduction.values[row]
        return values

    def _values_of(self, data: bytes) -> NDArray[np.float32]:
        """The prepared features of any image, (n_kept,)."""
        reduction = self.reduction  # before the network is loaded: it asks for features
        image_id = identify(data)
        extractor = self._kept_extractor
        batch = next(extractor.extract([image_id], lambda _: data, batch_size=1, workers=1))
        if image_id not in batch.features:
            raise ImageProblem(batch.seen[image_id].problem or "cannot be read")
        features = batch.features[image_id].astype(np.float32)  # (n_features,)
        values: NDArray[np.float32] = reduction.apply(features[None])[0]
        return values

    @cached_property
    def _kept_extractor(self) -> "Extractor":
        """Loading the network takes a second: once is enough for all searches."""
        return self._extractor()
