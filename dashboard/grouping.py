"""The images of a view by cluster: what the map, the gallery and the cards share."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.clusters.cluster_names import default_name
from core.images import ImageSet
from core.map_sample import MOST_DRAWN, MapSample, draw_sample
from core.review.fit import Fit

Rows = NDArray[np.int64]
Measure = Callable[[Rows], NDArray[np.float32]]

SORTS = ("cluster", "fit", "restlessness", "likeness", "path")
"""Orders of the gallery: by cluster, the worst fit first, the most restless first, by likeness to
an image, by path."""


REVIEWED = ("not reviewed", "kept", "moved", "excluded")
"""What may have been decided of an image."""


@dataclass(frozen=True)
class Grouped:
    """The distinct images of a set with their clusters.

    Attributes:
        images: the set.
        clusters: the cluster of each distinct image, in the order of `images.ids`, (n,).
        fit: how well each fits its cluster.
        names: what the clusters are called.
        reviewed: what was decided of each image, a position in REVIEWED, (n,); None where the
            clusters are K-Means' own.
    """

    images: ImageSet
    clusters: NDArray[np.int32]
    fit: Fit
    names: tuple[str, ...]
    reviewed: NDArray[np.uint8] | None = None

    @cached_property
    def excluded(self) -> NDArray[np.bool_]:
        """Which images do not belong to the set, (n,)."""
        if self.reviewed is None:
            return np.zeros(len(self.clusters), dtype=bool)
        excluded: NDArray[np.bool_] = self.reviewed == REVIEWED.index("excluded")
        return excluded

    @cached_property
    def digest(self) -> str:
        """Names who is where, and what was decided of whom."""
        found = hashlib.sha256(self.clusters.tobytes())
        found.update(b"" if self.reviewed is None else self.reviewed.tobytes())
        return found.hexdigest()

    @cached_property
    def map_sample(self) -> MapSample | None:
        """The images that a map draws; None where it draws all."""
        return draw_sample(self.clusters, self.fit.fit, most=MOST_DRAWN)

    def renumbered(self, numbers: NDArray[np.int32]) -> "Grouped":
        """The same groups under other numbers: cluster c becomes `numbers[c]`, (k,).

        A number that no cluster takes stays without images.
        """
        count = int(numbers.max()) + 1
        names = [default_name(number) for number in range(count)]
        for old, new in enumerate(numbers.tolist()):
            if self.names[old] != default_name(old):
                names[new] = self.names[old]
        centroids = np.full((count, self.fit.centroids.shape[1]), np.nan, dtype=np.float32)
        centroids[numbers] = self.fit.centroids
        rivals = np.where(self.fit.rivals < 0, self.fit.rivals, numbers[self.fit.rivals])
        fit = replace(self.fit, rivals=rivals, centroids=centroids)
        return Grouped(self.images, numbers[self.clusters], fit, tuple(names))

    @property
    def n_clusters(self) -> int:
        """How many clusters hold images; a number may be left without."""
        return len(np.unique(self.clusters[~self.excluded]))

    @cached_property
    def _paths(self) -> list[str]:
        return [self.images.by_id[image_id][0].path for image_id in self.images.ids]

    def members(self, cluster: int) -> Rows:
        """The rows of a cluster, ascending, without those that were excluded."""
        return np.flatnonzero((self.clusters == cluster) & ~self.excluded)

    def whole_cluster(self, rows: Rows) -> int | None:
        """The cluster that these rows are, all of it and nothing else."""
        if not len(rows):
            return None
        cluster = int(self.clusters[rows[0]])
        return cluster if np.array_equal(rows, self.members(cluster)) else None

    def sort(self, rows: Rows, by: str, measures: Mapping[str, Measure]) -> Rows:
        """These rows in one of the SORTS.

        Args:
            rows: to be sorted.
            by: one of SORTS.
            measures: for some of them what gives each row a value: the lowest comes first.
        """
        if by == "path":
            return np.array(sorted(rows.tolist(), key=self._paths.__getitem__), dtype=np.int64)
        if by in measures:
            return rows[np.argsort(measures[by](rows), kind="stable")]
        if by == "fit":
            worst_first = np.nan_to_num(self.fit.fit[rows], nan=0.0)
            return rows[np.lexsort((-self.fit.own[rows], worst_first))]
        return rows[np.lexsort((self.fit.own[rows], self.clusters[rows]))]

    def summarize(self, rows: Rows) -> str:
        """How many images, of which clusters and, where there are any, of which labels."""
        count = f"{len(rows):,} image{'' if len(rows) == 1 else 's'}"
        clusters = _count([self.names[cluster] for cluster in self.clusters[rows].tolist()])
        if not self.images.has_labels:
            return f"{count}: {clusters}"
        ids = self.images.ids
        labels = [self.images.by_id[ids[row]][0].label or "no label" for row in rows.tolist()]
        return f"{count}: {clusters} · labels: {_count(labels)}"


def _count(names: list[str]) -> str:
    """The most common first, five of them and how many others."""
    counts = Counter(names).most_common()
    shown = ", ".join(f"{count:,} of {name}" for name, count in counts[:5])
    more = len(counts) - 5
    return f"{shown} and {more} more" if more > 0 else shown
