"""The map of a report: every image a point, as SVG that needs no script."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.export.markup import Markup, count, element, join
from core.palette import Style

StyleOf = Callable[[int], Style]
"""From the number of a cluster to its colour and symbol."""

SHAPES = {
    "circle": "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "diamond": "m0-5l5 5l-5 5l-5-5z",
    "square": "m-3.6-3.6h7.2v7.2h-7.2z",
    "cross": "m-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
    "triangle-up": "m0-4.6l4.8 8h-9.6z",
    "star": "m0-5.2l1.5 3.4l3.7.3l-2.8 2.5l.9 3.6l-3.3-1.9l-3.3 1.9l.9-3.6l-2.8-2.5l3.7-.3z",
    "hexagon": "m0-4.8l4.2 2.4v4.8l-4.2 2.4l-4.2-2.4v-4.8z",
    "x": "m-2.3-4.4l2.3 2.3l2.3-2.3l2.1 2.1l-2.3 2.3l2.3 2.3l-2.1 2.1l-2.3-2.3l-2.3 2.3l-2.1-2.1"
    "l2.3-2.3l-2.3-2.3z",
}
"""Symbols by Plotly's names, from their centre, about 9 units wide."""

MOST_TITLED = 5_000
"""Beyond, points say their cluster but not their image: a report is to stay small."""

_MARGIN = 24
_MOST_LABELS = 40
_FLATTEST, _TALLEST = 0.5, 0.8
_WIDTHS = ((300, 680), (1_000, 900), (5_000, 1_200), (50_000, 1_800))
"""Up to so many images the map is so wide, in units of which a symbol has 9."""
_WIDEST = 2_600
_LABEL_SHARE = 1 / 75
"""Of the width: 13 pixels on a page of usual width."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Where the points lie in the picture: (n, 2) from its upper left corner, and its size."""

    places: NDArray[np.float64]
    width: float
    height: float


def draw_map(
    coordinates: NDArray[np.float32],
    clusters: NDArray[np.int32],
    names: Sequence[str],
    titles: Sequence[str],
    style_of: StyleOf,
) -> Markup:
    """The map as an `svg`. Each cluster is a link to `#cluster-N`, which the keyboard reaches.

    Args:
        coordinates: of n images, (n, 2); of further columns nothing is shown.
        clusters: the cluster of each, (n,).
        names: of the clusters.
        titles: of the images, shown on hover; beyond 5,000 images they are left out.
        style_of: how a cluster is drawn.
    """
    plane = lay_out(coordinates)
    groups, labels = [], []
    for cluster in np.unique(clusters).tolist():
        members = np.flatnonzero(clusters == cluster)
        points = _draw_points(plane.places[members], _titles(members, titles), style_of(cluster))
        groups.append(_link(cluster, names[cluster], points, len(members)))
        labels.append(_label(names[cluster], plane.places[members], plane.width * _LABEL_SHARE))
    shown = labels if len(labels) <= _MOST_LABELS else []
    return element(
        "svg", *groups, *shown,
        viewBox=f"0 0 {plane.width:.0f} {plane.height:.0f}",
        role="group", aria_label=f"Map of {count(len(clusters), 'image')}",
    )  # fmt: skip


def lay_out(coordinates: NDArray[np.float32]) -> Plane:
    """Coordinates in a picture: both axes in one scale, the second upwards, in the middle."""
    flat = coordinates[:, :2].astype(np.float64) * (1, -1)  # (n, 2)
    low, high = flat.min(axis=0), flat.max(axis=0)
    span = np.where(high > low, high - low, 1.0)  # (2,)
    width = next((wide for most, wide in _WIDTHS if len(flat) <= most), _WIDEST)
    height = width * float(np.clip(span[1] / span[0], _FLATTEST, _TALLEST))
    size = np.array([width, height])
    scale = float(((size - 2 * _MARGIN) / span).min())
    places = (flat - (low + high) / 2) * scale + size / 2
    return Plane(places, width, height)


def draw_symbol(style: Style) -> Markup:
    """A symbol by itself, for a legend."""
    shape = element("path", d=f"M0 0{_shape(style)}", fill=style.color)
    return element("svg", shape, viewBox="-6 -6 12 12", class_="symbol", aria_hidden="true")


def _shape(style: Style) -> str:
    return SHAPES.get(style.symbol, SHAPES["circle"])


def _titles(members: NDArray[np.int64], titles: Sequence[str]) -> list[str] | None:
    if len(titles) > MOST_TITLED:
        return None
    return [titles[row] for row in members.tolist()]


def _draw_points(places: NDArray[np.float64], titles: list[str] | None, style: Style) -> Markup:
    """A path for each point with its title, or one path for all."""
    drawn = list(_paths(places, _shape(style)))
    if titles is None:
        return element("path", d="".join(drawn), fill=style.color)
    points = (
        element("path", element("title", title), d=path)
        for path, title in zip(drawn, titles, strict=True)
    )
    return element("g", join(points), fill=style.color)


def _paths(places: NDArray[np.float64], shape: str) -> Iterator[str]:
    for x, y in places.tolist():
        yield f"M{_short(x)} {_short(y)}{shape}"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _link(cluster: int, name: str, points: Markup, size: int) -> Markup:
    title = f"{name}: {count(size, 'image')}"
    return element(
        "a", element("title", title), points,
        href=f"#cluster-{cluster}", class_="points", aria_label=title,
    )  # fmt: skip


def _label(name: str, places: NDArray[np.float64], font_size: float) -> Markup:
    """The name where most of the cluster is; links say it already to those who cannot see it."""
    x, y = np.median(places, axis=0).tolist()
    short = name if len(name) <= 28 else f"{name[:27]}…"  # noqa: PLR2004 - as long as it is legible
    at = {"x": _short(x), "y": _short(y), "font_size": _short(font_size)}
    return element("text", short, **at, aria_hidden="true")
