"""The gallery component: thumbnails in an order, of which only those in view exist in the page."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.browser import LOADER
from dashboard.browser.answers import read_answer, read_number, read_rows
from dashboard.gallery.images import ImageContents
from dashboard.gallery.looks import read_style
from dashboard.media import module_address

__all__ = ["Action", "GalleryView", "ImageContents", "show_gallery"]

Action = Literal["keep", "remove"]
"""What is to be done with the marked images: keep only these, or remove these."""


@dataclass(frozen=True, slots=True)
class GalleryView:
    """What the gallery shows.

    Attributes:
        order: address of the rows in their order, u32.
        opened: the row that is open elsewhere; it stands out and is scrolled to when it changes.
        height: of the scrolled part in pixels; fewer where there is less to see.
        follow: whether to scroll to the image that the pointer is over on the map.
        empty: what to say where the order is empty.
    """

    order: str
    opened: int | None = None
    height: int = 480
    follow: bool = False
    empty: str = "No images here."


_component = st.components.v2.component(
    "groupsight.gallery",
    js=LOADER,
    css=read_style(Path(__file__).with_name("gallery.css")),
)


def show_gallery(
    view: GalleryView,
    images: ImageContents,
    *,
    key: str,
    on_open: Callable[[int], None],
    on_mark: Callable[[NDArray[np.int64], Action], None],
) -> None:
    """Draw the gallery.

    Args:
        view: what it shows.
        images: what there is to be shown.
        key: of the component.
        on_open: gets the row of an image that is to be opened.
        on_mark: gets the marked rows, ascending, and what is to be done with them.
    """

    def opened() -> None:
        row = read_number(_answer("opened").get("row"), images.count)
        if row is not None:
            on_open(row)

    def marked() -> None:
        answer = _answer("marked")
        rows, action = read_rows(answer.get("rows"), images.count), answer.get("action")
        if rows is not None and rows.size and action in ("keep", "remove"):
            on_mark(rows, action)

    def _answer(event: str) -> dict[str, Any]:
        return read_answer(st.session_state[key].get(event), images.ids) or {}

    data = {
        "module": module_address("gallery/gallery.js"),
        "images": images.as_data(),
        "order": view.order,
        "open": view.opened,
        "height": view.height,
        "follow": view.follow,
        "empty": view.empty,
    }
    _component(data=data, key=key, on_opened_change=opened, on_marked_change=marked)
