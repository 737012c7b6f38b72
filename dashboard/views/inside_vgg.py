"""Inside VGG: what the network sees in an image, and why it is where it is."""

import streamlit as st

from core.projection import Projection
from core.study import Study
from dashboard import session
from dashboard.contents import publish_contents
from dashboard.correcting import apply_corrections
from dashboard.enclosing import enclosed
from dashboard.grouping import Grouped
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.storage import open_cache
from dashboard.views.compare_parts import Shown, heed_request
from dashboard.views.inside_classes import show_classes
from dashboard.views.inside_clusters import show_traits
from dashboard.views.inside_image import ask_for_image
from dashboard.views.inside_layers import show_layers_compared
from dashboard.views.inside_maps import show_maps
from dashboard.views.inside_network import show_network
from dashboard.views.inside_why import show_why

PARTS = {
    "Feature maps": show_maps,
    "Why here?": show_why,
    "Clusters": show_traits,
    "Classes": show_classes,
    "Network": show_network,
    "Layers compared": show_layers_compared,
}


def show() -> None:
    """Draw the page."""
    opened = session.open_view()
    if opened is None:
        st.info("Name the images on the left first.")
        return
    view, study = opened
    found = session.group(view, study)
    projection = session.project(view, study)
    Desk(study.images, open_cache()).follow_link()
    part = st.segmented_control(
        "Show", list(PARTS), required=True, default="Feature maps", key="inside",
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    _look_inside(view, study, found, projection, part)


@st.fragment
def _look_inside(
    view: View, study: Study, found: Grouped, projection: Projection, part: str
) -> None:
    heed_request()
    grouped = apply_corrections(view, study, found)
    made_of = session.made_of(view, study, grouped)
    contents = publish_contents(grouped, projection, made_of=made_of)
    desk = Desk(study.images, open_cache())
    with enclosed():
        PARTS[part](ask_for_image(Shown(view, study, grouped, projection, contents, desk)))
