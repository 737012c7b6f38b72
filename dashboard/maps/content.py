"""What the maps component fetches: the maps of a layer as one picture, and facts on each."""

import json

import numpy as np
from numpy.typing import NDArray

from core.network.feature_maps import FeatureMaps
from core.network.map_pictures import draw_grid, encode_grid

COLUMNS = 16
"""Maps in a row of the picture; on the page there are as many as find room."""


def draw_sheet(maps: FeatureMaps, *, scale: str, peak: float | None = None) -> bytes:
    """All maps in the order of their channels as a PNG, `COLUMNS` in a row, nothing between them.

    Args:
        maps: of a layer, in any order.
        scale: `each` by its own largest value, or `all` alike.
        peak: for `all` the value that is strongest; None: the largest of these maps.

    Raises:
        CoreError: there is no such scale.
    """
    whole = _by_channel(maps).maps
    return encode_grid(draw_grid(whole, scale=scale, columns=COLUMNS, gap=0, peak=peak))


def draw_one(maps: FeatureMaps, channel: int, *, scale: str, peak: float | None = None) -> bytes:
    """One map as a PNG, a pixel for each value; where `all` are alike, so is this one.

    Raises:
        CoreError: there is no such channel, or no such scale.
    """
    one = maps.of_channel(channel)
    if scale == "all" and peak is None:
        peak = strongest(maps)
    return encode_grid(draw_grid(one[None], scale=scale, tile=max(one.shape), peak=peak))


def strongest(maps: FeatureMaps) -> float:
    """The largest value of all maps."""
    return float(maps.maps.max(initial=0))


def write_facts(maps: FeatureMaps, *, size: int) -> str:
    """The JSON on the maps of one image, by channel, and how much of the image they cover.

    Args:
        maps: of a layer, the most active first.
        size: side of the image in pixels; a pooling may leave a rim of it out.
    """
    whole = _by_channel(maps)
    _, height, width = whole.maps.shape
    stride = maps.layer.stride or 1
    facts = {
        "columns": COLUMNS,
        "order": maps.channels.tolist(),
        "activations": _short(whole.activations),
        "peaks": _short(whole.maps.max(axis=(1, 2), initial=0)),
        "covers": [min(1, width * stride / size), min(1, height * stride / size)],
    }
    return json.dumps(facts, allow_nan=False, separators=(",", ":"))


def _by_channel(maps: FeatureMaps) -> FeatureMaps:
    return maps.in_order_of(np.arange(len(maps.channels)))


def _short(values: NDArray[np.float32]) -> list[float]:
    """Four digits are more than are shown."""
    return [float(f"{value:.4g}") for value in values.tolist()]
