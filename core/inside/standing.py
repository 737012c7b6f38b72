"""How the images and clusters of a study stand to each other, as looking inside needs it."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.clusters.clustering import KMeansParams
from core.errors import CoreError
from core.exploration import NEAREST
from core.images import identify
from core.inside.explanation import Comparison, compare
from core.inside.why import Place
from core.study import Study

ALONE = "with one cluster there is nothing to compare: choose k from 2"


def place_image(study: Study, image: str | bytes, params: KMeansParams) -> Place:
    """Where an image lies among the clusters: the id of one of the set, or the bytes of any.

    Raises:
        CoreError: features are missing, or there is no other cluster.
        ImageProblem: the bytes cannot be decoded, and why.
    """
    image_id = image if isinstance(image, str) else identify(image)
    row = study.images.index.get(image_id)
    if row is None and isinstance(image, bytes):
        return _place_new(study, image, params)
    if row is None:
        raise CoreError(f"no image {image_id} in this set: give the bytes of one from outside")
    fit = study.fit(params)
    rival = int(fit.rivals[row])
    if rival < 0:
        raise CoreError(ALONE)
    neighbors = study.neighbors(NEAREST).indices[row]
    others = neighbors[neighbors != row]
    distances = float(fit.own[row]), float(fit.rival[row])
    return Place(row, int(study.clusters(params)[row]), rival, others, *distances)


def _place_new(study: Study, data: bytes, params: KMeansParams) -> Place:
    match = study.search_image(data, NEAREST - 1, params)
    if match.rival is None or match.rival_distance is None:
        raise CoreError(ALONE)
    return Place(None, match.cluster, match.rival, match.rows, match.own, match.rival_distance)


def find_members(study: Study, cluster: int, params: KMeansParams) -> NDArray[np.int64]:
    """The images of a cluster by their rows, the nearest to its centroid first.

    Raises:
        CoreError: there is no such cluster, or it holds no images.
    """
    fit = study.fit(params)
    if not 0 <= cluster < len(fit.centroids):
        raise CoreError(f"no cluster {cluster}: choose one from 0 to {len(fit.centroids) - 1}")
    members = np.flatnonzero(study.clusters(params) == cluster)
    if not len(members):
        raise CoreError(f"cluster {cluster} holds no images: choose another")
    return members[np.argsort(fit.own[members], kind="stable")]


def compare_with_mean(
    study: Study, clusters: Sequence[int], params: KMeansParams
) -> tuple[Comparison, ...]:
    """For each of these clusters the comparison of its centroid with the mean of all images."""
    reduction, centroids = study.reduction, study.fit(params).centroids
    mean = reduction.values.mean(axis=0, dtype=np.float64)
    return tuple(compare(reduction, centroids[cluster], mean) for cluster in clusters)


def made_of(study: Study, params: KMeansParams) -> dict[str, Any]:
    """All that made the clusters, and what they are, for a key of what follows from them."""
    ids, clusters = "\n".join(study.images.ids).encode(), study.clusters(params).tobytes()
    return {
        "features": study.recipe.fingerprint,
        **asdict(study.recipe.reduction),
        "ids": hashlib.sha256(ids).hexdigest(),
        "clusters": hashlib.sha256(clusters).hexdigest(),
    }
