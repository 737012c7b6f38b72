"""Network: its layers, their sizes, and which of them gives the features."""

from math import prod
from typing import Any

import streamlit as st

from core.network.layers import GRIDS, Cut
from core.network.network_table import (
    CONNECTED,
    POOLING,
    NetworkLayer,
    NetworkTable,
    in_words,
    tabulate_network,
)
from dashboard import state
from dashboard.network import NetworkView, draw_blocks
from dashboard.network import show_network as show_drawing
from dashboard.state import SUITED
from dashboard.views.compare_features import FIXED, are_fixed
from dashboard.views.compare_parts import request_rerun
from dashboard.views.inside_choices import bind
from dashboard.views.inside_cost import estimate_cost
from dashboard.views.inside_maps import show_layer
from dashboard.views.inside_parts import Asked
from dashboard.views.inside_saving import picture_of_network

_LAYER = "network_layer"
_WIDTH = 140
"""Of the field for a layer, in CSS pixels."""
_NUMBERS = ("values", "parameters", "multiply-adds")
_LEGEND = (
    "A block is as high as its maps are large and as broad as they are many; convolutions are "
    "dark, poolings light. The filled one gives the features{others}. "
    "Click a layer, or go through them with the arrow keys."
)


def show_network(shown: Asked) -> None:
    """The drawing, what can be done with a layer of it, and the table."""
    table = shown.inside.table()
    cut = shown.study.recipe.cut
    names = [layer.name for layer in table.layers]
    used = next(layer.name for layer in table.layers if layer.feature == cut.layer)
    # Drawn above the field that it is chosen in, too.
    named = bind(_LAYER, names, index=names.index(used))
    chosen = st.session_state.get(_LAYER) or _linked(names) or used
    fixed = are_fixed(shown.study)
    offered = () if fixed else shown.study.recipe.weights.layers
    blocks = draw_blocks(table.layers, used=cut.layer, offered=offered)
    picture = picture_of_network(shown, "network", "the layers of the network")
    show_drawing(NetworkView(blocks, table.size, chosen, picture), key="network", on_choose=_choose)
    st.caption(_LEGEND.format(others="" if fixed else ", those with a dashed rim could"))
    _show_choice(shown, names, named)
    st.markdown(_describe_totals(shown, table))
    numbers = {name: st.column_config.NumberColumn(format="localized") for name in _NUMBERS}
    st.dataframe(
        _tabulate(table), hide_index=True, width="stretch", height="content", column_config=numbers
    )


def _choose(layer: str) -> None:
    st.session_state[_LAYER] = layer


def _linked(names: list[str]) -> str | None:
    """What the link names, before the field has read it."""
    named = st.query_params.get(_LAYER)
    return named if named in names else None


def _show_choice(shown: Asked, names: list[str], named: dict[str, Any]) -> None:
    """A layer by its name, and what can be done with it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        name = st.selectbox("Layer", names, label_visibility="collapsed", width=_WIDTH, **named)
        layer = next(one for one in shown.inside.table().layers if one.name == name)
        st.markdown(in_words(layer))
        if layer.kind != CONNECTED:
            st.button(
                "See its maps", on_click=_see_maps, args=(name,), icon=":material/grid_on:"
            )  # fmt: skip
    if layer.feature in shown.study.recipe.weights.layers:
        _offer_as_features(shown, layer)


def _see_maps(layer: str) -> None:
    show_layer(layer)
    st.session_state["inside"] = "Feature maps"
    request_rerun()


def _offer_as_features(shown: Asked, layer: NetworkLayer) -> None:
    """Take the features from this layer: on which grid, what it costs, and the button."""
    now, feature = shown.study.recipe.cut, layer.feature or ""
    if are_fixed(shown.study):
        made_of = f"The features are made of it: {now}. " if feature == now.layer else ""
        st.caption(f"{made_of}{FIXED}")
        return
    grid = 1 if layer.kind == CONNECTED else _ask_for_grid(now, feature)
    cut = Cut(feature, grid)
    if cut == now:
        st.caption(f"The features are made of it: {now}, {now.n_features:,} values an image.")
        return
    cost = estimate_cost(shown.view, shown.study, cut)
    button, words = st.columns([2, 5], vertical_alignment="center")
    button.button(
        f"Take {cut} for the features", on_click=_take, args=(cut,), icon=":material/layers:",
        width="stretch",
    )  # fmt: skip
    words.caption(f"{cost} All pages then show the clusters of {cut}, {cut.n_features:,} values.")


def _ask_for_grid(now: Cut, feature: str) -> int:
    words = {1: "the whole image (1x1)", 2: "its quarters (2x2)"}
    present = now.grid if now.layer == feature else GRIDS[0]
    grid: int = st.segmented_control(
        "Averaged over", GRIDS, required=True, default=present, format_func=words.__getitem__,
        key=f"network grid {feature}",
    )  # fmt: skip
    return grid


def _take(cut: Cut) -> None:
    state.put({"layer": cut.layer, "grid": SUITED if cut.is_connected else str(cut.grid)})
    request_rerun()


def _describe_totals(shown: Asked, table: NetworkTable) -> str:
    full = tabulate_network(table.size)
    weights = shown.study.recipe.weights.name.replace("_", r"\_")
    image = f"{table.size} x {table.size} pixels"
    has = (
        f"The weights *{weights}* have {table.parameters:,} parameters and take "
        f"{table.multiply_adds:,} multiply-adds for an image of {image}."
    )
    lacking = [layer.name for layer in full.layers[len(table.layers) :]]
    if not lacking:
        return f"{has} That is the full network of the paper."
    return f"{has} The full network has {full.parameters:,} parameters: {_join(lacking)} are not \
among these weights."


def _join(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _tabulate(table: NetworkTable) -> dict[str, list[object]]:
    """The table as it is shown, with its totals in the last row."""
    layers = table.layers
    return {
        "layer": [*(layer.name for layer in layers), "all"],
        "kernel": [*(_describe_kernel(layer) for layer in layers), ""],
        "output": [*(" x ".join(map(str, layer.shape)) for layer in layers), ""],
        "values": [*(prod(layer.shape) for layer in layers), None],
        "sees (pixels)": [*(_describe_field(layer) for layer in layers), ""],
        "parameters": [*(layer.parameters for layer in layers), table.parameters],
        "multiply-adds": [*(layer.multiply_adds for layer in layers), table.multiply_adds],
        "as features": [*(layer.feature or "" for layer in layers), ""],
    }


def _describe_kernel(layer: NetworkLayer) -> str:
    if layer.kernel is None:
        return "all values"
    return f"{layer.kernel} x {layer.kernel}" + (", max" if layer.kind == POOLING else "")


def _describe_field(layer: NetworkLayer) -> str:
    side = layer.receptive_field
    return "whole image" if side is None else f"{side} x {side}"
