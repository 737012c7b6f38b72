"""The network component: VGG-16 drawn as blocks of its layers, of which one can be chosen."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from math import prod

import streamlit as st

from core.network.network_table import NetworkLayer
from dashboard.browser.component import SAVING, declare
from dashboard.provenance import NO_PICTURE, Picture

__all__ = ["Block", "NetworkView", "draw_blocks", "show_network"]


@dataclass(frozen=True, slots=True)
class Block:
    """One layer as it is drawn.

    Attributes:
        name: of the layer.
        kind: `convolution`, `pooling` or `connected`.
        channels: how many maps or values it gives.
        side: of its maps in positions; 1 where there are none.
        title: what is said of it.
        is_offered: whether it can be features.
        is_used: whether the features are made of it.
    """

    name: str
    kind: str
    channels: int
    side: int
    title: str
    is_offered: bool
    is_used: bool


@dataclass(frozen=True, slots=True)
class NetworkView:
    """What the drawing shows: its layers, the size of the input, the chosen one, what made it."""

    blocks: Sequence[Block]
    size: int
    chosen: str
    picture: Picture = NO_PICTURE


_component = declare("network/network.js", styles=("network/network.css", SAVING))


def draw_blocks(
    layers: Sequence[NetworkLayer], *, used: str, offered: Sequence[str]
) -> tuple[Block, ...]:
    """The layers as blocks.

    Args:
        layers: of the table.
        used: of which the features are made, by its name among features.
        offered: those that can be features, likewise.
    """
    return tuple(
        Block(
            layer.name,
            layer.kind,
            layer.shape[0],
            layer.shape[1] if len(layer.shape) > 1 else 1,
            f"{layer.name}: {_describe_shape(layer)}",
            is_offered=layer.feature in offered,
            is_used=layer.feature == used,
        )
        for layer in layers
    )


def _describe_shape(layer: NetworkLayer) -> str:
    if len(layer.shape) == 1:
        return f"{prod(layer.shape):,} values"
    channels, height, width = layer.shape
    return f"{channels} maps of {width} x {height}"


def show_network(view: NetworkView, *, key: str, on_choose: Callable[[str], None]) -> None:
    """Draw the network; `on_choose` gets the name of a layer."""

    def chosen() -> None:
        answer = st.session_state[key].get("chosen")
        name = answer.get("layer") if isinstance(answer, dict) else None
        if name in {block.name for block in view.blocks}:
            on_choose(name)

    _component(data=asdict(view), key=key, on_chosen_change=chosen)
