"""How far the map can be trusted: overall, at each image, and where it alone misplaces one.

J. Venna and S. Kaski, "Neighborhood Preservation in Nonlinear Projection Methods: An Experimental
Study", ICANN 2001, equations 1 and 2. Trustworthiness: whether those that are near on the map are
near in feature space; continuity: whether those that are near in feature space are so on the map.
Of each image's k nearest in the one space, those that are not among its k nearest in the other cost
their rank there minus k; the sum is scaled so that 1 is a faultless map and 0 the worst.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare.restlessness import COMPANIONS
from core.measures.distances import Points, blocks, distances_from
from core.neighbors import Neighbors

EXACT_UP_TO = 10_000
"""Images up to which ranks are counted among all."""
SAMPLE = 5_000
"""Images among which ranks are estimated where there are more.

On UMAP's map of 10,000 images made up, five samples were off by 0.0001 overall, and by 0.006 at the
worst image.
"""

_BLOCK_VALUES = 1 << 22
"""Distances computed at once: 32 MiB in double precision."""
_ROUNDING = 1 - 1e-6
"""Distances count as smaller only where rounding cannot have made them so."""
_HALF = 0.5

Shares = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MapTrust:
    """How well a map keeps the neighbours of each of n images.

    Attributes:
        trust: trustworthiness at each image, float32 (n,), up to 1: whether its neighbours on the
            map are its neighbours in feature space.
        continuity: whether its neighbours in feature space are its neighbours on the map.
        n_neighbors: how many neighbours were looked at.
        n_ranked: among how many images the ranks were counted; if not among all, every value is
            an estimate.
    """

    trust: Shares
    continuity: Shares
    n_neighbors: int
    n_ranked: int

    @property
    def trustworthiness(self) -> float:
        """That of the map: the mean over all images."""
        return _mean(self.trust)

    @property
    def overall_continuity(self) -> float:
        """That of the map: the mean over all images."""
        return _mean(self.continuity)


def measure_trust(
    values: NDArray[np.float32],
    coordinates: NDArray[np.float32],
    neighbors: Neighbors,
    map_neighbors: Neighbors,
    *,
    seed: int = 42,
) -> MapTrust:
    """Trustworthiness and continuity of a map, overall and at each image.

    Of up to 10,000 images the ranks are exact; of more each is estimated from the share of 5,000
    images, drawn at random, that lie nearer. Equally far is not nearer. One or two images cannot
    be misplaced: they have 1.

    Args:
        values: of the distinct images, (n, d).
        coordinates: on the map, (n, 2) or (n, 3).
        neighbors: in feature space, itself first, (n, 15); of more the nearest 14 count, and
            always less than half of the images.
        map_neighbors: the same on the map.
        seed: chooses the sample.
    """
    count = len(values)
    k = min(COMPANIONS, neighbors.indices.shape[1] - 1, max(0, (count - 1) // 2))
    ranked = _choose(count, seed)
    if k < 1:
        faultless = np.ones(count, dtype=np.float32)
        return MapTrust(faultless, faultless, 0, len(ranked))
    near, near_on_map = neighbors.indices[:, 1 : k + 1], map_neighbors.indices[:, 1 : k + 1]
    trust = _keep(values, near_on_map, near, ranked)
    continuity = _keep(coordinates, near, near_on_map, ranked)
    return MapTrust(trust, continuity, k, len(ranked))


def find_misplaced(
    clusters: NDArray[np.int32], neighbors: Neighbors, map_neighbors: Neighbors
) -> NDArray[np.bool_]:
    """The images that are misplaced only on the map, bool (n,).

    More than half of an image's 14 neighbours on the map are in other clusters, while more than
    half of its true ones are in its own.

    Args:
        clusters: the cluster of each distinct image, (n,).
        neighbors: in feature space, itself first, (n, 15); of more the nearest 14 count.
        map_neighbors: the same on the map.
    """
    misplaced: NDArray[np.bool_] = (_at_home(clusters, map_neighbors) < _HALF) & (
        _at_home(clusters, neighbors) > _HALF
    )
    return misplaced


def _at_home(clusters: NDArray[np.int32], neighbors: Neighbors) -> NDArray[np.float64]:
    """The share of each image's companions that are in its cluster, (n,); a half if it has none."""
    companions = neighbors.indices[:, 1 : COMPANIONS + 1]  # (n, c)
    if companions.shape[1] == 0:
        return np.full(len(companions), _HALF)
    share: NDArray[np.float64] = (clusters[companions] == clusters[:, None]).mean(axis=1)
    return share


def _choose(count: int, seed: int) -> NDArray[np.int64]:
    """The images among which ranks are counted, ascending."""
    if count <= EXACT_UP_TO:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, SAMPLE, replace=False))


def _keep(
    space: NDArray[np.float32],
    near_there: NDArray[np.int64],
    near_here: NDArray[np.int64],
    ranked: NDArray[np.int64],
) -> Shares:
    """How far those near in the other space, (n, k), are near in this one too, (n,).

    1 - 2 / (k (2n - 3k - 1)) times the sum of rank - k over those not among `near_here` (n, k).
    """
    count, k = near_there.shape
    points = Points(space)
    others = points.at(ranked)  # (s, d)
    is_ranked = np.isin(np.arange(count), ranked)  # (n,)
    cost = np.empty(count)
    for rows in blocks(count, max(1, _BLOCK_VALUES // len(ranked))):
        distances = distances_from(points.at(rows))(others)  # (b, s)
        ranks = _ranks(points, distances, rows, near_there[rows], is_ranked)  # (b, k)
        strange = ~(near_there[rows, :, None] == near_here[rows, None, :]).any(axis=2)  # (b, k)
        cost[rows] = (np.maximum(ranks - k, 0) * strange).sum(axis=1)
    kept: Shares = (1 - 2 / (k * (2 * count - 3 * k - 1)) * cost).astype(np.float32)
    return kept


def _ranks(
    points: Points,
    distances: NDArray[np.float32],
    rows: slice,
    near_there: NDArray[np.int64],
    is_ranked: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """The rank by distance of some others (b, k), the image itself left out, (b, k).

    Counted among those to whom `distances` (b, s) are given, less the two in question, and scaled
    up to all: no scaling where all n are ranked.
    """
    count, own = len(points), points.at(rows)  # (b, d)
    ranks = np.empty(near_there.shape)
    for place, other in enumerate(near_there.T):  # (b,) each
        apart = np.linalg.norm(own - points.at(other), axis=1)  # (b,)
        reach = (apart * _ROUNDING).astype(np.float32)
        nearer = _count(distances < reach[:, None]) - (is_ranked[rows] & (reach > 0))
        among = is_ranked.sum() - is_ranked[rows] - is_ranked[other]
        ranks[:, place] = 1 + nearer * (count - 2) / np.maximum(among, 1)
    return ranks


def _count(true: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many in each row of (b, s): by bits, in half the time of counting booleans."""
    counts: NDArray[np.int64] = np.bitwise_count(np.packbits(true, axis=1)).sum(axis=1, dtype=int)
    return counts


def _mean(shares: Shares) -> float:
    return float(shares.mean(dtype=np.float64)) if len(shares) else 1.0
