"""What clusters are called: by their number, until a person gives them a name."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.clusters.clustering import KMeansParams
from core.journal.portraits import Portrait
from core.journal.recognition import GONE, Recogniser

LONGEST = 80
"""Characters of a name."""

_DROPPED = {"Cc", "Cs"}
"""Control characters, and halves of characters, which cannot be written as UTF-8."""
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""These turn the direction of the text around a name as well."""


def default_name(cluster: int) -> str:
    """The name of a cluster that nobody has named."""
    return f"cluster {cluster}"


def clean_name(text: str) -> str:
    """On one line, without control characters, at most 80 characters; it may be empty then."""
    line = " ".join(text.split())
    kept = (one for one in line if unicodedata.category(one) not in _DROPPED and one not in _TURNS)
    return " ".join("".join(kept).split())[:LONGEST].strip()


@dataclass(frozen=True, slots=True)
class GivenName:
    """A name that a person gave to a cluster of one clustering; empty: the default again.

    `portrait` is None where the number alone tells which cluster it is: among the same images,
    with the same features and the same seed.
    """

    cluster: int
    name: str
    params: KMeansParams
    portrait: Portrait | None = None


def names_of(
    given: Sequence[GivenName],
    params: KMeansParams,
    clusters: NDArray[np.int32],
    clusters_of: Callable[[KMeansParams], NDArray[np.int32]],
    recogniser: Recogniser | None = None,
) -> tuple[str, ...]:
    """The name of each cluster of a clustering: the one it was given, else the default.

    A name is carried over from other clusterings as long as its cluster can be recognised: under
    the same number, with at least half of the smaller of the two in common; where the number tells
    nothing, by its portrait. Of several the one that was given nearest counts: for the same
    clustering, else for the nearest k, those with a portrait last; of equally near ones the latest.

    Args:
        given: all names that were given, the latest last.
        params: of the clustering whose names are asked for.
        clusters: its cluster of each image, (n,).
        clusters_of: gives the same for other clusterings.
        recogniser: of the clustering; due where names come with a portrait.
    """
    latest_first = reversed(given)
    nearest_first = sorted(latest_first, key=lambda one: _strangeness(one, params))
    placed = [(one, _place(one, recogniser)) for one in nearest_first]
    names = []
    for cluster in range(int(clusters.max()) + 1):
        known = (one for one, place in placed if place == cluster)
        fitting = (one.name for one in known if _is_same(one, params, clusters, clusters_of))
        names.append(next(fitting, "") or default_name(cluster))
    return tuple(names)


def _strangeness(given: GivenName, params: KMeansParams) -> tuple[bool, bool, int, int]:
    """How far the clustering that a name was given for is from this one."""
    k = given.params.n_clusters
    foreign = given.portrait is not None
    return (foreign, given.params != params, abs(k - params.n_clusters), k)


def _place(given: GivenName, recogniser: Recogniser | None) -> int:
    if given.portrait is None:
        return given.cluster
    return recogniser.find(given.portrait).heir if recogniser else GONE


def _is_same(
    given: GivenName,
    params: KMeansParams,
    clusters: NDArray[np.int32],
    clusters_of: Callable[[KMeansParams], NDArray[np.int32]],
) -> bool:
    if given.portrait is not None or given.params == params:
        return True
    then, now = clusters_of(given.params) == given.cluster, clusters == given.cluster
    smaller = int(min(np.count_nonzero(then), np.count_nonzero(now)))
    return smaller > 0 and 2 * int(np.count_nonzero(then & now)) >= smaller
