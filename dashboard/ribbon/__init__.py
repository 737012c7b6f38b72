"""The ribbon component: how the images flow from one clustering to the next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.browser.answers import read_answer
from dashboard.browser.component import ELEMENTS, SAVING, declare
from dashboard.gallery.images import ImageContents
from dashboard.provenance import NO_PICTURE, Picture
from dashboard.ribbon.choice import (
    ChosenFlow,
    ChosenNode,
    describe_choice,
    read_column,
    read_flow,
    read_node,
)
from dashboard.ribbon.content import RibbonColumn, RibbonFlow, RibbonNode, write_ribbon

__all__ = [
    "ChosenFlow",
    "ChosenNode",
    "RibbonColumn",
    "RibbonFlow",
    "RibbonNode",
    "RibbonView",
    "show_ribbon",
    "write_ribbon",
]


@dataclass(frozen=True, slots=True)
class RibbonView:
    """What the ribbon shows.

    Attributes:
        ribbon: address of the JSON that `write_ribbon` makes.
        n_clusters: of each column, one more than its highest cluster number; answers about others
            are ignored.
        current: the column of the clustering that the page shows, or None.
        chosen: the cluster or the flow that is chosen, or None.
        height: of the drawing in pixels; more where the clusters need it, which then scroll.
        empty: what to say where there are no columns.
        picture: the name of the file and what made it, once it is saved.
    """

    ribbon: str
    n_clusters: tuple[int, ...]
    current: int | None = None
    chosen: ChosenNode | ChosenFlow | None = None
    height: int = 560
    empty: str = "No clusterings to compare yet."
    picture: Picture = NO_PICTURE


_Read = Callable[[Mapping[str, Any], Sequence[int]], tuple[int, ...] | None]
"""Takes an answer and the number of clusters of each column; None is no answer."""

_component = declare("ribbon/ribbon.js", styles=(ELEMENTS, "ribbon/ribbon.css", SAVING))


def show_ribbon(
    view: RibbonView,
    images: ImageContents,
    *,
    key: str,
    on_node: Callable[[int, int], None],
    on_flow: Callable[[int, int, int], None],
    on_column: Callable[[int], None],
    on_clear: Callable[[], None],
) -> None:
    """Draw the ribbon.

    Args:
        view: what it shows.
        images: where the browser finds thumbnails.
        key: of the component.
        on_node: gets the column and the cluster that is chosen.
        on_flow: gets a column, a cluster of it and one of the next column: the images that go from
            the one to the other are chosen.
        on_column: gets the column whose clustering is to be shown.
        on_clear: nothing is to be chosen any more.
    """

    def hear(event: str, read: _Read, tell: Callable[..., None]) -> Callable[[], None]:
        def heard() -> None:
            # A column means another clustering on another ribbon: the answer names its own.
            answer = read_answer(st.session_state[key].get(event), view.ribbon)
            told = None if answer is None else read(answer, view.n_clusters)
            if told is not None:
                tell(*told)

        return heard

    data = {
        "images": images.as_data(),
        "ribbon": view.ribbon,
        "current": view.current,
        "chosen": describe_choice(view.chosen),
        "height": view.height,
        "empty": view.empty,
        "picture": view.picture.as_data(),
    }
    _component(
        data=data,
        key=key,
        on_node_change=hear("node", read_node, on_node),
        on_flow_change=hear("flow", read_flow, on_flow),
        on_column_change=hear("column", read_column, on_column),
        on_cleared_change=hear("cleared", lambda _answer, _n_clusters: (), on_clear),
    )
