"""Compare: what changes from k to k, how sure it is, and which images it concerns."""

import streamlit as st

from core.projection import Projection
from core.study import Study
from dashboard import session
from dashboard.contents import publish_contents
from dashboard.enclosing import enclosed
from dashboard.grouping import Grouped
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.storage import open_cache
from dashboard.views.compare_maps import show_two_maps
from dashboard.views.compare_measures import show_measures
from dashboard.views.compare_parts import Shown, heed_request
from dashboard.views.compare_ribbon import show_flows
from dashboard.views.compare_split import show_editing
from dashboard.views.compare_steps import show_changes
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
    opened = session.open_view()
    if opened is None:
        st.info("Name the images on the left first.")
        return
    view, study = opened
    if len(study.images.ids) < 2:  # noqa: PLR2004 - one image makes one cluster
        st.info("There is only one image: nothing can be compared.")
        return
    grouped = session.group(view, study)
    projection = session.project(view, study)
    Desk(study.images, open_cache()).follow_link()
    part = st.segmented_control(
        "Show", list(PARTS), required=True, default="Measures", key="part", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    _compare(view, study, grouped, projection, part)


@st.fragment
def _compare(view: View, study: Study, grouped: Grouped, projection: Projection, part: str) -> None:
    heed_request()
    grouped = session.rename(view, study, grouped)
    contents = publish_contents(grouped, projection, made_of=session.made_of(view, study, grouped))
    desk = Desk(study.images, open_cache())
    with enclosed():
        PARTS[part](Shown(view, study, grouped, projection, contents, desk))
    if part not in _WITH_A_MAP:
        with enclosed():
            show_take_away(view, study)
