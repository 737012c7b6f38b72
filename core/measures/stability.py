"""How far the clusters depend on chance: whether another seed finds the same ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.compare.agreement import adjusted_rand
from core.compare.contingency import contingency
from core.errors import CoreError


@dataclass(frozen=True, slots=True)
class Stability:
    """How far clusterings of the same images by several seeds agree.

    Attributes:
        mean: mean adjusted Rand index over all pairs of seeds: 1 where every seed finds the same
            clusters, about 0 where they agree no better than chance.
        sd: standard deviation over the pairs. It describes the spread; the pairs share seeds, so
            it is no error of the mean.
        lowest: that of the two seeds that agree least.
        highest: that of the two that agree most.
        n_pairs: how many pairs there are.
    """

    mean: float
    sd: float
    lowest: float
    highest: float
    n_pairs: int


def measure_stability(labels_by_seed: Sequence[NDArray[np.integer[Any]]]) -> Stability:
    """How far the clusterings (n,) agree, one for each seed; their numbers do not matter.

    L. Kuncheva and D. Vetrov, "Evaluation of Stability of k-Means Cluster Ensembles with Respect
    to Random Initialization", IEEE PAMI 28(11), 2006. Stable is not the same as true:
    one long cloud without any gap may be cut at the same place every time (U. von Luxburg,
    "Clustering Stability: An Overview", Foundations and Trends in Machine Learning 2(3), 2010).

    Raises:
        CoreError: there are fewer than two.
        ValueError: they are not of the same length.
    """
    if len(labels_by_seed) < 2:  # noqa: PLR2004 - a pair
        raise CoreError(
            f"stability of {len(labels_by_seed)} clustering: give at least 2 seeds to compare"
        )
    found = [adjusted_rand(contingency(a, b)) for a, b in combinations(labels_by_seed, 2)]
    return Stability(
        mean=float(np.mean(found)),
        sd=float(np.std(found)),
        lowest=min(found),
        highest=max(found),
        n_pairs=len(found),
    )
