"""Review: find the images that are in the wrong group, and put them right."""

import streamlit as st

from core.projection import Projection
from core.study import Study
from dashboard import session
from dashboard.contents import publish_contents
from dashboard.correcting import apply_corrections
from dashboard.deciding import Decider, ask_for_author, show_refusal
from dashboard.enclosing import enclosed
from dashboard.grouping import Grouped
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.storage import open_cache
from dashboard.views.compare_parts import heed_request
from dashboard.views.review_decisions import show_decisions
from dashboard.views.review_duplicates import show_duplicates
from dashboard.views.review_labels import show_labels
from dashboard.views.review_map import show_map_trust
from dashboard.views.review_outliers import show_outliers
from dashboard.views.review_parts import Reviewed, find_misfits
from dashboard.views.review_queue import show_queue
from dashboard.views.review_refit import show_refit
from dashboard.views.take_away import show_take_away

PARTS = {
    "Queue": show_queue,
    "Outliers": show_outliers,
    "Duplicates": show_duplicates,
    "Labels": show_labels,
    "Honest map": show_map_trust,
    "Fit again": show_refit,
    "Decisions": show_decisions,
}

_WITH_A_MAP = {"Queue", "Outliers", "Honest map"}
"""Beneath the map one can take away what is shown; elsewhere at the end."""


def show() -> None:
    """Draw the page."""
    opened = session.open_view()
    if opened is None:
        st.info("Name the images on the left first.")
        return
    view, study = opened
    if len(study.images.ids) < 2:  # noqa: PLR2004 - one image makes one cluster
        st.info("There is only one image: nothing can be in the wrong group.")
        return
    found = session.group(view, study)
    projection = session.project(view, study)
    Desk(study.images, open_cache()).follow_link()
    chosen, name = st.columns([5, 1], vertical_alignment="center")
    part = chosen.segmented_control(
        "Show", list(PARTS), required=True, default="Queue", key="review", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    with name:
        ask_for_author()
    _review(view, study, found, projection, part)


@st.fragment
def _review(view: View, study: Study, found: Grouped, projection: Projection, part: str) -> None:
    heed_request()
    show_refusal(study)
    grouped = apply_corrections(view, study, found)
    contents = publish_contents(grouped, projection, made_of=session.made_of(view, study, grouped))
    desk = Desk(study.images, open_cache())
    with enclosed():
        misfits = find_misfits(view, study)
        of = (view, study, grouped, projection, contents, desk, found, misfits, Decider(study))
        PARTS[part](Reviewed(*of))
    if part not in _WITH_A_MAP:
        with enclosed():
            show_take_away(view, study)
