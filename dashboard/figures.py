"""Pure functions from data to Plotly figures, and the colours of clusters."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

# Paul Tol's "bright" and "vibrant" qualitative schemes (personal.sron.nl/~pault, technical note
# SRON/EPS/TN/09-002, 2021), which the colour-blind can tell apart; of both the hues that stand
# out on white and on black; grey is what is not selected.
COLORS = (
    "#4477AA", "#EE7733", "#228833", "#CC3311", "#AA3377",
    "#66CCEE", "#CCBB44", "#EE3377", "#009988",
)  # fmt: skip
SYMBOLS = ("circle", "diamond", "square", "cross", "triangle-up", "star", "hexagon", "x")


@dataclass(frozen=True, slots=True)
class Style:
    """How a group is drawn."""

    color: str
    symbol: str


def style_of(group: int) -> Style:
    """The style of group 0, 1, 2, …: nine colours, then the same ones with another symbol."""
    symbol = SYMBOLS[group // len(COLORS) % len(SYMBOLS)]
    return Style(COLORS[group % len(COLORS)], symbol)


@dataclass(frozen=True, slots=True)
class Points:
    """What the map draws: for each of n images its place, its group, its id and its hover text.

    `groups` index `names`; the order of `names` is that of the legend.
    """

    coordinates: NDArray[np.float32]
    groups: NDArray[np.int32]
    names: Sequence[str]
    ids: Sequence[str]
    texts: Sequence[str]


def draw_map(points: Points, *, revision: str) -> go.Figure:
    """The map: one trace a group, so that the legend counts and toggles them.

    Args:
        points: what is drawn.
        revision: zoom and pan are kept as long as this stays the same.
    """
    figure = go.Figure([_trace(points, group) for group in range(len(points.names))])
    figure.update_layout(
        template="none",
        uirevision=revision,
        dragmode="lasso",
        clickmode="event",
        hovermode="closest",
        margin={"l": 0, "r": 0, "t": 32, "b": 0},
        legend={"itemsizing": "constant"},
        hoverlabel={"align": "left"},
    )
    # Distances on the map mean the same in both directions; the numbers mean nothing.
    bare = {"showgrid": False, "zeroline": False, "showticklabels": False, "ticks": ""}
    figure.update_xaxes(**bare)
    figure.update_yaxes(**bare, scaleanchor="x", scaleratio=1)
    return figure


def _trace(points: Points, group: int) -> go.Scattergl:
    members = np.flatnonzero(points.groups == group).tolist()
    style, size = style_of(group), _marker_size(len(points.ids))
    return go.Scattergl(
        x=points.coordinates[members, 0].tolist(),
        y=points.coordinates[members, 1].tolist(),
        customdata=[points.ids[row] for row in members],
        text=[html.escape(points.texts[row]).replace("\n", "<br>") for row in members],
        hovertemplate="%{text}<extra></extra>",
        name=f"{html.escape(points.names[group])} ({len(members):,})",
        mode="markers",
        marker={"size": size, "color": style.color, "symbol": style.symbol},
        unselected={"marker": {"color": "#888888", "opacity": 0.15}},
    )


def _marker_size(n_images: int) -> float:
    """Pixels: large for few images, so that they are easy to hit, small for many."""
    return float(np.interp(np.log10(max(n_images, 1)), [1, 3, 5], [14, 7, 3]))
