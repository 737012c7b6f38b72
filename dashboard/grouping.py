"""The images of a view by cluster and by label: what the map, the gallery and the cards share."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.clustering import Clustering
from core.images import ImageRecord, ImageSet
from core.projection import Projection
from dashboard.figures import Points


@dataclass(frozen=True)
class Grouped:
    """The distinct images of a set with their clusters.

    Attributes:
        images: the set.
        clusters: the cluster of each distinct image, in the order of `images.ids`, (n,).
        distances: the distance of each to the centroid of its cluster, (n,).
        n_clusters: how many clusters there are.
    """

    images: ImageSet
    clusters: NDArray[np.int32]
    distances: NDArray[np.float32]
    n_clusters: int

    def record(self, image_id: str) -> ImageRecord:
        """The first row that holds the image."""
        return self.images.by_id[image_id][0]

    def cluster_of(self, image_id: str) -> int:
        """The cluster of an image."""
        return int(self.clusters[self.images.index[image_id]])

    def distance_of(self, image_id: str) -> float:
        """How far an image lies from the centroid of its cluster, in feature space."""
        return float(self.distances[self.images.index[image_id]])

    def members(self, cluster: int) -> list[str]:
        """The ids of a cluster, the most typical first."""
        rows = np.flatnonzero(self.clusters == cluster)
        ordered = rows[np.argsort(self.distances[rows], kind="stable")]
        return [self.images.ids[row] for row in ordered]

    def sort(self, ids: Iterable[str]) -> list[str]:
        """These images by cluster, and in it the most typical first; unknown ones left out."""
        known = [one for one in ids if one in self.images.index]
        return sorted(known, key=lambda one: (self.cluster_of(one), self.distance_of(one), one))

    def describe(self, image_id: str) -> str:
        """Name, cluster and label of an image, a line each."""
        rows = self.images.by_id[image_id]
        copies = f" (+{len(rows) - 1} more)" if len(rows) > 1 else ""
        label = "" if rows[0].label is None else f"\nlabel {rows[0].label}"
        return f"{rows[0].path}{copies}\ncluster {self.cluster_of(image_id)}{label}"

    def summarize(self, ids: Sequence[str]) -> str:
        """How many images, and of which clusters: 12 images: 9 of cluster 3, 3 of cluster 0."""
        counts = Counter(self.cluster_of(one) for one in ids).most_common()
        parts = ", ".join(f"{count:,} of cluster {cluster}" for cluster, count in counts)
        return f"{len(ids):,} image{'' if len(ids) == 1 else 's'}: {parts}"


def group(images: ImageSet, clustering: Clustering) -> Grouped:
    """Take the clusters of the rows over to the distinct images: copies share all they have."""
    first: dict[str, int] = {}
    for row, record in enumerate(images.readable):
        if record.id is not None:
            first.setdefault(record.id, row)
    rows = [first[image_id] for image_id in images.ids]
    n_clusters = len(clustering.medoids)
    return Grouped(images, clustering.labels[rows], clustering.distances[rows], n_clusters)


def points(grouped: Grouped, projection: Projection, *, color: str) -> Points:
    """What the map draws, coloured by `cluster` or by `label`."""
    images = grouped.images
    groups, names = _label_groups(images) if color == "label" else _cluster_groups(grouped)
    texts = [grouped.describe(image_id) for image_id in images.ids]
    return Points(projection.coordinates, groups, names, images.ids, texts)


def _cluster_groups(grouped: Grouped) -> tuple[NDArray[np.int32], list[str]]:
    return grouped.clusters, [f"cluster {number}" for number in range(grouped.n_clusters)]


def _label_groups(images: ImageSet) -> tuple[NDArray[np.int32], list[str]]:
    labels = [images.by_id[image_id][0].label or "(no label)" for image_id in images.ids]
    names = sorted(set(labels))
    position = {name: number for number, name in enumerate(names)}
    return np.array([position[label] for label in labels], dtype=np.int32), names
