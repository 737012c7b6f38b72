"""Why an image is in its cluster: its neighbours' votes, the features that speak, a heat map."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.inside.explanation import (
    Comparison,
    FeaturePart,
    by_channel,
    split_by_feature,
    split_by_position,
    strongest,
)
from core.inside.occlusion import OcclusionParams, what_hiding_takes
from core.network.layers import Cut

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an image lies among the clusters of a set.

    Attributes:
        row: its row among the distinct images; None for an image from outside.
        cluster: its own, or that with the nearest centroid.
        rival: the cluster with the nearest other centroid.
        neighbors: the rows of its nearest images, the nearest first, itself left out, int64 (k,).
        distance: to the centroid of its own cluster, in prepared features.
        rival_distance: to that of the rival's.
    """

    row: int | None
    cluster: int
    rival: int
    neighbors: NDArray[np.int64]
    distance: float
    rival_distance: float


@dataclass(frozen=True, slots=True)
class Vote:
    """How many of an image's nearest images are in a cluster."""

    cluster: int
    count: int


@dataclass(frozen=True, slots=True)
class Why:
    """Why an image is in its cluster and not in the rival's.

    Attributes:
        place: where it lies, and its neighbours.
        likeness: by how much nearer it lies to its own centroid than to the mean of all images,
            in squared distance of the prepared features.
        rival_likeness: the same for the rival's centroid.
        votes: of its nearest images, the largest first.
        speaks_for: the features by which it is nearer to its own centroid than to the rival's;
            a convolution block's are channels. All such parts sum to `margin`.
        speaks_against: those by which it is nearer to the rival's.
    """

    place: Place
    likeness: float
    rival_likeness: float
    votes: tuple[Vote, ...]
    speaks_for: tuple[FeaturePart, ...]
    speaks_against: tuple[FeaturePart, ...]

    @property
    def margin(self) -> float:
        """By how much nearer it lies to its own centroid than to the rival's; what K-Means asks."""
        return self.likeness - self.rival_likeness


@dataclass(frozen=True, slots=True)
class Heat:
    """Where an image resembles its own centroid, and where the rival's.

    Attributes:
        own: above 0 where the place draws the image to its own centroid, float64 (h, w).
        rival: likewise to the rival's.
        is_exact: whether the parts sum to the likeness; else each tells by how much hiding the
            place lowers it.
        n_passes: through the network, that it took.
    """

    own: Float64
    rival: Float64
    is_exact: bool
    n_passes: int

    @property
    def margin(self) -> Float64:
        """Above 0 where the place speaks for the own cluster against the rival's, (h, w)."""
        return self.own - self.rival


def count_votes(place: Place, clusters: NDArray[np.int32]) -> tuple[Vote, ...]:
    """How the neighbours vote, given the cluster of each image (n,); the lower number of equals."""
    counts = Counter(clusters[place.neighbors].tolist())
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Vote(cluster, count) for cluster, count in ranked)


def explain(
    place: Place,
    clusters: NDArray[np.int32],
    values: NDArray[np.floating],
    own: Comparison,
    rival: Comparison,
    *,
    cut: Cut,
) -> Why:
    """Why an image with these features is where it is.

    Args:
        place: of the image.
        clusters: of each distinct image, (n,).
        values: its features, normalised as the set's are, (n_features,).
        own: the comparison of its own centroid with the mean of all images.
        rival: that of the rival's centroid.
        cut: what the features are.
    """
    of_own, of_rival = (split_by_feature(one, values) for one in (own, rival))
    parts = by_channel(of_own - of_rival, cut.grid**2)
    speaks_for, against = strongest(parts)
    likeness, rivals = float(of_own.sum()), float(of_rival.sum())
    return Why(place, likeness, rivals, count_votes(place, clusters), speaks_for, against)


def heat_of_maps(
    maps: NDArray[np.float32], own: Comparison, rival: Comparison, *, grid: int, length: float
) -> Heat:
    """The exact heat map of averaged features, from a block's last convolution (channels, h, w)."""
    of_own, of_rival = (
        split_by_position(one, maps, grid=grid, length=length) for one in (own, rival)
    )
    return Heat(of_own, of_rival, is_exact=True, n_passes=1)


def heat_of_hidden(
    values: NDArray[np.floating], own: Comparison, rival: Comparison, params: OcclusionParams
) -> Heat:
    """The heat map of features that have no places.

    Args:
        values: features with one part hidden after the other, normalised, (n_passes, n_features).
        own: the comparison of the own centroid with the mean of all images.
        rival: that of the rival's centroid.
        params: how the parts were hidden.
    """
    of_own, of_rival = (
        what_hiding_takes((values - one.middle) @ one.weights, params) for one in (own, rival)
    )
    return Heat(of_own, of_rival, is_exact=False, n_passes=params.n_passes)


def to_facts(why: Why) -> dict[str, Any]:
    """All of it as JSON can hold it."""
    place = why.place
    return {
        "place": [place.row, place.cluster, place.rival],
        "neighbors": place.neighbors.tolist(),
        "distances": [place.distance, place.rival_distance],
        "likeness": [why.likeness, why.rival_likeness],
        "votes": [[vote.cluster, vote.count] for vote in why.votes],
        "for": [[one.feature, one.part] for one in why.speaks_for],
        "against": [[one.feature, one.part] for one in why.speaks_against],
    }


def from_facts(facts: dict[str, Any]) -> Why:
    """The same again."""
    neighbors = np.array(facts["neighbors"], dtype=np.int64)
    row, cluster, rival = facts["place"]
    distance, rival_distance = facts["distances"]
    likeness, rival_likeness = facts["likeness"]
    return Why(
        Place(row, cluster, rival, neighbors, distance, rival_distance),
        likeness,
        rival_likeness,
        tuple(Vote(*vote) for vote in facts["votes"]),
        tuple(FeaturePart(*one) for one in facts["for"]),
        tuple(FeaturePart(*one) for one in facts["against"]),
    )
