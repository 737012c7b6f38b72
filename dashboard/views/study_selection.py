"""What is selected, as every page shows it: counted in words, and as a gallery."""

from functools import partial

import numpy as np
import streamlit as st

from core.study import Study
from dashboard.contents import Contents, publish_order
from dashboard.gallery import Action, GalleryView, show_gallery
from dashboard.grouping import Grouped, Measure, Rows
from dashboard.provenance import escape_markdown
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.sweeping import find_restlessness


def show_selection(
    view: View, study: Study, grouped: Grouped, contents: Contents, desk: Desk
) -> None:
    """The selected images in the order that the view asks for."""
    rows = desk.now.rows

    def mark(marked: Rows, action: Action) -> None:
        desk.select(marked if action == "keep" else np.setdiff1d(rows, marked))

    summary, clear = st.columns([4, 1], vertical_alignment="center")
    summary.markdown(f"**{escape_markdown(grouped.summarize(rows))}**")
    clear.button("Clear", on_click=desk.select, args=((),), width="stretch")
    show_gallery(
        GalleryView(_order(view, study, grouped, desk), desk.now.opened),
        contents.images,
        key="gallery",
        on_open=desk.open,
        on_mark=mark,
    )


def _order(view: View, study: Study, grouped: Grouped, desk: Desk) -> str:
    """The address of the selected rows, sorted as the view asks."""
    rows, opened = desk.now.rows, desk.now.opened
    first = int(rows[0]) if opened is None else opened
    measures: dict[str, Measure] = {
        "likeness": partial(study.distances, first),
        "restlessness": lambda some: -find_restlessness(view, study)[some],
    }
    return publish_order(grouped.sort(rows, view.sort, measures))
