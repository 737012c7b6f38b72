"""How often the closest companions of an image change from clustering to clustering.

The consensus matrix of S. Monti, P. Tamayo, J. Mesirov and T. Golub, "Consensus Clustering: A
Resampling-Based Method for Class Discovery and Visualization of Gene Expression Microarray Data",
Machine Learning 52, 2003: for a pair of images, the share of the clusterings in which
the two are in the same cluster. Here only for pairs of an image and one of its nearest neighbours:
14 columns in the place of n, and no credit for images that nobody would put together.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.neighbors import Neighbors

COMPANIONS = 14
"""How many of the nearest neighbours count, itself left out."""

_BLOCK_ROWS = 1 << 14
"""Images whose companions are looked up at once: 1 MB for their clusters."""


@dataclass(frozen=True, slots=True)
class Restlessness:
    """How stable each of n images is.

    Attributes:
        stability: mean over its companions of the share of the clusterings in which the two are in
            the same cluster, float32 (n,): 1 where they never part.
        chance: what two images drawn at random have, on the average over the clusterings.
        n_clusterings: how many these are.
    """

    stability: NDArray[np.float32]
    chance: float
    n_clusterings: int

    @property
    def restlessness(self) -> NDArray[np.float32]:
        """1 - stability, float32 (n,): the higher, the more restless."""
        restless: NDArray[np.float32] = 1 - self.stability
        return restless


def measure_restlessness(
    neighbors: Neighbors, clusterings: Iterable[NDArray[np.int32]]
) -> Restlessness:
    """Co-assignment stability of each image with its 14 nearest, over k and seeds.

    The clusterings are taken one at a time: they may be computed while they are asked for. How
    clusters are numbered does not matter. One image alone, without companions, has 1.

    Args:
        neighbors: of each distinct image, itself first, (n, 15); where there are more, the nearest
            14 count, where there are fewer, those.
        clusterings: the cluster of each distinct image, each (n,); at least one, with two or more
            clusters if it is to say anything.

    Raises:
        ValueError: there is no clustering, or one is not of these images.
    """
    companions = np.ascontiguousarray(neighbors.indices[:, 1 : COMPANIONS + 1])  # (n, c)
    together = np.zeros(len(companions), dtype=np.int64)
    chances = []
    for clusters in clusterings:
        if clusters.shape != together.shape:
            raise ValueError(f"a clustering of {len(clusters)} images: {len(together)} are due")
        _count_together(companions, clusters, into=together)
        chances.append(_chance(clusters))
    if not chances:
        raise ValueError("no clustering: at least one is due")
    pairs = companions.shape[1] * len(chances)
    stability = together / pairs if pairs else np.ones(len(together))
    return Restlessness(stability.astype(np.float32), float(np.mean(chances)), len(chances))


def _count_together(
    companions: NDArray[np.int64], clusters: NDArray[np.int32], *, into: NDArray[np.int64]
) -> None:
    """Add to each image (n,) how many of its companions (n, c) are in its cluster, in place."""
    for start in range(0, len(companions), _BLOCK_ROWS):
        rows = slice(start, start + _BLOCK_ROWS)
        same = clusters[companions[rows]] == clusters[rows, None]  # (b, c)
        into[rows] += np.count_nonzero(same, axis=1)


def _chance(clusters: NDArray[np.int32]) -> float:
    """The probability that two different images, drawn at random, are in the same cluster."""
    sizes = np.bincount(clusters).astype(np.float64)
    n = len(clusters)
    return float((sizes * (sizes - 1)).sum() / (n * (n - 1))) if n > 1 else 1.0
