"""The buttons that save a figure which has no toolbar of its own, as PNG and as SVG."""

import re

from dashboard.browser.component import SAVING, declare
from dashboard.provenance import Picture

_component = declare("browser/save_panel.js", styles=(SAVING,))


def show_saving(chart: str, picture: Picture) -> None:
    """Buttons that save a Plotly chart of the page.

    Args:
        chart: its key.
        picture: the name of the file, and what made the chart.
    """
    place = re.sub(r"[^a-zA-Z0-9_-]", "-", chart)  # as Streamlit names the class of a key
    data = {
        "figure": f".st-key-{place} .js-plotly-plot",
        "picture": picture.as_data(),
    }
    _component(data=data, key=f"save {chart}")
