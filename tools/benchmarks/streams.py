"""K-Means of features that lie on disk, beside scikit-learn's mini-batches over the same blocks."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans
from sklearn.metrics import adjusted_rand_score

from benchmarks.planted import BLOCK_ROWS, N_CLUSTERS, Planted
from benchmarks.timing import Row
from core.clusters.assigning import assign_stream, move_centroids
from core.clusters.clustering import Clustering
from core.clusters.streaming import SAMPLE, StreamParams, cluster_stream, fit_stream
from core.measures.sampled import measure_sample

_MANY_ROUNDS = 15
Values = NDArray[np.float32]
T = TypeVar("T")


def write_features(file: Path, n_images: int) -> Callable[[], Iterator[Values]]:
    """Planted features on disk in half precision, as caches keep them, and what reads them."""
    planted = Planted(n_images)
    shape = (n_images, planted.n_features)
    kept = np.lib.format.open_memmap(file, "w+", np.float16, shape)
    for start, block in zip(range(0, n_images, BLOCK_ROWS), planted.blocks(), strict=True):
        kept[start : start + BLOCK_ROWS] = block
    kept.flush()
    return lambda: read_features(file)


def read_features(file: Path) -> Iterator[Values]:
    """Block by block, each block mapped by itself: what was read does not stay in memory."""
    count = len(np.load(file, mmap_mode="r", allow_pickle=False))
    for start in range(0, count, BLOCK_ROWS):
        yield np.load(file, mmap_mode="r", allow_pickle=False)[start : start + BLOCK_ROWS].astype(
            np.float32
        )


def measure_streams(file: Path) -> Iterator[Row]:
    """Fit and assign by a sample and rounds, and by scikit-learn's mini-batches."""
    truth = Planted(len(np.load(file, mmap_mode="r", allow_pickle=False))).clusters

    def blocks() -> Iterator[Values]:
        return read_features(file)

    reading = _timed(lambda: sum(len(block) for block in blocks()))[1]
    yield Row(f"reading {len(truth):,} x 512 once", _show(reading))
    made, spent = _timed(lambda: cluster_stream(blocks, StreamParams(N_CLUSTERS)))
    yield from _describe(f"K-Means k 20 by a sample of {SAMPLE:,}, 3 rounds", made, spent, truth)
    yield from _follow(blocks, made.inertia)
    plain, spent = _timed(lambda: _plain(blocks))
    yield from _describe("scikit-learn's MiniBatchKMeans, one pass", plain, spent, truth)
    yield from _measure_sample(blocks)


def _follow(blocks: Callable[[], Iterator[Values]], made: float) -> Iterator[Row]:
    """The inertia without rounds over all, and after so many that it rests."""
    centroids = fit_stream(blocks, StreamParams(N_CLUSTERS, rounds=0)).values
    few = _inertia(blocks, centroids)
    for _ in range(_MANY_ROUNDS):
        centroids = move_centroids(blocks(), centroids)
    many = _inertia(blocks, centroids)
    yield Row("  inertia above that of 15 rounds", f"{made / many - 1:.4%}", "2 %")
    yield Row("  without rounds over all", f"{few / many - 1:.4%}")


def _inertia(blocks: Callable[[], Iterator[Values]], centroids: Values) -> float:
    return sum(
        float(np.square(one.distances, dtype=np.float64).sum())
        for one in assign_stream(blocks(), centroids)
    )


def _describe(
    name: str, made: Clustering, spent: tuple[float, float], truth: NDArray[np.int64]
) -> list[Row]:
    ari = adjusted_rand_score(truth, made.labels)
    return [
        Row(name, _show(spent), "600 s"),
        Row("  ARI with what was planted", f"{ari:.4f}", "0.95"),
        Row("  inertia", f"{made.inertia:.6g}"),
    ]


def _plain(blocks: Callable[[], Iterator[Values]]) -> Clustering:
    """As one would write it: `partial_fit` over the blocks, `predict` over them again."""
    model = MiniBatchKMeans(N_CLUSTERS, random_state=42, n_init=3)
    for block in blocks():
        model.partial_fit(block)
    assigned = list(assign_stream(blocks(), model.cluster_centers_.astype(np.float32)))
    labels = np.concatenate([one.labels for one in assigned])
    distances = np.concatenate([one.distances for one in assigned])
    inertia = float(np.square(distances, dtype=np.float64).sum())
    return Clustering(labels, distances, np.empty(0, np.int64), inertia)


def _measure_sample(blocks: Callable[[], Iterator[Values]]) -> list[Row]:
    fitted = fit_stream(blocks, StreamParams(N_CLUSTERS, rounds=1))
    (own,) = assign_stream([fitted.sample.values], fitted.values)
    made, spent = _timed(
        lambda: measure_sample(
            fitted.sample.values, own.labels, own.distances, n_images=fitted.n_images
        )
    )
    silhouette = "undefined" if made.silhouette is None else made.silhouette.describe()
    return [
        Row("inertia from the sample", made.inertia.describe()),
        Row("silhouette from the sample", silhouette),
        Row("  both", _show(spent)),
    ]


def _timed(work: Callable[[], T]) -> tuple[T, tuple[float, float]]:
    """What it gives, and how long it took: on the clock, and of the processor."""
    began, worked = time.perf_counter(), time.process_time()
    made = work()
    return made, (time.perf_counter() - began, time.process_time() - worked)


def _show(spent: tuple[float, float]) -> str:
    return f"{spent[0]:.1f} s ({spent[1]:.1f} s of processor)"
