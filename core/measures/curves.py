"""Reading the curves over k: which k are good, which are stable, and where chance begins.

docs/measures.md gives the reasons for every threshold, and what comes out on constructed data.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import dropwhile, takewhile
from statistics import median

from core.measures.elbow import find_elbow
from core.measures.findings import STABLE, Findings, Separation, runs_of
from core.measures.quality import Quality
from core.measures.stability import Stability

TOLERANCE = 0.05
"""Silhouettes within this part of the best are equally good: another seed moves them as far.

Their standard deviation over 8 seeds is 4 to 8 % for the digits at k = 10 and 12.
"""
SMALLEST_DIFFERENCE = 0.01
"""Silhouettes nearer than this are equally good, however low they are."""
ERRORS = 2
"""So are those within this many standard errors, where the silhouette is that of a sample."""
CHANCE = 0.65
"""Mean adjusted Rand index between seeds below which the groups depend on chance.

`Poor` in D. Steinley, "Properties of the Hubert-Arabie Adjusted Rand Index", Psychological
Methods 9(3), 2004.
"""
SEPARATIONS: tuple[tuple[float, Separation], ...] = (
    (0.7, "strong"),
    (0.5, "reasonable"),
    (0.25, "weak"),
    (0.1, "overlapping"),
)
"""From which silhouette on the groups are said to lie how far apart.

The first three are those of L. Kaufman and P. Rousseeuw, Finding Groups in Data, 1990, chapter 2,
table 4. Below them they see no structure of substance, but in many dimensions silhouettes are low
even of true groups: those of the ten digits reach 0.18. A cloud without any gap, whose variances
fall as those of features do, reaches 0.09.
"""
LABEL_TOLERANCE = 0.02
"""Adjusted Rand indices to the labels within this of the best are equally good."""

Curve = Mapping[int, float]


def read_curves(qualities: Mapping[int, Quality], stabilities: Mapping[int, Stability]) -> Findings:
    """What the measures of every k measured so far say; there may be gaps between them.

    Args:
        qualities: by k.
        stabilities: by k; those of some or all may be missing.
    """
    scores = _curve(qualities, "silhouette")
    if not scores:
        return Findings()
    sure = {k: stabilities[k].mean for k in scores if k in stabilities}
    separation = _separation(max(scores.values()))
    good = () if separation == "none" else _equally_good(scores, sure, qualities)
    filled = _filled(qualities)
    stable = _stable_levels(scores, {k: one for k, one in sure.items() if k in filled}, good)
    up_to, onwards = _by_chance(sure, {*good, *stable})
    heights, overlaps = _curve(filled, "calinski_harabasz"), _curve(filled, "davies_bouldin")
    labels = {k: ari for k, ari in _curve(qualities, "ari").items() if k in scores}
    return Findings(
        measured=tuple(scores),
        equally_good=good,
        stable=stable,
        chance_up_to=up_to,
        chance_from=onwards,
        is_complete=qualities[max(scores)].calinski_harabasz is None,
        separation=separation,
        certainty=min((sure[k] for k in good), default=None) if {*good} <= {*sure} else None,
        unsteady=tuple(k for k in good if sure.get(k, 1) < STABLE),
        elbow=find_elbow(_curve(filled, "inertia")),
        calinski_harabasz=max(heights, key=heights.__getitem__, default=None),
        davies_bouldin=min(overlaps, key=overlaps.__getitem__, default=None),
        label_choice=_near_the_best(labels, LABEL_TOLERANCE),
        label_agreement=max(labels.values(), default=None),
    )


def _filled(qualities: Mapping[int, Quality]) -> dict[int, Quality]:
    """Those with two images or more to a group: with fewer, all curves run to an end of their own.

    There any two clusterings agree, and images on their own lie at their centroids.
    """
    n_images = max(one.n_scored for one in qualities.values())
    return {k: one for k, one in qualities.items() if 2 * k <= n_images}


def _curve(qualities: Mapping[int, Quality], measure: str) -> dict[int, float]:
    """One measure over ascending k, where it is defined."""
    found = {k: getattr(qualities[k], measure) for k in sorted(qualities)}
    return {k: value for k, value in found.items() if value is not None}


def _separation(best: float) -> Separation:
    return next((name for least, name in SEPARATIONS if best >= least), "none")


def _near_the_best(curve: Curve, margin: float) -> tuple[int, ...]:
    return tuple(k for k, value in curve.items() if value >= max(curve.values()) - margin)


def _equally_good(scores: Curve, sure: Curve, qualities: Mapping[int, Quality]) -> tuple[int, ...]:
    """Those near the best silhouette; what depends on chance only where all of them do."""
    best = max(scores, key=scores.__getitem__)
    error = qualities[best].silhouette_error
    margin = max(TOLERANCE * scores[best], SMALLEST_DIFFERENCE, ERRORS * error)
    near = _near_the_best(scores, margin)
    return tuple(k for k in near if sure.get(k, 1) >= CHANCE) or near


def _stable_levels(scores: Curve, sure: Curve, good: Collection[int]) -> tuple[int, ...]:
    """Of each run of stable k that lies apart from the good ones, that of the best silhouette."""
    around = {near for k in good for near in (k - 1, k, k + 1)}
    runs = runs_of(k for k, mean in sure.items() if mean >= STABLE)
    apart = [run for run in runs if not around.intersection(run)]
    return tuple(max(run, key=scores.__getitem__) for run in apart)


def _by_chance(sure: Curve, named: Collection[int]) -> tuple[int | None, int | None]:
    """Up to which k, and from which on, the groups depend on chance, if they do."""
    ks = list(sure)
    if ks and max(sure.values()) < CHANCE:
        return None, ks[0]
    first, last = _shaky_end(ks[::-1], sure, named), _shaky_end(ks, sure, named)
    onwards = last[0] if last else None
    up_to = first[0] if first and (onwards is None or first[0] < onwards) else None
    return up_to, onwards


def _shaky_end(ks: Sequence[int], sure: Curve, named: Collection[int]) -> list[int]:
    """The last of these k, two or more, that depend on chance and are not named as good.

    Few seeds make a restless curve: each k counts by the middle of itself and its neighbours.
    """
    smooth = {k: median(sure[near] for near in ks[max(0, i - 1) : i + 2]) for i, k in enumerate(ks)}
    end = list(takewhile(lambda k: smooth[k] < CHANCE and k not in named, reversed(ks)))
    found = list(dropwhile(lambda k: sure[k] >= CHANCE, reversed(end)))
    return found if len(found) > 1 else []
