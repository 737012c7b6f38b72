"""The maps component: what a layer makes of one image, or of two, and one map over the image."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from dashboard.browser.answers import read_number
from dashboard.browser.component import ELEMENTS, SAVING, declare
from dashboard.maps.content import (
    COLUMNS,
    draw_one,
    draw_sheet,
    strongest,
    write_facts,
)
from dashboard.provenance import NO_PICTURE, Picture

__all__ = [
    "COLUMNS", "ImageMaps", "MapsView", "draw_one", "draw_sheet", "show_maps",
    "strongest", "write_facts",
]  # fmt: skip

ORDERS = ("activation", "number")


@dataclass(frozen=True, slots=True)
class ImageMaps:
    """The maps of one image.

    Attributes:
        title: what the image is called.
        square: address of a PNG of what the network sees.
        sheet: address of the PNG that `draw_sheet` makes.
        facts: address of the JSON that `write_facts` makes.
        enlarged: address of a PNG of the enlarged map, which has all of its values; or None.
    """

    title: str
    square: str
    sheet: str
    facts: str
    enlarged: str | None = None


@dataclass(frozen=True, slots=True)
class MapsView:
    """What the component shows.

    Attributes:
        images: one or two; the order of the first is that of both.
        layers: the names of the layers that can be shown, the first first.
        layer: the one that is shown.
        n_maps: how many maps it has.
        order: one of ORDERS.
        enlarged: the channel that is drawn over the image, or None.
        picture: the name of the file and what made it, once they are saved.
    """

    images: Sequence[ImageMaps]
    layers: Sequence[str]
    layer: str
    n_maps: int
    order: str = "activation"
    enlarged: int | None = None
    picture: Picture = NO_PICTURE


_component = declare("maps/maps.js", styles=(ELEMENTS, "maps/maps.css", SAVING))


def show_maps(
    view: MapsView,
    *,
    key: str,
    on_layer: Callable[[str], None],
    on_enlarge: Callable[[int | None], None],
) -> None:
    """Draw the maps.

    Args:
        view: what is shown.
        key: of the component.
        on_layer: gets the name of the layer that is to be shown.
        on_enlarge: gets the channel of the map that is to be drawn over the image; None: no map.
    """

    def asked() -> None:
        layer = _answer("asked").get("layer")
        if isinstance(layer, str) and layer in view.layers:
            on_layer(layer)

    def enlarged() -> None:
        answer = _answer("enlarged")
        if answer.get("layer") != view.layer:
            return  # a channel's number means another map in another layer
        channel = answer.get("channel")
        if channel is None:
            on_enlarge(None)
        elif (number := read_number(channel, view.n_maps)) is not None:
            on_enlarge(number)

    def _answer(event: str) -> dict[str, Any]:
        given = st.session_state[key].get(event)
        return given if isinstance(given, dict) else {}

    _component(data=asdict(view), key=key, on_asked_change=asked, on_enlarged_change=enlarged)
