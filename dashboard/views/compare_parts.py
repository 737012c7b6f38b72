"""What the parts of the Compare page share: what is shown, and how one of them asks for a k."""

from dataclasses import dataclass

import streamlit as st

from core.projection import Projection
from core.study import Study
from dashboard.contents import Contents
from dashboard.enclosing import enclosed
from dashboard.grouping import Grouped
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.views.explore_image import show_image
from dashboard.views.study_map import show_making, show_study_map
from dashboard.views.study_selection import show_selection

_ASKED = "rerun"


@dataclass(frozen=True)
class Shown:
    """The view and its results."""

    view: View
    study: Study
    grouped: Grouped
    projection: Projection
    contents: Contents
    desk: Desk


def load_k(k: int) -> None:
    """Show this k on every page: for callbacks, before the widget that shows it is drawn."""
    st.session_state["k"] = k
    request_rerun()


def request_rerun() -> None:
    """Have the whole page drawn again, which a callback of a part of it cannot do itself."""
    st.session_state[_ASKED] = True


def heed_request() -> None:
    """At the beginning of a part that is drawn alone: draw all, where that was asked for."""
    if st.session_state.pop(_ASKED, False):
        st.rerun()


def show_map_and_selection(shown: Shown, *, hint: str) -> None:
    """The map beside what is selected on it, or a sentence where nothing is."""
    left, right = st.columns([3, 2], gap="medium")
    with left, enclosed():
        show_study_map(shown.view, shown.study, shown.grouped, shown.contents, shown.desk)
    with left, enclosed():
        show_making(shown.view, shown.study, shown.projection)
    with right, enclosed():
        show_chosen(shown, hint=hint)


def show_chosen(shown: Shown, *, hint: str) -> None:
    """The open image and the selected ones, or a sentence where there are none."""
    of = (shown.view, shown.study, shown.grouped, shown.contents, shown.desk)
    if shown.desk.now.opened is not None:
        show_image(*of)
    if len(shown.desk.now.rows):
        show_selection(*of)
    else:
        st.caption(hint)
