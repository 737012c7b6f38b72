"""Every measure of a clustering, for one k and for many, beside scikit-learn's own functions."""

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from benchmarks.grouping import make_features
from benchmarks.timing import Row, best_of, seconds
from core.clusters.clustering import Clustering, KMeansParams, cluster
from core.clusters.seeding import Seeding
from core.measures.advice import advise
from core.measures.quality import measure_quality
from core.measures.silhouette import Silhouettes, score_all
from core.measures.stability import measure_stability
from core.reduction import ReductionParams, reduce_features

_IMAGES, _MANY = 10_000, 100_000
_KS = range(2, 21)
_SEEDS = (42, 43, 44)
_LABELS = [f"label {row % 20}" for row in range(_IMAGES)]

Values = NDArray[np.float32]
Runs = dict[int, list[Clustering]]


def measure_measures(_: Path, __: Path | None) -> list[Row]:
    """A whole sweep; then the measures of one k, and stability, each beside scikit-learn's."""
    features = make_features(_IMAGES, 512)
    values = reduce_features(features, ReductionParams()).values
    runs: Runs = {}
    clustering = seconds(lambda: runs.update(_cluster_all(values)))
    measuring = best_of(3, lambda: _measure_all(values, runs))[0]
    return [
        Row("K-Means, k = 2 ... 20, 10,000 x 256, 3 seeds", f"{clustering:.1f} s"),
        Row("  all measures of them and the advice", f"{measuring:.2f} s", "6 s"),
        Row("  both", f"{clustering + measuring:.1f} s", "30 s"),
        *_measure_one(values, runs[20][0].labels),
        *_measure_stability(),
    ]


def _cluster_all(values: Values) -> Runs:
    seedings = [Seeding(values, seed=seed) for seed in _SEEDS]
    return {
        k: [cluster(values, KMeansParams(k, one.seed), seeding=one) for one in seedings]
        for k in _KS
    }


def _measure_all(values: Values, runs: Runs) -> str:
    shared = Silhouettes(values)
    qualities = {
        k: measure_quality(
            values, first.labels, inertia=first.inertia, true_labels=_LABELS, silhouettes=shared
        )
        for k, (first, *_) in runs.items()
    }
    stabilities = {k: measure_stability([one.labels for one in some]) for k, some in runs.items()}
    return advise(qualities, stabilities).text


def _measure_one(values: Values, labels: NDArray[np.int32]) -> list[Row]:
    """The measures that need no other clustering, at k = 20."""
    shared = Silhouettes(values)
    return [
        *_measure_sample(values, labels, shared),
        *_beside(
            "silhouette of every one of 10,000",
            lambda: score_all(values, labels),
            lambda: metrics.silhouette_samples(values, labels),
        ),
        *_beside(
            "all measures of one more k",
            lambda: measure_quality(
                values, labels, inertia=0, true_labels=_LABELS, silhouettes=shared
            ),
            lambda: _measure_by_sklearn(values, labels),
        ),
    ]


def _measure_sample(values: Values, labels: NDArray[np.int32], shared: Silhouettes) -> list[Row]:
    """Ours against all images; scikit-learn's 2,000 know only each other."""
    first, following, plain = best_of(
        3,
        lambda: Silhouettes(values).measure(labels),
        lambda: shared.measure(labels),
        lambda: _sample_by_sklearn(values, labels),
    )
    made, exact = shared.measure(labels), metrics.silhouette_score(values, labels)
    off = abs(made.mean - exact) if made else np.nan
    theirs = abs(_sample_by_sklearn(values, labels) - exact)
    return [
        Row("silhouette of 2,000 of 10,000, each against all", f"{first:.3f} s"),
        Row("  of the next k, distances kept", f"{following:.3f} s"),
        Row("  off by", f"{off:.4f} (said: {made.error if made else np.nan:.4f})"),
        Row("  scikit-learn, 2,000 among themselves", f"{plain:.3f} s"),
        Row("  off by", f"{theirs:.4f}"),
    ]


def _sample_by_sklearn(values: Values, labels: NDArray[np.int32]) -> float:
    return float(metrics.silhouette_score(values, labels, sample_size=2_000, random_state=0))


def _measure_by_sklearn(values: Values, labels: NDArray[np.int32]) -> None:
    _sample_by_sklearn(values, labels)
    metrics.calinski_harabasz_score(values, labels)
    metrics.davies_bouldin_score(values, labels)
    metrics.adjusted_rand_score(_LABELS, labels)
    metrics.homogeneity_completeness_v_measure(_LABELS, labels)


def _measure_stability() -> list[Row]:
    """The adjusted Rand index of all pairs of five clusterings of 100,000 images."""
    generator = np.random.default_rng(0)
    some = [generator.integers(0, 20, _MANY).astype(np.int32) for _ in range(5)]
    return _beside(
        "stability of 5 seeds, 100,000 images",
        lambda: measure_stability(some),
        lambda: [metrics.adjusted_rand_score(a, b) for a, b in combinations(some, 2)],
    )


def _beside(name: str, ours: Callable[[], object], plain: Callable[[], object]) -> list[Row]:
    mine, theirs = best_of(3, ours, plain)
    return [
        Row(name, f"{mine:.3f} s"),
        Row("  scikit-learn", f"{theirs:.3f} s"),
        Row("  ratio", f"{theirs / mine:.1f} x"),
    ]
