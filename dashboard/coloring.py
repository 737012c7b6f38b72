"""What the colours of the map mean: cluster, label, a score, or a column of the manifest."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.columns import Column, NumericColumn
from core.sources import LABEL_COLUMN
from core.study import Study
from dashboard.contents import publish_array
from dashboard.grouping import REVIEWED, Grouped
from dashboard.scatter import Coloring, Group, Range
from dashboard.styles import style_of

CLUSTER, LABEL, FIT, DENSITY, RESTLESS = "cluster", "label", "fit", "density", "restlessness"
TRUST = "map trust"
"""How far the map keeps the neighbours of each image."""
REVIEW = "review"
"""What was decided of each image."""
COLUMN = "column: "
"""Before the name of a column, which may be called like one of the others."""

_MOST_LABELS = 40
_OTHERS = "other labels"
_NONE = "(no label)"
_GREY = "#BBBBBB"
_REVIEW_COLORS = tuple(
    (name, style_of(number).color, style_of(number).symbol)
    for name, number in zip(REVIEWED[1:], (2, 1, 3), strict=True)
)
"""Green for kept, orange for moved, red for excluded."""


def offer_colors(study: Study | None) -> list[str]:
    """What this study can be coloured by; the least where it is not known yet."""
    if study is None or not study.images.ids:
        return [CLUSTER]
    labels = [LABEL] if study.images.has_labels else []
    columns = (name for name in study.columns() if not (labels and name == LABEL_COLUMN))
    return [
        CLUSTER,
        *labels,
        FIT,
        DENSITY,
        RESTLESS,
        TRUST,
        REVIEW,
        *(COLUMN + name for name in columns),
    ]


def color(study: Study, grouped: Grouped, by: str, *, made_of: object) -> Coloring:
    """The colours of a view; of what is not there, those of the clusters.

    Args:
        study: where labels, density and columns come from.
        grouped: the clusters.
        by: one of what `offer_colors` offers, but restlessness and trust in the map,
            which take long.
        made_of: names everything that decides the clusters.
    """
    offered = offer_colors(study)
    by = by if by in offered else CLUSTER
    key = (by, made_of, study.images.fingerprint)
    if by == CLUSTER:
        return color_groups(grouped, made_of=key)
    if by == LABEL:
        return _groups("label", *_label_groups(study), key)
    if by == FIT:
        return color_shares(by, grouped.fit.fit, made_of=key)
    if by == REVIEW:
        return _color_review(grouped, key)
    if by == DENSITY:
        return _values("density", study.density(), key)
    return _color_column(study.column(by.removeprefix(COLUMN)), key)


def _color_column(column: Column, made_of: object) -> Coloring:
    values = column.values if isinstance(column, NumericColumn) else column.codes
    # A manifest may be edited, and its images be the same.
    key = (made_of, hashlib.sha256(values.tobytes()).hexdigest())
    if isinstance(column, NumericColumn):
        return _values(column.name, column.values, key)
    return _groups(column.name, column.codes, column.names, key)


def color_shares(title: str, values: NDArray[np.float32], *, made_of: object) -> Coloring:
    """The colours of values (n,) that lie between 0 and 1, NaN where there is none."""
    return Coloring(title, publish_array((title, made_of), values, "<f4"), Range(0.0, 1.0))


def color_trust(title: str, values: NDArray[np.float32], *, made_of: object) -> Coloring:
    """The colours of trust in a map (n,), which is 1 for most: from the lowest that is met."""
    low = min(float(values.min(initial=1.0)), 0.99)
    return Coloring(title, publish_array((title, made_of), values, "<f4"), Range(low, 1.0))


def color_misplaced(misplaced: NDArray[np.bool_], *, made_of: object) -> Coloring:
    """The images that only the map misplaces (n,) in a colour, all others grey."""
    style = style_of(3)
    scale = (Group("in its place", _GREY), Group("misplaced", style.color, style.symbol))
    return Coloring("on the map", publish_array(("misplaced", made_of), misplaced, "<u2"), scale)


def color_groups(
    grouped: Grouped, *, made_of: object, numbers: Sequence[int] | None = None
) -> Coloring:
    """The colours of the clusters: those of `numbers`, if these are not 0, 1, 2 and so on.

    Excluded images are grey crosses, a group of their own.
    """
    codes, names = grouped.clusters, grouped.names
    if not grouped.excluded.any():
        return _groups("cluster", codes, names, made_of, numbers)
    styles = _styles(names, numbers)
    codes = np.where(grouped.excluded, len(names), codes)
    scale = (*styles, Group("excluded", _GREY, "x"))
    return Coloring("cluster", publish_array((made_of, grouped.digest), codes, "<u2"), scale)


def _groups(
    title: str,
    groups: NDArray[np.integer],
    names: Sequence[str],
    made_of: object,
    numbers: Sequence[int] | None = None,
) -> Coloring:
    return Coloring(title, publish_array(made_of, groups, "<u2"), _styles(names, numbers))


def _styles(names: Sequence[str], numbers: Sequence[int] | None = None) -> tuple[Group, ...]:
    styles = [style_of(number) for number in numbers or range(len(names))]
    return tuple(
        Group(name, style.color, style.symbol) for name, style in zip(names, styles, strict=True)
    )


def _color_review(grouped: Grouped, made_of: object) -> Coloring:
    reviewed = grouped.reviewed
    codes = np.zeros(len(grouped.clusters), np.uint8) if reviewed is None else reviewed
    scale = (Group(REVIEWED[0], _GREY), *(Group(*pair) for pair in _REVIEW_COLORS))
    return Coloring(REVIEW, publish_array(made_of, codes, "<u2"), scale)


def _values(title: str, values: NDArray[np.float32], made_of: object) -> Coloring:
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    return Coloring(title, publish_array(made_of, values, "<f4"), Range(low, high))


def _label_groups(study: Study) -> tuple[NDArray[np.int64], list[str]]:
    """By name; of very many labels the rarest share one group."""
    images = study.images
    labels = np.array([images.by_id[image_id][0].label or _NONE for image_id in images.ids])
    names, groups, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if len(names) <= _MOST_LABELS:
        return groups, names.tolist()
    kept = np.sort(np.argsort(-counts, kind="stable")[: _MOST_LABELS - 1])
    position = np.full(len(names), len(kept))
    position[kept] = np.arange(len(kept))
    return position[groups], [*names[kept].tolist(), _OTHERS]
