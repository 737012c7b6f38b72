"""Feature maps: what each convolution and pooling makes of the image, beside those of another."""

import streamlit as st

from core.network.map_pictures import SCALES
from core.network.network_table import MAP_LAYERS, find_map_layer, in_words
from dashboard.maps import ORDERS, MapsView
from dashboard.maps import show_maps as show_component
from dashboard.views.inside_beside import ask_for_other
from dashboard.views.inside_choices import bind
from dashboard.views.inside_map_pictures import Drawn, Enlarged, Named, Question, draw_maps
from dashboard.views.inside_parts import Asked, find_out, name_inside
from dashboard.views.inside_saving import picture_of_network

LAYER = "map_layer"
_ENLARGED = "enlarged map"
_WIDTH = 260
"""Of the fields, in CSS pixels: what does not fit beside the others goes on a line of its own."""
_MEANINGS = {
    "each": "Each map is scaled by its own strongest value: faint ones can be seen, but two maps "
    "cannot be compared in strength.",
    "all": "All maps are scaled alike, by the strongest value of all: what is light is strong.",
}
_SAVED = {"each": "each scaled by its own strongest value", "all": "all scaled alike"}
_KEYS = "Click a map to see it over the image; [ and ] go from layer to layer."


def show_maps(shown: Asked) -> None:
    """The maps of a layer, of the image or of two."""
    names = {layer.name for layer in shown.inside.table().layers}
    layers = [name for name in MAP_LAYERS if name in names]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer = _ask_for_layer(layers)
        order = st.segmented_control(
            "Maps by", ORDERS, required=True, **bind("map_order", ORDERS, default=ORDERS[0])
        )
        scale = st.segmented_control(
            "Scaled", SCALES, required=True, help=" ".join(_MEANINGS.values()),
            **bind("map_scale", SCALES, default=SCALES[0]),
        )  # fmt: skip
        with st.container(width=_WIDTH):
            others = ask_for_other(shown)
    described = find_map_layer(layer, shown.inside.network.transform.size)
    st.caption(f"**{in_words(described)}.** {_MEANINGS[scale]} {_KEYS}")
    images = (Named(shown.image, shown.title), *others)
    question = Question(images, layer, scale, st.session_state.get(_ENLARGED))
    drawn = _draw(shown, question)
    if drawn is not None:
        _enlarge(layer, drawn.channel)
        what = f"maps of {layer}, {_SAVED[scale]}"
        picture = picture_of_network(shown, f"maps-{layer}", what)
        maps = (drawn.images, layers, layer, described.shape[0], order, drawn.channel)
        show_component(
            MapsView(*maps, picture),
            key="maps",
            on_layer=show_layer,
            on_enlarge=lambda channel: _enlarge(layer, channel),
        )


def show_layer(layer: str) -> None:
    """Have this layer's maps shown at the next drawing."""
    st.session_state[LAYER] = layer


def _ask_for_layer(layers: list[str]) -> str:
    layer: str = st.select_slider("Layer", layers, width=_WIDTH, **bind(LAYER, layers))
    return layer


def _draw(shown: Asked, question: Question) -> Drawn | None:
    key = (*name_inside(shown.inside, shown.image), *question.key, "maps")
    drawn: Drawn | None = find_out(
        key, lambda _: draw_maps(shown.inside, question), "Looking at the image"
    )
    return drawn


def _enlarge(layer: str, channel: int | None) -> None:
    """Remember it for this session."""
    st.session_state[_ENLARGED] = None if channel is None else Enlarged(layer, channel)
