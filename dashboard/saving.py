"""The buttons that save a figure which has no toolbar of its own, as PNG and as SVG."""

import re

import streamlit as st

from dashboard.browser import LOADER
from dashboard.browser.save_style import SAVE_STYLE
from dashboard.media import module_address
from dashboard.provenance import Picture

_component = st.components.v2.component("groupsight.save", js=LOADER, css=SAVE_STYLE)


def show_saving(chart: str, picture: Picture) -> None:
    """Buttons that save a Plotly chart of the page.

    Args:
        chart: its key.
        picture: the name of the file, and what made the chart.
    """
    place = re.sub(r"[^a-zA-Z0-9_-]", "-", chart)  # as Streamlit names the class of a key
    data = {
        "module": module_address("browser/save_panel.js"),
        "figure": f".st-key-{place} .js-plotly-plot",
        "picture": picture.as_data(),
    }
    _component(data=data, key=f"save {chart}")
