"""The few hundred bytes that a rerun sends the map."""

from collections.abc import Sequence
from typing import Any

from dashboard.scatter.content import ZOOM_NUMBERS, Coloring, Edges, MapContent, Range, Zoom


def describe_content(content: MapContent) -> dict[str, Any]:
    """The content as JSON."""
    return {
        "n": int(content.n_images),
        "dimensions": int(content.n_dimensions),
        "ids": content.ids,
        "coordinates": content.coordinates,
        "clusters": content.clusters,
        "fit": content.fit,
        "names": content.names,
        "thumbnail": content.thumbnail,
        "drawn": None if content.drawn is None else content.drawn.address,
        "sample": None if content.drawn is None else content.drawn.words,
    }


def describe_coloring(coloring: Coloring) -> dict[str, Any]:
    """The colors as JSON."""
    scale = coloring.scale
    about: dict[str, Any] = {"title": coloring.title, "address": coloring.address}
    if isinstance(scale, Range):
        return about | {"groups": None, "range": [float(scale.low), float(scale.high)]}
    groups = [{"name": one.name, "color": one.color, "symbol": one.symbol} for one in scale]
    return about | {"groups": groups, "range": None}


def describe_edges(edges: Edges | None) -> list[Any] | None:
    """The edges as JSON: the row, and the others."""
    return None if edges is None else [int(edges.row), [int(row) for row in edges.others]]


def describe_rows(rows: Sequence[int]) -> list[int]:
    """Rows as JSON, which knows no numpy."""
    return [int(row) for row in rows]


def describe_zoom(zoom: Zoom | None, content: MapContent) -> list[float] | None:
    """The zoom as JSON; one of a map with other dimensions is none."""
    if zoom is None or len(zoom) != ZOOM_NUMBERS[content.n_dimensions]:
        return None
    return [float(one) for one in zoom]
