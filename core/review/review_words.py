"""What confusion, outliers and the trust in a map say, in sentences for people."""

import numpy as np

from core.review.confusion import Confusion
from core.review.map_trust import MapTrust
from core.review.outliers import Outliers

_AROUND_ONE = 1.05
"""Local outlier factors up to here are those of images within a group."""


def describe_confusion(confusion: Confusion) -> list[str]:
    """How far clusters and labels agree, a sentence each; nothing where no image has a label."""
    total = int(confusion.table.sum())
    if not total:
        return []
    images = f"{total:,} labelled image{'' if total == 1 else 's'}"
    common = f"{_percent(confusion.purity)} of the {images} have the most common label of their"
    matched = f"{_percent(confusion.accuracy)} lie in the cluster that belongs to their label"
    said = [
        f"{common} cluster (purity).",
        f"{matched}, if each label has one cluster of its own (accuracy).",
    ]
    lone = len(confusion.labels) - confusion.n_matched
    if lone > 0:
        said.append(f"{lone:,} of {len(confusion.labels):,} labels have no cluster of their own.")
    return said


def describe_outlier(row: int, outliers: Outliers, *, n_neighbors: int) -> list[str]:
    """How far one image lies out by both scores; nothing where it is alone.

    Args:
        row: of the image among the distinct ones.
        outliers: of all images.
        n_neighbors: how many neighbours were looked at.
    """
    distance, factor = float(outliers.distance[row]), float(outliers.factor[row])
    if np.isnan(distance):
        return []
    rank = float(outliers.distance_rank[row])
    nearest = f"its {ordinal(n_neighbors)} nearest image is {distance:.3g} away"
    farther = "nearer than that of any other image" if rank == 0 else (
        f"farther than that of {_percent(rank)} of the other images"
    )  # fmt: skip
    return [f"{nearest}, {farther}", _describe_factor(factor)]


def describe_trust(trust: MapTrust) -> list[str]:
    """What the two numbers of a map mean, a sentence each."""
    if trust.n_neighbors < 1:
        return ["So few images cannot be misplaced."]
    k = trust.n_neighbors
    nearest = "nearest image" if k == 1 else f"{k} nearest images"
    said = [
        f"Trustworthiness {trust.trustworthiness:.3f}: whether the {nearest} on the map are near "
        "in truth, too. It falls where the map shows strangers side by side.",
        f"Continuity {trust.overall_continuity:.3f}: whether the {nearest} in truth are near on "
        "the map, too. It falls where the map tears apart what belongs together.",
    ]
    if trust.n_ranked < len(trust.trust):
        said.append(f"Estimated from {trust.n_ranked:,} of {len(trust.trust):,} images.")
    return said


def _describe_factor(factor: float) -> str:
    if factor <= _AROUND_ONE:
        return (
            f"local outlier factor {factor:.2f}: it is as dense around it as around its neighbours"
        )
    times = f"{factor:.1f}" if factor < 100 else f"{factor:,.0f}"  # noqa: PLR2004 - digits
    return f"local outlier factor {factor:.3g}: around its neighbours it is {times} times as dense"


def ordinal(number: int) -> str:
    """Such as 14th."""
    teens = 10 <= number % 100 <= 20  # noqa: PLR2004
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _percent(share: float) -> str:
    """Rounded down, as in core.compare.change_words: 100 % is all."""
    whole = int(100 * share + 1e-4)
    return f"{whole} %" if whole or not share else "under 1 %"
