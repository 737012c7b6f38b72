"""Pictures of maps: all of a layer as a grid, one laid over its image; colours that read in grey.

Numbers become shades of cividis (J. Nuñez, C. Anderton and R. Renslow, "Optimizing colormaps with
consideration for color vision deficiency", PLOS ONE 13(7), 2018), whose lightness grows evenly for
everyone. What speaks for and against something is orange and blue (P. Tol, technical note
SRON/EPS/TN/09-002, 2021), over a grey image, and nothing where it is neutral.
"""

import io
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.errors import check_choice
from core.pictures.resizing import Pixels

SCALES = ("each", "all")
GAP = 0
"""The value of a grid where there is no map."""

_LEVELS = 255
_CIVIDIS = (
    "00224e", "123570", "3b496c", "575d6d", "707173",
    "8a8678", "a59c74", "c3b369", "e1cc55", "fee838",
)  # fmt: skip
"""At 0, 1/9, ... 1, straight between them."""
FOR, AGAINST = (238, 119, 51), (0, 119, 187)
_DENSEST = 0.8
"""How much of the colour is seen where it is strongest: the image shows through."""
TILE = 112
"""Pixels of a map's side in a grid, at most."""
_GREY = (0.299, 0.587, 0.114)


def draw_grid(
    maps: NDArray[np.float32],
    *,
    scale: str = "each",
    columns: int | None = None,
    tile: int = TILE,
    gap: int = 1,
    peak: float | None = None,
) -> NDArray[np.uint8]:
    """Maps (n, h, w) row by row in one picture: 1 to 255 from nothing to strongest, 0 between.

    Args:
        maps: none of their values below 0.
        scale: `each` by its own largest value, or `all` by the largest of all.
        columns: None: as many as make a square.
        tile: pixels of a map's side at most; larger maps are averaged by whole numbers.
        gap: pixels between two maps.
        peak: for `all` the value that is strongest; give one for two grids to compare. None: the
            largest there is.

    Raises:
        CoreError: there is no such scale.
    """
    check_choice("scale", scale, SCALES)
    small = _average(maps, max(1, ceil(max(maps.shape[1:]) / tile)))  # (n, h', w')
    n, height, width = small.shape
    columns = columns or max(1, ceil(sqrt(n)))
    rows = ceil(n / columns)
    cells = np.full((rows * columns, height + gap, width + gap), GAP, dtype=np.uint8)
    cells[:n, :height, :width] = _to_levels(small, scale, peak)
    across = cells.reshape(rows, columns, height + gap, width + gap).transpose(0, 2, 1, 3)
    grid = across.reshape(rows * (height + gap), columns * (width + gap))
    return grid[: grid.shape[0] - gap, : grid.shape[1] - gap]


def _average(maps: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Means of factor x factor values; what is left over at the edges is left out."""
    if factor == 1:
        return maps
    n, height, width = len(maps), maps.shape[1] // factor, maps.shape[2] // factor
    whole = maps[:, : height * factor, : width * factor]
    means: NDArray[np.float32] = whole.reshape(n, height, factor, width, factor).mean(axis=(2, 4))
    return means


def _to_levels(maps: NDArray[np.float32], scale: str, peak: float | None) -> NDArray[np.uint8]:
    peaks = maps.max(axis=(1, 2), keepdims=True, initial=0)  # (n, 1, 1)
    if scale == "all":
        peaks = np.full_like(peaks, peaks.max(initial=0) if peak is None else peak)
    shares = np.divide(maps, peaks, out=np.zeros_like(maps), where=peaks > 0).clip(0, 1)
    levels: NDArray[np.uint8] = (1 + np.rint(shares * (_LEVELS - 1))).astype(np.uint8)
    return levels


def encode_grid(grid: NDArray[np.uint8]) -> bytes:
    """A grid as a PNG in cividis; what is between the maps is transparent, on light and dark."""
    image = Image.fromarray(grid).convert("L")
    picture = Image.frombytes("P", image.size, image.tobytes())
    picture.putpalette(bytes(3) + _shades().tobytes())
    return _encode(picture, transparency=GAP)


def _shades() -> NDArray[np.uint8]:
    """Cividis in as many steps as a grid has values, uint8 (255, 3)."""
    anchors = np.array([list(bytes.fromhex(one)) for one in _CIVIDIS])  # (10, 3)
    places = np.linspace(0, 1, _LEVELS)
    at = np.linspace(0, 1, len(anchors))
    shades = np.stack([np.interp(places, at, channel) for channel in anchors.T], axis=1)
    whole: NDArray[np.uint8] = np.rint(shades).astype(np.uint8)
    return whole


def overlay(
    pixels: Pixels, values: NDArray[np.floating], *, peak: float | None = None, side: int = 384
) -> Pixels:
    """Values (h, w) laid over a square image: orange above 0, blue below, nothing at 0.

    Args:
        pixels: uint8 (size, size, 3); seen in grey.
        values: smoothed to the image's size.
        peak: the value that is drawn most densely; give one for two pictures to compare. None:
            the largest there is.
        side: of the picture in pixels, where the image is smaller.

    Returns:
        uint8 (s, s, 3), s the larger of the image's and `side`.
    """
    largest = float(np.abs(values).max(initial=0)) if peak is None else peak
    seen = enlarge(pixels, side)  # (s, s, 3)
    shares = np.clip(values / (largest or 1.0), -1, 1).astype(np.float32)
    whole = Image.fromarray(shares).resize(seen.shape[1::-1], Image.Resampling.BILINEAR)
    smooth = np.asarray(whole)  # (s, s)
    grey = (seen @ np.array(_GREY))[..., None]  # (s, s, 1)
    colour = np.where(smooth[..., None] > 0, np.array(FOR), np.array(AGAINST))  # (s, s, 3)
    density = _DENSEST * np.abs(smooth)[..., None]  # (s, s, 1)
    mixed: Pixels = np.rint(grey * (1 - density) + colour * density).astype(np.uint8)
    return mixed


def enlarge(pixels: Pixels, side: int = 384) -> Pixels:
    """A square image of `side` pixels, or as it is where it is no smaller."""
    if len(pixels) >= side:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC))


def side_by_side(pictures: list[Pixels], *, gap: int = 8) -> Pixels:
    """Pictures of one height in a row, white between them."""
    between = np.full((pictures[0].shape[0], gap, 3), 255, dtype=np.uint8)
    parts = [part for picture in pictures for part in (between, picture)]
    return np.concatenate(parts[1:], axis=1)


def encode_picture(pixels: Pixels) -> bytes:
    """RGB or RGBA pixels as a PNG."""
    return _encode(Image.fromarray(pixels))


def _encode(image: Image.Image, **options: int) -> bytes:
    buffer = io.BytesIO()
    # Packed quickly rather than tightly: it is looked at once.
    image.save(buffer, "PNG", compress_level=1, **options)
    return buffer.getvalue()
