"""Inside VGG: what the network sees in an image, and why it is where it is."""

import streamlit as st

from dashboard.correcting import apply_corrections
from dashboard.enclosing import enclosed
from dashboard.views.compare_parts import heed_request
from dashboard.views.inside_classes import show_classes
from dashboard.views.inside_clusters import show_traits
from dashboard.views.inside_image import ask_for_image
from dashboard.views.inside_layers import show_layers_compared
from dashboard.views.inside_maps import show_maps
from dashboard.views.inside_network import show_network
from dashboard.views.inside_why import show_why
from dashboard.views.opening import Opened, choose_part, open_page

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
    opened = open_page()
    if opened is not None:
        _look_inside(opened, choose_part(list(PARTS), key="inside"))


@st.fragment
def _look_inside(opened: Opened, part: str) -> None:
    heed_request()
    shown = opened.publish(apply_corrections(opened.view, opened.study, opened.found))
    with enclosed():
        PARTS[part](ask_for_image(shown))
