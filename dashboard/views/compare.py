"""Compare: what changes from k to k, how sure it is, and which images it concerns."""

import streamlit as st

from dashboard import session
from dashboard.enclosing import enclosed
from dashboard.views.compare_maps import show_two_maps
from dashboard.views.compare_measures import show_measures
from dashboard.views.compare_parts import heed_request
from dashboard.views.compare_ribbon import show_flows
from dashboard.views.compare_split import show_editing
from dashboard.views.compare_steps import show_changes
from dashboard.views.opening import Opened, choose_part, open_page
from dashboard.views.take_away import show_take_away

PARTS = {
    "Measures": show_measures,
    "Ribbon": show_flows,
    "Step by step": show_changes,
    "Two maps": show_two_maps,
    "Split and merge": show_editing,
}
_WITH_A_MAP = {"Ribbon", "Step by step"}
"""Parts below whose map stands already what can be taken away."""


def show() -> None:
    """Draw the page."""
    opened = open_page(alone="nothing can be compared")
    if opened is not None:
        _compare(opened, choose_part(list(PARTS), key="part"))


@st.fragment
def _compare(opened: Opened, part: str) -> None:
    heed_request()
    view, study = opened.view, opened.study
    shown = opened.publish(session.rename(view, study, opened.found))
    with enclosed():
        PARTS[part](shown)
    if part not in _WITH_A_MAP:
        with enclosed():
            show_take_away(view, study)
