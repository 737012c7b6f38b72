"""What the review takes once neighbours are there: queues, label errors, the trust in a map."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.neighbors import LocalOutlierFactor

from benchmarks.grouping import make_features
from benchmarks.timing import Row, best_of
from core.clusters.clustering import KMeansParams, cluster
from core.compare.restlessness import Restlessness
from core.images import ImageRecord, ImageSet
from core.neighbor_search import find_neighbors
from core.review.confusion import disagree_with_cluster
from core.review.duplicates import find_duplicates
from core.review.fit import find_centroids, measure_fit
from core.review.label_errors import find_label_errors
from core.review.map_trust import measure_trust
from core.review.misfit import find_silhouettes, measure_misfit
from core.review.outliers import measure_outliers

_IMAGES = 10_000
_COPIED = 1_000
_DIMENSIONS = 256
_CLUSTERS = 20
_NEAREST = 15
_ROUNDS = 5


def measure_reviewing(_: Path, __: Path | None) -> list[Row]:
    """10,000 images, a tenth of them all but equal to others, their neighbours known."""
    values = make_features(_IMAGES, _DIMENSIONS)
    values[:_COPIED] = values[-_COPIED:] + np.float32(1e-3)
    coordinates = values[:, :2].copy()
    neighbors = find_neighbors(values, k=_NEAREST)
    on_map = find_neighbors(coordinates, k=_NEAREST)
    rows = np.arange(_IMAGES)
    labels = [f"label {row % 7}" for row in range(_IMAGES)]
    images = ImageSet("", tuple(ImageRecord(f"{row}.jpg", id=f"{row}") for row in range(_IMAGES)))
    queue, near, outliers, plain, errors, trust = best_of(
        _ROUNDS,
        _queue(values, labels),
        lambda: find_duplicates(images, neighbors),
        lambda: measure_outliers(neighbors),
        lambda: LocalOutlierFactor(_NEAREST - 1).fit(values),
        lambda: find_label_errors(neighbors, rows, labels),
        lambda: measure_trust(values, coordinates, neighbors, on_map),
    )
    return [
        Row("review queue of 10,000 from cached fit and neighbours", _ms(queue), "1000 ms"),
        Row("near-duplicates of 10,000 from cached neighbours", _ms(near), "2000 ms"),
        Row("outliers of 10,000 from cached neighbours", _ms(outliers)),
        Row("  scikit-learn's local outlier factor alone", _ms(plain)),
        Row("label errors of 10,000 from cached neighbours", _ms(errors)),
        Row("trustworthiness and continuity of 10,000", _ms(trust)),
    ]


def _queue(values: np.ndarray, labels: list[str]) -> Callable[[], object]:
    """All scores of the images and their order, from what is cached."""
    clusters = cluster(values, KMeansParams(_CLUSTERS)).labels
    neighbors = find_neighbors(values, k=_NEAREST)
    rows, once = np.arange(_IMAGES), np.ones(_IMAGES, dtype=np.int64)
    fit = measure_fit(values, clusters, find_centroids(values, clusters, once))
    silhouettes = find_silhouettes(values, clusters, fit)
    restlessness = Restlessness(np.linspace(0, 1, _IMAGES, dtype=np.float32), 0.1, 57)
    return lambda: measure_misfit(
        fit,
        clusters,
        neighbors,
        silhouettes,
        restlessness=restlessness,
        label=disagree_with_cluster(clusters, rows, labels),
    ).worst_first()


def _ms(duration: float) -> str:
    return f"{1000 * duration:.0f} ms"
