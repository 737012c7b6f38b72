"""Review: find the images that are in the wrong group, and put them right."""

import streamlit as st

from dashboard.correcting import apply_corrections
from dashboard.deciding import Decider, ask_for_author, show_refusal
from dashboard.enclosing import enclosed
from dashboard.views.compare_parts import heed_request
from dashboard.views.opening import Opened, choose_part, open_page
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
    opened = open_page(alone="nothing can be in the wrong group")
    if opened is None:
        return
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        part = choose_part(list(PARTS), key="review")
        ask_for_author()
    _review(opened, part)


@st.fragment
def _review(opened: Opened, part: str) -> None:
    heed_request()
    view, study, found = opened.view, opened.study, opened.found
    show_refusal(study)
    shown = opened.publish(apply_corrections(view, study, found))
    with enclosed():
        misfits = find_misfits(view, study)
        of = (view, study, shown.grouped, shown.projection, shown.contents, shown.desk)
        PARTS[part](Reviewed(*of, found, misfits, Decider(study)))
    if part not in _WITH_A_MAP:
        with enclosed():
            show_take_away(view, study)
