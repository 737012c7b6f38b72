"""How far the map of a study can be trusted, measured once and kept in its cache file."""

from dataclasses import asdict, dataclass
from typing import Any

from numpy.typing import NDArray

from core.exploration import NEAREST
from core.neighbors import Neighbors
from core.projection import UMAPParams
from core.review.map_trust import MapTrust, measure_trust
from core.study import Study
from core.versions import version


@dataclass(frozen=True, slots=True)
class TrustedMap:
    """A map and how far it can be trusted.

    Attributes:
        trust: overall and at each distinct image.
        map_neighbors: on the map, of each image, itself first, (n, 15).
    """

    trust: MapTrust
    map_neighbors: Neighbors


def trust_map(study: Study, params: UMAPParams) -> TrustedMap:
    """How far a map of a study can be trusted.

    Kept in the cache: of 10,000 images it takes seconds.

    Raises:
        CoreError: features are missing, or there is no image that can be read.
    """
    parts = {"images": study.images.fingerprint, "umap": version("umap-learn"), **asdict(params)}
    facts, arrays = study.cached("map trust", parts, lambda: _measure(study, params))
    trust = MapTrust(arrays["trust"], arrays["continuity"], **facts)
    return TrustedMap(trust, Neighbors(arrays["indices"], arrays["distances"]))


def _measure(study: Study, params: UMAPParams) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    from core.neighbor_search import find_neighbors  # noqa: PLC0415 - brings torch

    coordinates = study.project(params).coordinates  # (n, 2) or (n, 3)
    on_map = find_neighbors(coordinates, k=NEAREST)
    neighbors = study.neighbors(NEAREST)
    made = measure_trust(
        study.reduction.values, coordinates, neighbors, on_map, seed=study.params.seed
    )
    facts = {"n_neighbors": made.n_neighbors, "n_ranked": made.n_ranked}
    arrays: dict[str, NDArray[Any]] = {
        "trust": made.trust,
        "continuity": made.continuity,
        "indices": on_map.indices,
        "distances": on_map.distances,
    }
    return facts, arrays
