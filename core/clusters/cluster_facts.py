"""What can be said of each cluster: size, images that stand for it, tightness, rival, purity."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.clusters.cluster_names import default_name
from core.review.fit import Fit

SHOWN = 12
"""How many images stand for a cluster."""

_FEW_IMAGES = 20
_HALF = 0.5
_TIMES_THE_NEXT = 3


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """One cluster. Images are named by their row among the distinct ones.

    Attributes:
        cluster: its number.
        size: how many images it holds, copies counted as often as they occur.
        share: of all images, 0 to 1.
        medoid: the image nearest to the centroid.
        typical: the images nearest to the centroid, the nearest first.
        untypical: the images that fit worst, the worst first; without a rival the farthest from
            the centroid. In a small cluster they are the typical ones, backwards.
        tightness: mean distance of its images to the centroid.
        relative_tightness: the same, divided by the mean distance of all images to their own
            centroids: below 1 it is tighter than the set on the average; 1 where that mean is 0.
        fit: mean fit of its images, 0 to 1; None where there is no rival.
        rival: the cluster whose centroid is nearest; None where there is no other.
        label: the most common label of its images, the first by name among equals; None where
            none has one.
        purity: the share of that label among the images that have one (C. Manning, P. Raghavan
            and H. Schütze, Introduction to Information Retrieval, 2008, section 16.3).
    """

    cluster: int
    size: int
    share: float
    medoid: int
    typical: tuple[int, ...]
    untypical: tuple[int, ...]
    tightness: float
    relative_tightness: float
    fit: float | None
    rival: int | None
    label: str | None
    purity: float | None


def describe_clusters(
    fit: Fit,
    clusters: NDArray[np.int32],
    rows: NDArray[np.int64],
    labels: Sequence[str | None],
    *,
    shown: int = SHOWN,
) -> tuple[ClusterFacts, ...]:
    """The facts of each cluster that has images, in the order of their numbers.

    Args:
        fit: of the n distinct images.
        clusters: the cluster of each distinct image, (n,).
        rows: for every image, copies included, its row among the distinct ones, (m,). An image
            whose row is missing is left out of everything.
        labels: for every one of these its label or None.
        shown: how many typical and untypical images are named at most.
    """
    counts = np.bincount(rows, minlength=len(clusters))
    names: list[list[str]] = [[] for _ in fit.centroids]
    for cluster, label in zip(clusters[rows].tolist(), labels, strict=True):
        if label is not None:
            names[cluster].append(label)
    counted = np.flatnonzero(counts)
    average = float(np.average(fit.own[counted], weights=counts[counted])) if len(counted) else 0.0
    rivals = _nearest_others(fit.centroids)
    return tuple(
        _describe(
            cluster, fit, counted[clusters[counted] == cluster], counts, names[cluster],
            average=average, rival=rivals[cluster], shown=shown,
        )
        for cluster in np.unique(clusters[counted]).tolist()
    )  # fmt: skip


def _describe(
    cluster: int,
    fit: Fit,
    members: NDArray[np.int64],
    counts: NDArray[np.int64],
    labels: Sequence[str],
    *,
    average: float,
    rival: int | None,
    shown: int,
) -> ClusterFacts:
    own, weights = fit.own[members], counts[members]
    typical = members[np.argsort(own, kind="stable")]
    worst_first = -own if rival is None else fit.fit[members]
    untypical = members[np.lexsort((-own, worst_first))]
    tightness = float(np.average(own, weights=weights))
    label, purity = _purity(labels)
    return ClusterFacts(
        cluster=cluster,
        size=int(weights.sum()),
        share=float(weights.sum() / counts.sum()),
        medoid=int(typical[0]),
        typical=tuple(typical[:shown].tolist()),
        untypical=tuple(untypical[:shown].tolist()),
        tightness=tightness,
        relative_tightness=tightness / average if average else 1.0,
        fit=None if rival is None else float(np.average(fit.fit[members], weights=weights)),
        rival=rival,
        label=label,
        purity=purity,
    )


def _nearest_others(centroids: NDArray[np.float32]) -> list[int | None]:
    """For each centroid (k, d) the nearest other one, one at a time: k is small, k x k x d not."""
    found: list[int | None] = []
    for cluster, centroid in enumerate(centroids):
        distances = np.linalg.norm(centroids - centroid, axis=1)  # (k,), NaN where one is empty
        distances[cluster] = np.nan
        found.append(None if np.isnan(distances).all() else int(np.nanargmin(distances)))
    return found


def _purity(labels: Sequence[str]) -> tuple[str | None, float | None]:
    if not labels:
        return None, None
    label, count = min(Counter(labels).items(), key=lambda item: (-item[1], item[0]))
    return label, count / len(labels)


def point_out_imbalance(sizes: Sequence[int], names: Sequence[str] | None = None) -> str:
    """A sentence on one cluster that swallows the others, or nothing.

    It is said of 20 images or more, where one of several clusters holds at least half of them and
    at least three times as many as the next largest.

    Args:
        sizes: how many images each cluster holds, copies counted.
        names: what the clusters are called; else `cluster 0` and so on.
    """
    total = sum(sizes)
    if np.count_nonzero(sizes) < 2 or total < _FEW_IMAGES:  # noqa: PLR2004 - one cluster is all
        return ""
    largest, following = sorted(sizes, reverse=True)[:2]
    if largest < _HALF * total or largest < _TIMES_THE_NEXT * following:
        return ""
    cluster = list(sizes).index(largest)
    name = default_name(cluster) if names is None else names[cluster]
    return f"{largest:,} of {total:,} images are in {name}: split it or take a larger k"
