"""How well the review's scores find misgrouped images, where labels tell which these are.

    python tools/review_quality.py [--photos FOLDER]

The digits, the labelled images of a folder, and sets that come with scikit-learn. Each is clustered
with as many clusters as it has labels, by five seeds; an image counts as misgrouped where its label
is not the most common one of its cluster. No score sees a label.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn import datasets
from sklearn.metrics import average_precision_score

from core.cache import Cache
from core.clusters.clustering import KMeansParams, cluster
from core.clusters.seeding import Seeding
from core.compare.restlessness import Restlessness, measure_restlessness
from core.neighbor_search import find_neighbors
from core.neighbors import Neighbors
from core.recipe import StudyParams
from core.review.confusion import disagree_with_cluster
from core.review.fit import find_centroids, measure_fit
from core.review.label_errors import find_label_errors
from core.review.misfit import Misfit, find_silhouettes, measure_misfit
from core.study import open_study

FIRST = 100
SEEDS = range(42, 47)
KS, KS_SEEDS = range(2, 21), range(42, 45)
"""The clusterings of restlessness: the default sweep."""
CHANGED = 0.05
"""The share of the labels that is changed, to be found again."""

Values = NDArray[np.float32]
Ranking = Callable[[Misfit], NDArray[Any]]


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Features of n images or other things, float32 (n, d), and the label of each."""

    name: str
    values: Values
    labels: list[str]


def main() -> None:
    """Print a table for each set."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, help="a folder with a subfolder for each label")
    given = parser.parse_args()
    for one in _load_all(given.photos):
        _show(one)


def _load_all(photos: Path | None) -> Iterator[LabelledSet]:
    yield _load_study("digits", "digits")
    if photos is not None:
        yield _load_study("photos", str(photos))
    yield _load_table("digits by their pixels", datasets.load_digits(), is_scaled=False)
    yield _load_table("breast cancer", datasets.load_breast_cancer())
    yield _load_table("wine", datasets.load_wine())
    yield _load_table("iris", datasets.load_iris())


def _load_study(name: str, source: str) -> LabelledSet:
    """Features by the embedded weights, the same everywhere; of copies the first label counts."""
    with tempfile.TemporaryDirectory() as folder, Cache(Path(folder) / "cache.sqlite") as cache:
        study = open_study(StudyParams(source, weights="embedded"), cache)
        study.extract()
        groups = study.images.by_id
        labels = [groups[one][0].label or "" for one in study.images.ids]
        return LabelledSet(name, study.reduction.values, labels)


def _load_table(name: str, table: Any, *, is_scaled: bool = True) -> LabelledSet:
    """One of scikit-learn's, each column divided by its spread unless all have one unit."""
    values = np.asarray(table.data, dtype=np.float64)
    if is_scaled:
        values = (values - values.mean(axis=0)) / values.std(axis=0)
    return LabelledSet(name, values.astype(np.float32), [str(one) for one in table.target])


def _three(found: Misfit) -> list[Values]:
    return [found.margin, found.neighbors, found.score("restlessness")]


def _four(found: Misfit) -> list[Values]:
    return [found.silhouette, *_three(found)]


RANKINGS: dict[str, Ranking] = {
    "silhouette": lambda found: found.silhouette,
    "margin": lambda found: found.margin,
    "neighbours": lambda found: found.neighbors,
    "restlessness": lambda found: found.score("restlessness"),
    "combined": lambda found: found.combined,
    "  without restlessness": lambda found: found.margin + found.neighbors,
    "  without margin": lambda found: found.neighbors + found.score("restlessness"),
    "  with silhouette": lambda found: np.sum(_four(found), axis=0),
    "  mean rank": lambda found: rankdata(_three(found), axis=1).sum(axis=0),
    "  mean rank of four": lambda found: rankdata(_four(found), axis=1).sum(axis=0),
    "  highest rank of four": lambda found: rankdata(_four(found), axis=1).max(axis=0),
}
"""What is measured: each score, the order of the queue, and indented other ways to combine."""


def _show(one: LabelledSet) -> None:
    n_labels, first = len(set(one.labels)), min(FIRST, len(one.values) // 10)
    neighbors = find_neighbors(one.values, k=15)
    restlessness = _measure_restlessness(one.values, neighbors)
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in RANKINGS}
    shares = []
    for seed in SEEDS:
        clusters = cluster(one.values, KMeansParams(n_labels, seed)).labels
        wrong = _misgrouped(clusters, one.labels)
        shares.append(wrong.mean())
        found = _measure(one.values, clusters, neighbors, restlessness)
        for name, ranking in RANKINGS.items():
            scores = ranking(found)
            figures[name].append(
                (precision(wrong, scores, first), average_precision_score(wrong, scores))
            )
    print(f"\n{one.name}: {len(one.values):,} in {n_labels} clusters, {np.mean(shares):.1%} wrong")
    _print_table(figures, first)
    _show_label_errors(one, neighbors)


def _print_table(figures: dict[str, list[tuple[float, float]]], first: int) -> None:
    means = {name: np.mean(pairs, axis=0) for name, pairs in figures.items()}
    lowest = {name: np.min(pairs, axis=0)[0] for name, pairs in figures.items()}
    print(f"{'':24}among the first {first}  (worst seed)  x silhouette  area under PR")
    plain = means["silhouette"][0]
    for name, (share, area) in means.items():
        ratio = share / plain if plain else np.nan
        print(f"{name:24}{share:19.3f}  {lowest[name]:12.3f}  {ratio:12.2f}  {area:13.3f}")


def _measure_restlessness(values: Values, neighbors: Neighbors) -> Restlessness:
    seedings = {seed: Seeding(values, seed=seed) for seed in KS_SEEDS}
    return measure_restlessness(
        neighbors,
        (
            cluster(values, KMeansParams(k, seed), seeding=seeding).labels
            for k in KS
            for seed, seeding in seedings.items()
        ),
    )


def _misgrouped(clusters: NDArray[np.int32], labels: list[str]) -> NDArray[np.bool_]:
    disagreement = disagree_with_cluster(clusters, np.arange(len(clusters)), labels)
    return np.zeros(len(clusters), bool) if disagreement is None else disagreement > 0


def _measure(
    values: Values, clusters: NDArray[np.int32], neighbors: Neighbors, restlessness: Restlessness
) -> Misfit:
    once = np.ones(len(values), dtype=np.int64)
    fit = measure_fit(values, clusters, find_centroids(values, clusters, once))
    silhouettes = find_silhouettes(values, clusters, fit)
    return measure_misfit(fit, clusters, neighbors, silhouettes, restlessness=restlessness)


def precision(wrong: NDArray[np.bool_], scores: NDArray[Any], first: int) -> float:
    """The share that is wrong of the first by score; equals share the places they compete for."""
    last = np.sort(scores)[-first]
    above, at = scores > last, scores == last
    left = first - np.count_nonzero(above)
    return float((np.count_nonzero(wrong & above) + left * wrong[at].mean()) / first)


def _show_label_errors(one: LabelledSet, neighbors: Neighbors) -> None:
    """Give some images another label, drawn at random, and look for them."""
    generator = np.random.default_rng(0)
    names = sorted(set(one.labels))
    is_wrong = generator.random(len(one.labels)) < CHANGED
    labels = [
        str(generator.choice([name for name in names if name != label])) if wrong else label
        for label, wrong in zip(one.labels, is_wrong, strict=True)
    ]
    suspicion = find_label_errors(neighbors, np.arange(len(labels)), labels).suspicion
    area = average_precision_score(is_wrong, suspicion)
    print(f"{CHANGED:.0%} of the labels changed at random: area under PR of suspicion {area:.3f}")


if __name__ == "__main__":
    main()
