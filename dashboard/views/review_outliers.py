"""Outliers: the images that lie far from all others."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.compare.restlessness import COMPANIONS
from core.review.outliers import Outliers
from core.review.review_words import describe_outlier, ordinal
from dashboard.views.review_gallery import Ranking, show_opened, show_ranking, worst_first
from dashboard.views.review_parts import Reviewed
from dashboard.views.study_map import show_making, show_study_map

DISTANCE, FACTOR = "Distance", "Local outlier factor"

_MEANING = {
    DISTANCE: "How far the {k} nearest image is: large where an image lies far from all others.",
    FACTOR: "How much denser it is around its {k} nearest images than around itself: about 1 "
    "within a group, however dense; large where an image lies off a group, though not far from it.",
}
_ORDER = {DISTANCE: "the farthest first", FACTOR: "the largest factor first"}


def show_outliers(shown: Reviewed) -> None:
    """The map, and the images in the order of how far they lie out."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_study_map(shown.view, shown.study, shown.grouped, shown.contents, shown.desk)
        show_making(shown.view, shown.study, shown.projection)
    with right:
        outliers, k = shown.misfits.outliers, count_neighbors(len(shown.study.images.ids))
        score = _ask_for_score(k)
        opened = shown.desk.now.opened
        show_opened(
            shown,
            [] if opened is None else describe_outlier(opened, outliers, n_neighbors=k),
        )
        show_ranking(shown, _rank(shown, outliers, score))


def count_neighbors(n_images: int) -> int:
    """At how many neighbours the scores look."""
    return min(COMPANIONS, n_images - 1)


def _ask_for_score(k: int) -> str:
    score: str = st.segmented_control(
        "Score", [DISTANCE, FACTOR], required=True, default=DISTANCE,
        key="outliers", bind="query-params",
    )  # fmt: skip
    nearest = ordinal(k) if score == DISTANCE else f"{k}"
    st.caption(_MEANING[score].format(k=nearest))
    return score


def _rank(shown: Reviewed, outliers: Outliers, score: str) -> Ranking:
    values = choose(outliers, score)
    count = len(values)
    return Ranking(
        name="outliers",
        made_of=(score, shown.view.study, shown.study.fingerprint),
        rows=worst_first(values),
        badness=values,
        heading=f"{count:,} images",
        order=_ORDER[score],
        note=lambda row: note_value(float(values[row])),
        tag="outlier",
        empty="There are no images.",
    )


def note_value(value: float) -> str:
    """Three digits, all of them shown, so that values can be compared; nothing for none."""
    if np.isnan(value):
        return ""
    return f"{value:,.0f}" if value >= 1000 else f"{value:#.3g}".rstrip(".")  # noqa: PLR2004


def choose(outliers: Outliers, score: str) -> NDArray[np.floating]:
    """The values of one of the two scores, (n,)."""
    return outliers.distance if score == DISTANCE else outliers.factor
