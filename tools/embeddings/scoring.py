"""How far K-Means and nearest neighbours agree with the labels of the images."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.clusters.clustering import KMeansParams, cluster
from core.clusters.seeding import Seeding
from core.errors import CoreError
from core.measures.label_agreement import measure_agreement

SEEDS = range(10)
NEIGHBORS = 10


@dataclass(frozen=True, slots=True)
class Score:
    """What was measured of one set of features.

    Attributes:
        nmi: normalised mutual information of K-Means' clusters and the labels, one value a seed.
        knn: the share of images whose label their nearest neighbours say, 0 to 1.
    """

    nmi: tuple[float, ...]
    knn: float

    def __str__(self) -> str:
        return f"{np.mean(self.nmi):.2f} / {self.knn:.2f}"

    @property
    def spread(self) -> str:
        """The mean NMI with the lowest and the highest of any seed, and the neighbours."""
        low, high = min(self.nmi), max(self.nmi)
        return f"{np.mean(self.nmi):.2f} ({low:.2f} to {high:.2f}) / {self.knn:.2f}"


def score(values: NDArray[np.float32], labels: list[str]) -> Score:
    """Cluster prepared features (n, d) into as many clusters as there are labels, and compare.

    Raises:
        CoreError: there are no two labels with two images each, so that nothing can be told.
    """
    names, numbers = np.unique(labels, return_inverse=True)
    if len(names) < 2 or np.bincount(numbers).min() < 2:  # noqa: PLR2004 - halves of pairs
        raise CoreError(
            f"{len(names)} classes, the smallest of {np.bincount(numbers).min()} images: at least "
            "two classes of two images each are needed, a folder for each class"
        )
    agreements = [_nmi(values, labels, len(names), seed) for seed in SEEDS]
    return Score(tuple(agreements), vote_across(values, numbers))


def _nmi(values: NDArray[np.float32], labels: list[str], n_clusters: int, seed: int) -> float:
    seeding = Seeding(values, seed=seed)
    made = cluster(values, KMeansParams(n_clusters, seed), seeding=seeding)
    agreement = measure_agreement(made.labels, labels)
    return agreement.nmi if agreement else float("nan")


def vote_across(values: NDArray[np.float32], classes: NDArray[np.int64]) -> float:
    """The share of images (n, d) whose class (n,) their 10 nearest of the other half say.

    Halves are the first and the second of each class, in the order of the set: with the digits,
    other people wrote the one than the other. Nearest is by cosine.
    """
    from sklearn.neighbors import KNeighborsClassifier  # noqa: PLC0415 - slow to import

    first = _is_first_half(classes)
    right = 0
    for known in (first, ~first):
        k = min(NEIGHBORS, int(known.sum()))
        voters = KNeighborsClassifier(k, metric="cosine").fit(values[known], classes[known])
        right += int((voters.predict(values[~known]) == classes[~known]).sum())
    return right / len(classes)


def _is_first_half(classes: NDArray[np.int64]) -> NDArray[np.bool_]:
    first = np.zeros(len(classes), dtype=bool)
    for one in np.unique(classes):
        members = np.flatnonzero(classes == one)
        first[members[: len(members) // 2]] = True
    return first
