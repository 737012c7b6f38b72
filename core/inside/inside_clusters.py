"""What a study's images in one cluster share, from its most typical ones."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.clusters.clustering import KMeansParams
from core.errors import CoreError
from core.inside.cluster_traits import (
    ClusterTraits,
    find_traits,
    from_result,
    measure_gains,
    to_result,
)
from core.inside.explanation import Comparison, average_to_grid, compare, split_by_position
from core.inside.looking import Looking
from core.inside.standing import ALONE, compare_with_mean, find_members, made_of
from core.network.network_table import last_convolution
from core.pictures.resizing import Pixels
from core.progress import Progress, Watch
from core.reduction import Reduction, normalize_rows

LOOKED_AT = 12
"""Images that stand for a cluster: the nearest to its centroid. Each costs a pass."""
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class _Sample:
    """Some images: their rows, what the network saw, and maps (n, channels, h, w)."""

    rows: tuple[int, ...]
    squares: tuple[Pixels, ...]
    maps: NDArray[np.float32]

    def features(self, grid: int) -> NDArray[np.float32]:
        """The maps averaged to a grid, (n, n_features)."""
        return np.array([average_to_grid(one, grid) for one in self.maps], dtype=np.float32)


def find_cluster_traits(
    looking: Looking, cluster: int, params: KMeansParams, watch: Watch
) -> ClusterTraits:
    """Where the cluster's most typical images resemble its centroid, and what they excite.

    Connected layers have no places: there the maps of the last convolution stand in for them, and
    as many images from the other clusters for the mean of all.

    Raises:
        CoreError: the cluster holds no images, or there is no other.
        ImageProblem: none of its images can be read now.
        Cancelled: `watch` said so.
    """
    members = find_members(looking.study, cluster, params)
    if len(members) == len(looking.study.images.ids):
        raise CoreError(ALONE)
    parts = {**made_of(looking.study, params), "cluster": cluster, "looked_at": LOOKED_AT}
    kept = looking.keep(
        "traits", None, parts, lambda: to_result(_find(looking, cluster, members, params, watch))
    )
    return from_result(*kept)


def _find(
    looking: Looking,
    cluster: int,
    members: NDArray[np.int64],
    params: KMeansParams,
    watch: Watch,
) -> ClusterTraits:
    recipe = looking.study.recipe
    sample = _look_at(looking, members[:LOOKED_AT], watch)
    if recipe.cut.is_connected:
        comparison, normalize = _compare_maps(looking, sample, members, watch), "l2"
    else:
        (comparison,) = compare_with_mean(looking.study, [cluster], params)
        normalize = recipe.reduction.normalize
    gains = measure_gains(comparison, recipe.cut.grid**2)
    return ClusterTraits(
        cluster,
        sample.rows,
        last_convolution(recipe.cut.layer),
        _share(sample, comparison, grid=recipe.cut.grid, normalize=normalize),
        find_traits(gains, sample.maps, sample.squares, sample.rows),
    )


def _look_at(looking: Looking, rows: NDArray[np.int64], watch: Watch) -> _Sample:
    layer = last_convolution(looking.study.recipe.cut.layer)
    squares = looking.squares(rows.tolist())
    every, maps = list(squares.values()), []
    for start in range(0, len(every), _AT_ONCE):
        watch.step(Progress("look", start, len(every)))
        maps.append(looking.network.maps_of(every[start : start + _AT_ONCE], layer))
    return _Sample(tuple(squares), tuple(every), np.concatenate(maps))


def _compare_maps(
    looking: Looking, sample: _Sample, members: NDArray[np.int64], watch: Watch
) -> Comparison:
    """The comparison of the sample's mean with that of images from all over the rest of the set."""
    rest = np.setdiff1d(np.arange(len(looking.study.images.ids)), members)
    spread = np.linspace(0, len(rest) - 1, min(LOOKED_AT, len(rest))).round().astype(int)
    others = _look_at(looking, rest[spread], watch)
    own, other = (normalize_rows(one.features(1)) for one in (sample, others))
    return compare(Reduction(own, normalize="l2"), own.mean(axis=0), other.mean(axis=0))


def _share(
    sample: _Sample, comparison: Comparison, *, grid: int, normalize: str
) -> NDArray[np.float64]:
    """Where the images resemble the nearer point, on the mean, (h, w)."""
    lengths = np.ones(len(sample.maps))
    if normalize == "l2":
        lengths = np.linalg.norm(sample.features(grid), axis=1)
        lengths[lengths == 0] = 1
    heats = [
        split_by_position(comparison, maps, grid=grid, length=float(length))
        for maps, length in zip(sample.maps, lengths, strict=True)
    ]
    mean: NDArray[np.float64] = np.mean(heats, axis=0)
    return mean
