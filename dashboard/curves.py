"""The measures of a sweep as curves over k: pure, from measures to a Plotly figure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.measures.sweep import Measured
from dashboard.styles import COLORS

_COLUMNS = 3
_ROW_HEIGHT = 250
_ERRORS_SHOWN = 2
_MARK = "#808080"
"""Of the lines that mark a k: as far from white as from the dark theme's near-black."""

Read = Callable[[Measured], float | None]


def _no_reach(_: Measured) -> tuple[float, float]:
    return 0.0, 0.0


def _spread(one: Measured) -> tuple[float, float]:
    """From the mean up to the two seeds that agree most, and down to those that agree least."""
    stability = one.stability
    if stability is None:
        return 0.0, 0.0
    return stability.highest - stability.mean, stability.mean - stability.lowest


def _sampling(one: Measured) -> tuple[float, float]:
    error = _ERRORS_SHOWN * one.quality.silhouette_error
    return error, error


@dataclass(frozen=True, slots=True)
class Curve:
    """One measure.

    Attributes:
        name: of the measure.
        value: of one k; None where it is undefined.
        reach: how far the error bar goes up and down from the value.
    """

    name: str
    value: Read
    reach: Callable[[Measured], tuple[float, float]] = _no_reach


@dataclass(frozen=True, slots=True)
class _Panel:
    """Curves that share their axes, and in words what to look for in them."""

    title: str
    hint: str
    curves: tuple[Curve, ...]


def _stability(one: Measured) -> float | None:
    return None if one.stability is None else one.stability.mean


_PANELS = (
    _Panel(
        "Silhouette", "higher is better",
        (Curve("silhouette", lambda one: one.quality.silhouette, _sampling),),
    ),
    _Panel(
        "Stability over seeds", "1: the same clusters every time",
        (Curve("stability", _stability, _spread),),
    ),
    _Panel("Inertia", "look for a bend", (Curve("inertia", lambda one: one.quality.inertia),)),
    _Panel(
        "Calinski-Harabasz", "higher is better",
        (Curve("Calinski-Harabasz", lambda one: one.quality.calinski_harabasz),),
    ),
    _Panel(
        "Davies-Bouldin", "lower is better",
        (Curve("Davies-Bouldin", lambda one: one.quality.davies_bouldin),),
    ),
    _Panel(
        "Agreement with the labels", "1 is best; purity and homogeneity grow with k",
        (
            Curve("adjusted Rand index", lambda one: one.quality.ari),
            Curve("mutual information", lambda one: one.quality.nmi),
            Curve("purity", lambda one: one.quality.purity),
            Curve("homogeneity", lambda one: one.quality.homogeneity),
            Curve("completeness", lambda one: one.quality.completeness),
        ),
    ),
)  # fmt: skip


def draw_curves(
    rows: Sequence[Measured], *, ks: range, present: int, elbow: int | None
) -> go.Figure:
    """All measures that are defined, over k.

    Args:
        rows: by k; there may be gaps.
        ks: from where to where k goes, measured already or not.
        present: the k that is shown elsewhere; it is marked.
        elbow: the k at which the inertia bends; None where it does not.
    """
    panels = [one for one in _PANELS if any(_is_defined(curve, rows) for curve in one.curves)]
    n_rows = -(-len(panels) // _COLUMNS)
    figure = make_subplots(
        n_rows, _COLUMNS, vertical_spacing=0.3 / n_rows, horizontal_spacing=0.06,
        subplot_titles=[f"<b>{one.title}</b><br><sup>{one.hint}</sup>" for one in panels],
    )  # fmt: skip
    for place, panel in enumerate(panels):
        row, column = divmod(place, _COLUMNS)
        for number, curve in enumerate(panel.curves):
            if _is_defined(curve, rows):
                trace = _trace(curve, rows, COLORS[number], legend=len(panel.curves) > 1)
                figure.add_trace(trace, row + 1, column + 1)
        if panel.title == "Inertia" and elbow is not None:
            bend = {"dash": "dot", "width": 1.5, "color": _MARK}
            figure.add_vline(elbow, row=row + 1, col=column + 1, line=bend)
    figure.add_vline(present, line={"width": 8, "color": _MARK}, opacity=0.3)
    _lay_out(figure, ks, n_rows)
    return figure


def _is_defined(curve: Curve, rows: Sequence[Measured]) -> bool:
    return any(curve.value(row) is not None for row in rows)


def _trace(curve: Curve, rows: Sequence[Measured], color: str, *, legend: bool) -> go.Scatter:
    defined = [row for row in rows if curve.value(row) is not None]
    reaches = [curve.reach(row) for row in defined]
    bars = {
        "type": "data",
        "symmetric": False,
        "array": [up for up, _ in reaches],
        "arrayminus": [down for _, down in reaches],
        "visible": any(up or down for up, down in reaches),
        "thickness": 1,
    }
    return go.Scatter(
        x=[row.k for row in defined], y=[curve.value(row) for row in defined], error_y=bars,
        mode="lines+markers", name=curve.name, showlegend=legend,
        marker={"size": 8, "color": color}, line={"width": 1.5, "color": color},
        # A click chooses a k: it is no reason for the other points to fade.
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
        hovertemplate=f"k = %{{x}}: {curve.name} %{{y:.4g}}<extra></extra>",
    )  # fmt: skip


def _lay_out(figure: go.Figure, ks: range, n_rows: int) -> None:
    tick = max(1, round(len(ks) / 8))
    figure.update_xaxes(range=[ks[0] - 0.5, ks[-1] + 0.5], tick0=ks[0], dtick=tick, fixedrange=True)
    figure.update_yaxes(fixedrange=True, nticks=5)
    figure.update_layout(
        height=_ROW_HEIGHT * n_rows + 60, hovermode="closest", dragmode="pan",
        clickmode="event+select", margin={"l": 10, "r": 10, "t": 60, "b": 10},
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": -0.12, "yanchor": "top"},
    )  # fmt: skip
