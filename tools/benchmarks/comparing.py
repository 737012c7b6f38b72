"""What comparing clusterings takes once they are there: alignment, measures, flows, stability."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from benchmarks.timing import Row, best_of
from core.compare.alignment import align
from core.compare.comparison import compare
from core.compare.flows import trace_flows
from core.compare.restlessness import COMPANIONS, measure_restlessness
from core.neighbors import Neighbors

_IMAGES = 100_000
_CLUSTERS = 50
_KS = range(2, 21)
_SEEDS = 3
_ROUNDS = 7


def measure_comparing(_: Path, __: Path | None) -> list[Row]:
    """Two clusterings with k = 50, a chain from k = 2 to 20, and all of three seeds."""
    before, after = _cluster(_CLUSTERS, seed=0), _cluster(_CLUSTERS, seed=1)
    clusterings = [_cluster(k, seed=seed) for k in _KS for seed in range(_SEEDS)]
    chain = _align_all(clusterings[::_SEEDS])
    neighbors = _draw_neighbors()
    alignment, comparison, plain, flows, restlessness = best_of(
        _ROUNDS,
        lambda: align(before, after),
        lambda: compare(before, after),
        lambda: (adjusted_rand_score(before, after), normalized_mutual_info_score(before, after)),
        lambda: trace_flows(chain),
        lambda: measure_restlessness(neighbors, clusterings),
    )
    return [
        Row("alignment of 100,000 images, k = 50", _ms(alignment), "50 ms"),
        Row("comparison of the same: table, measures, changes", _ms(comparison)),
        Row("  scikit-learn's ARI and NMI alone", _ms(plain)),
        Row("flows of 100,000 images, k = 2 ... 20", _ms(flows)),
        Row(f"restlessness of 100,000 images, {len(clusterings)} clusterings", _ms(restlessness)),
    ]


def _ms(duration: float) -> str:
    return f"{1000 * duration:.1f} ms"


def _cluster(k: int, *, seed: int) -> NDArray[np.int32]:
    """Each image with the nearest of k others, in four dimensions: int32 (n,)."""
    places = np.random.default_rng(0).normal(size=(_IMAGES, 4))
    centers = places[np.random.default_rng(seed).choice(_IMAGES, 100, replace=False)[:k]]
    near = np.square(centers).sum(axis=1) - 2 * places @ centers.T  # (n, k)
    nearest: NDArray[np.int32] = near.argmin(axis=1).astype(np.int32)
    return nearest


def _align_all(clusterings: list[NDArray[np.int32]]) -> list[NDArray[np.int32]]:
    aligned = clusterings[:1]
    for clusters in clusterings[1:]:
        aligned.append(align(aligned[-1], clusters))
    return aligned


def _draw_neighbors() -> Neighbors:
    """Companions at random: no two of them close in memory, which is the slowest there can be."""
    others = np.random.default_rng(0).integers(0, _IMAGES, (_IMAGES, COMPANIONS))
    indices = np.concatenate([np.arange(_IMAGES)[:, None], others], axis=1)
    return Neighbors(indices, np.zeros(indices.shape, dtype=np.float32))
