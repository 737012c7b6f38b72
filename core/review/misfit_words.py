"""What the scores of an image say, in words for its card.

docs/review.md defines the scores.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.neighbors import Neighbors
from core.review.confusion import Confusion
from core.review.fit import NO_RIVAL, Fit
from core.review.label_codes import NO_LABEL
from core.review.label_errors import LabelErrors
from core.review.misfit import Misfit

SHOWN = 5
"""The neighbours that a card shows, and speaks of."""

_NUMBERS = ("no", "one", "two", "three", "four", "five")
_AS_NEAR = 0.01
"""Below this difference two distances are the same to a reader."""

Names = Sequence[str]


def describe_misfit(
    row: int,
    *,
    misfit: Misfit,
    fit: Fit,
    clusters: NDArray[np.int32],
    neighbors: Neighbors,
    names: Names,
) -> list[str]:
    """One clause for each score of an image that is defined, in the order of a card.

    Args:
        row: of the image among the distinct ones.
        misfit: of all images.
        fit: likewise.
        clusters: the cluster of each, (n,).
        neighbors: of each, itself first, (n, 6) or more.
        names: what the clusters are called, by number.
    """
    near = clusters[neighbors.indices[row, 1 : SHOWN + 1]].tolist()
    said = [_tell_neighbors(near, int(clusters[row]), names)]
    if fit.rivals[row] != NO_RIVAL:
        rival = names[fit.rivals[row]]
        said.append(_tell_margin(float(fit.own[row]), float(fit.rival[row]), rival))
    if not np.isnan(misfit.silhouette[row]):
        silhouette = float(1 - 2 * misfit.silhouette[row])
        said.append(_tell_silhouette(silhouette, is_exact=misfit.silhouette_is_exact))
    if misfit.restlessness is not None:
        said.append(_tell_restlessness(float(misfit.restlessness[row])))
    return [one for one in said if one]


def describe_label(label: str, cluster: int, confusion: Confusion, names: Names) -> str:
    """How common the label of an image is in its cluster.

    Args:
        label: of the image.
        cluster: its number.
        confusion: of all clusters and labels.
        names: what the clusters are called, by number.
    """
    counts = confusion.table[confusion.clusters.tolist().index(cluster)]  # (c,)
    count, total = int(counts[confusion.labels.index(label)]), int(counts.sum())
    here = f"{count:,} of {total:,} labelled images in {names[cluster]}"
    if count == counts.max():
        return f"its label, {label}, is the most common one: that of {here}"
    most = int(counts.argmax())
    others = f"{confusion.labels[most]} ({int(counts[most]):,})"
    return f"its label, {label}, is that of {here}; the most common is {others}"


def describe_suspicion(row: int, errors: LabelErrors) -> str:
    """What the neighbours of an image say of its label; nothing where they have none.

    Args:
        row: of the image among the distinct ones.
        errors: what was found.
    """
    if row in errors.contradictory:
        return "its copies have different labels"
    given, suggested = int(errors.given[row]), int(errors.suggested[row])
    if np.isnan(errors.given_share[row]):
        return ""
    said = [] if given == NO_LABEL else [(errors.names[given], errors.given_share[row])]
    if suggested != NO_LABEL:
        said.append((errors.names[suggested], errors.suggested_share[row]))
    votes = ", ".join(f"{_percent(float(share))} for {name}" for name, share in said)
    return f"the vote of its neighbours, the nearer the weightier: {votes}"


def _tell_neighbors(near: Sequence[int], own: int, names: Names) -> str:
    """Such as `three of its five neighbours are in cluster 3, one in cluster 7`."""
    if not near:
        return ""
    elsewhere = Counter(cluster for cluster in near if cluster != own)
    ordered = sorted(elsewhere.items(), key=lambda one: (-one[1], one[0]))
    if not ordered:
        return f"{_all_of(len(near))} in its own cluster"
    (first, count), *others = ordered
    if count == len(near):
        return f"{_all_of(count)} in {names[first]}"
    verb = "is" if count == 1 else "are"
    start = f"{_NUMBERS[count]} of its {_NUMBERS[len(near)]} neighbours {verb} in {names[first]}"
    return ", ".join([start, *(f"{_NUMBERS[more]} in {names[one]}" for one, more in others)])


def _all_of(count: int) -> str:
    few = {1: "its only neighbour is", 2: "both of its neighbours are"}
    return few.get(count) or f"all {_NUMBERS[count]} of its neighbours are"


def _tell_margin(own: float, rival: float, name: str) -> str:
    larger = max(own, rival)
    share = abs(rival - own) / larger if larger else 0.0
    if share < _AS_NEAR:
        return f"as near to the centre of {name} as to that of its own cluster"
    if own < rival:
        return f"{_percent(share)} nearer to the centre of its own cluster than to that of {name}"
    return f"{_percent(share)} nearer to the centre of {name} than to that of its own cluster"


def _tell_silhouette(silhouette: float, *, is_exact: bool) -> str:
    what = "silhouette" if is_exact else "simplified silhouette"
    return f"{what} {silhouette:.2f}".replace("-0.00", "0.00").replace("-", "\N{MINUS SIGN}")


def _tell_restlessness(restlessness: float) -> str:
    if restlessness <= 0:
        return "its companions are with it in every clustering"
    return f"in {_percent(restlessness)} of the clusterings its companions are elsewhere"


def _percent(share: float) -> str:
    """Rounded down, as in core.compare.change_words: 100 % is all; of little `under 1 %`."""
    whole = int(100 * share + 1e-4)  # 0.29 of single precision is 29 %
    return f"{whole} %" if whole or not share else "under 1 %"
