"""A study of 100,000 images from cached features to the page, beside the plain way of each step."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.metrics import adjusted_rand_score

from benchmarks.planted import N_CLUSTERS, Planted, plant_study
from benchmarks.timing import Row, show
from core.cache import Cache
from core.clusters.clustering import KMeansParams, cluster
from core.clusters.seeding import Seeding
from core.exploration import NEAREST
from core.measures.sweep import Sweep, SweepParams
from core.projection import UMAPParams, project
from core.recipe import StudyParams
from core.review.reviewing import Review
from core.study import Study, open_study

_PARAMS = KMeansParams(N_CLUSTERS)
_JUDGED = 500
T = TypeVar("T")


class _Clock:
    """Times what is done, and prints a line of each."""

    def time(self, name: str, work: Callable[[], T], goal: str = "") -> T:
        began, worked = time.perf_counter(), time.process_time()
        made = work()
        wall, processor = time.perf_counter() - began, time.process_time() - worked
        show([Row(name, f"{wall:.2f} s ({processor:.1f} s of processor)", goal)])
        return made


def open_planted(folder: Path) -> tuple[Study, Cache]:
    """The study that `plant` has written, with its cache."""
    cache = Cache(folder / "cache.sqlite")
    images = str(folder / "images")
    params = StudyParams(images, labels=False, weights="embedded", layer="conv5", grid=1)
    study = open_study(params, cache)
    study.extract()
    return study, cache


def plant(folder: Path, n_images: int) -> None:
    """Write images and features."""
    with Cache(folder / "cache.sqlite") as cache:
        plant_study(folder, cache, n_images)


def measure_study(folder: Path) -> None:
    """Each step of a study once, in the order in which the pages ask for them."""
    clock = _Clock()
    began = time.perf_counter()
    study, cache = clock.time("open the study: list, recall, compare", lambda: open_planted(folder))
    with cache:
        clock.time("reduction to 256", lambda: study.reduction)
        clock.time("15 exact neighbours", lambda: study.neighbors(NEAREST))
        clock.time("K-Means k = 1 ... 20, numbered from k to k", lambda: study.cluster(_PARAMS))
        clock.time("map", lambda: study.project(UMAPParams()))
        clock.time("fit", lambda: study.fit(_PARAMS))
        all_of_it = time.perf_counter() - began
        ari = adjusted_rand_score(Planted(len(study.images.ids)).clusters, study.clusters(_PARAMS))
        show([
            Row("  all of it", f"{all_of_it:.0f} s", "300 s, with the page"),
            Row("  ARI with what was planted", f"{ari:.4f}", "0.95"),
            Row("  clusters", study.cluster(_PARAMS).method),
            Row("  map", study.project(UMAPParams()).method),
        ])  # fmt: skip
        _measure_more(study, clock)


def _measure_more(study: Study, clock: _Clock) -> None:
    """What the pages ask for once these are there."""
    clock.time("cluster facts", lambda: study.cluster_facts(_PARAMS))
    clock.time("names", lambda: study.names(_PARAMS))
    clock.time("density", study.density)
    clock.time("duplicates", study.duplicates)
    clock.time("search by text", lambda: study.search_text("1234"))
    sweep = Sweep(study, SweepParams(2, 20, 1))
    clock.time("quality of the first k", lambda: sweep.measure_one(_PARAMS))
    clock.time("quality of the next k", lambda: sweep.measure_one(KMeansParams(N_CLUSTERS - 1)))
    review = clock.time("review", lambda: Review(study, _PARAMS))
    clock.time("  scores and their order", lambda: len(review.misfit.worst_first()))
    clock.time("  outliers", lambda: review.outliers)


def measure_plain(folder: Path) -> None:
    """scikit-learn's K-Means and UMAP from the start, on the same reduced features."""
    study, cache = open_planted(folder)
    clock = _Clock()
    with cache:
        values, neighbors = study.reduction.values, study.neighbors(NEAREST)
        truth = Planted(len(values)).clusters
        seeding = Seeding(values, seed=42)
        ours = clock.time("K-Means k = 20 alone", lambda: cluster(values, _PARAMS, seeding=seeding))
        show([Row("  inertia", f"{ours.inertia:.6g}")])
        for model in (KMeans, MiniBatchKMeans):
            _measure_model(model, values, truth, clock)
        sampled = study.project(UMAPParams()).coordinates
        whole = clock.time("UMAP from the start", lambda: project(values, neighbors, UMAPParams()))
        for name, places in (("by the sample", sampled), ("from the start", whole.coordinates)):
            show([Row(f"  trust in the map {name}", f"{trust(values, places):.4f}")])


def _measure_model(
    model: type[KMeans] | type[MiniBatchKMeans],
    values: NDArray[np.float32],
    truth: NDArray[np.int64],
    clock: _Clock,
) -> None:
    name = f"scikit-learn's {model.__name__}, k = 20"
    made = clock.time(name, lambda: model(N_CLUSTERS, n_init=1, random_state=42).fit(values))
    ari = adjusted_rand_score(truth, made.labels_)
    show([Row("  inertia, ARI", f"{made.inertia_:.6g}, {ari:.4f}")])


def trust(values: NDArray[np.float32], places: NDArray[np.float32]) -> float:
    """Trustworthiness at 500 images drawn at random, each ranked among all (Venna and Kaski)."""
    count, k = len(values), NEAREST - 1
    rows = np.random.default_rng(0).choice(count, min(count, _JUDGED), replace=False)
    cost = 0.0
    for row in rows.tolist():
        true = np.linalg.norm(values - values[row], axis=1)  # (n,)
        on_map = np.linalg.norm(places - places[row], axis=1)
        true[row] = on_map[row] = -1
        near = np.argpartition(on_map, k + 1)[: k + 1]
        ranks = np.searchsorted(np.sort(true), true[near[near != row][:k]])
        cost += np.maximum(ranks - k, 0).sum()
    return float(1 - 2 / (len(rows) * k * (2 * count - 3 * k - 1)) * cost)
