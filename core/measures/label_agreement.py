"""How far clusters agree with the labels of their images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.compare.agreement import (
    adjusted_rand,
    entropy,
    mutual_information,
    normalized_mutual_information,
)
from core.compare.contingency import contingency


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far clusters agree with the labels of the images, over the images that have one.

    Where nothing is divided (one cluster, one label), the values are scikit-learn's conventions.

    Attributes:
        ari: the adjusted Rand index, see `core.compare.agreement`; chance gives 0, equality 1.
        nmi: normalised mutual information, 0 to 1: twice what clusters and labels tell of each
            other, divided by the sum of their entropies (A. Strehl and J. Ghosh, "Cluster
            Ensembles", JMLR 3, 2002, there by the geometric mean of the two; by the arithmetic
            one in N. X. Vinh, J. Epps and J. Bailey, JMLR 11, 2010, and in scikit-learn); 1 where
            both entropies are 0.
        purity: the share of the images that have the most common label of their cluster, 0 to 1
            (C. Manning, P. Raghavan and H. Schütze, Introduction to Information Retrieval, 2008,
            section 16.3). More clusters alone raise it.
        homogeneity: 1 where no cluster mixes labels, 0 where the clusters tell nothing of them
            (A. Rosenberg and J. Hirschberg, "V-Measure", EMNLP 2007); 1 where there is one label.
            More clusters alone raise it.
        completeness: 1 where no label is spread over clusters (ibid.); 1 where there is one.
    """

    ari: float
    nmi: float
    purity: float
    homogeneity: float
    completeness: float


def measure_agreement(
    labels: NDArray[np.integer[Any]], true_labels: Sequence[str | None]
) -> Agreement | None:
    """The agreement of clusters (m,) with the labels of the same images; None where none has one.

    Raises:
        ValueError: there are not as many labels as images.
    """
    if len(true_labels) != len(labels):
        raise ValueError(f"{len(true_labels)} labels for {len(labels)} images: expected one each")
    classes = _number(true_labels)
    named = classes >= 0  # (m,)
    if not named.any():
        return None
    table = contingency(labels[named], classes[named])  # (k, c)
    shared = mutual_information(table)
    of_clusters, of_labels = entropy(table.sum(axis=1)), entropy(table.sum(axis=0))
    return Agreement(
        ari=adjusted_rand(table),
        nmi=normalized_mutual_information(table),
        purity=float(table.max(axis=1).sum() / table.sum()),
        homogeneity=_share(shared, of_labels),
        completeness=_share(shared, of_clusters),
    )


def _number(labels: Sequence[str | None]) -> NDArray[np.int64]:
    """A number for each label, from 0; -1 for None, (m,)."""
    numbers: dict[str, int] = {}
    found = [-1 if label is None else numbers.setdefault(label, len(numbers)) for label in labels]
    return np.array(found, dtype=np.int64)


def _share(part: float, whole: float) -> float:
    """Part of the whole, at most 1 for all rounding; 1 where the whole is nothing."""
    return min(1.0, part / whole) if whole else 1.0
