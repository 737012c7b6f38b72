"""K-Means for many k, exact neighbours and the map, beside the plain way with each."""

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.manifold import trustworthiness

from benchmarks.timing import Row, best_of, run_child, seconds
from core.clusters.clustering import KMeansParams, cluster
from core.clusters.seeding import Seeding
from core.neighbor_search import find_neighbors
from core.projection import UMAPParams, project
from core.reduction import ReductionParams, reduce_features

_IMAGES = 10_000
_MANY = 100_000
_KS = range(2, 21)
_TRUSTED = 3_000


def make_features(n: int, d: int, *, n_groups: int = 20) -> NDArray[np.float32]:
    """Non-negative features of images in overlapping groups of a few directions, float32 (n, d)."""
    generator = np.random.default_rng(0)
    basis = generator.normal(size=(64, d)).astype(np.float32)
    centers = generator.normal(scale=1.5, size=(n_groups, 64)).astype(np.float32)
    places = centers[generator.integers(0, n_groups, n)]
    places += generator.normal(size=places.shape).astype(np.float32)
    noise = generator.normal(size=(n, d), scale=0.5).astype(np.float32)
    features: NDArray[np.float32] = np.maximum(places @ basis + noise, 0)
    return features


def measure_sweep(_: Path, __: Path | None) -> list[Row]:
    """All k from 2 to 20 after PCA, against scikit-learn's KMeans on all dimensions."""
    features = make_features(_IMAGES, 4096)
    inertias: list[tuple[float, float]] = []

    def ours() -> None:
        values = reduce_features(features, ReductionParams("none")).values
        seeding = Seeding(values, seed=42)
        for k in _KS:
            made = cluster(values, KMeansParams(k), seeding=seeding)
            inertias.append((made.inertia, k))

    def plain() -> None:
        for k in _KS:
            KMeans(k, random_state=42).fit(features)

    mine, theirs = seconds(ours), seconds(plain)
    return [
        Row("K-Means, k = 2 ... 20, 10,000 x 4096, PCA included", f"{mine:.1f} s"),
        Row("  scikit-learn on all dimensions", f"{theirs:.1f} s"),
        Row("  ratio", f"{theirs / mine:.1f} x", "10 x"),
        Row("  largest excess of inertia, same reduced data", _worst(features, inertias), "1 %"),
    ]


def _worst(features: np.ndarray, inertias: list[tuple[float, float]]) -> str:
    values = reduce_features(features, ReductionParams("none")).values
    excess = [
        mine / KMeans(int(k), random_state=42).fit(values).inertia_ - 1 for mine, k in inertias
    ]
    return f"{max(excess):.3%}"


def measure_neighbors(_: Path, __: Path | None) -> list[Row]:
    """The exact 15 nearest of 10,000 and of 100,000."""
    values = np.random.default_rng(0).normal(size=(_MANY, 256)).astype(np.float32)
    few = best_of(5, lambda: find_neighbors(values[:_IMAGES], k=15))[0]
    many = seconds(lambda: find_neighbors(values, k=15))
    peak = run_child("neighbors", str(_MANY))
    return [
        Row("15 exact neighbours of 10,000 x 256", f"{few:.2f} s", "0.3 s"),
        Row("15 exact neighbours of 100,000 x 256", f"{many:.0f} s", "60 s"),
        Row("  peak memory of a process that finds them", f"{peak} MB", "2,000 MB"),
    ]


def find_many(count: str) -> None:
    """In a process of its own: the neighbours of random values, for their memory."""
    generator = np.random.default_rng(0)
    find_neighbors(generator.standard_normal((int(count), 256), dtype=np.float32), k=15)


def measure_map(_: Path, __: Path | None) -> list[Row]:
    """The map of 10,000 by exact neighbours after PCA, against umap-learn's defaults."""
    features = make_features(_IMAGES, 4096)
    values = reduce_features(features, ReductionParams("none")).values
    maps: dict[str, np.ndarray] = {}

    def ours() -> None:
        params = UMAPParams()
        neighbors = find_neighbors(values, k=params.n_neighbors)
        maps["ours"] = project(values, neighbors, params).coordinates

    def plain() -> None:
        import umap  # noqa: PLC0415 - its import is part of what is measured before

        maps["plain"] = umap.UMAP().fit_transform(features)

    with warnings.catch_warnings(action="ignore"):
        first, plain_first = seconds(ours), seconds(plain)
        again, plain_again = best_of(2, ours, plain)
    some = np.random.default_rng(1).permutation(_IMAGES)[:_TRUSTED]
    trust = {name: trustworthiness(values[some], one[some]) for name, one in maps.items()}
    return [
        Row("map of 10,000, import and compilation included", f"{first:.1f} s"),
        Row("  umap-learn's defaults on 4096 dimensions", f"{plain_first:.1f} s"),
        Row("map of 10,000, compiled", f"{again:.1f} s"),
        Row("  umap-learn's defaults on 4096 dimensions", f"{plain_again:.1f} s"),
        Row("  ratio", f"{plain_again / again:.1f} x", "2 x"),
        Row("  trustworthiness", f"{trust['ours']:.4f}"),
        Row("  that of umap-learn's defaults", f"{trust['plain']:.4f}"),
    ]
