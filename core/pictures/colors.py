"""Pixels of any mode to 8-bit RGB, a band of rows at a time: two copies of an image, never more."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_BAND_PIXELS = 1 << 20
_WIDE_GREY_MODES = {"I;16", "I;16L", "I;16B", "I;16N", "I"}


def to_rgb(image: Image.Image) -> Image.Image:
    """Any image as 8-bit RGB, alpha laid over white; the same object where it is that already.

    Raises:
        ValueError: it holds values that are not finite numbers.
    """
    if image.mode == "RGB" and "transparency" not in image.info:
        return image.copy() if image.readonly else image
    convert = _conversion(image)
    if image.width * image.height <= _BAND_PIXELS:
        return convert(image)
    made = Image.new("RGB", image.size)
    for top, band in _bands(image):
        made.paste(convert(band), (0, top))
    return made


def to_array(image: Image.Image) -> NDArray[np.uint8]:
    """The pixels of an RGB image as (height, width, 3): a copy of its own, and no second one."""
    if image.width * image.height <= _BAND_PIXELS:
        return np.array(image)
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top, band in _bands(image):
        pixels[top : top + band.height] = np.asarray(band)
    return pixels


def _bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Some rows after the other, each with the number of its first."""
    rows = max(1, _BAND_PIXELS // image.width)
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(image.height, top + rows)))


def _conversion(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """What turns the image, or a part of it, to RGB."""
    if image.mode in _WIDE_GREY_MODES:
        return lambda part: _grey_to_rgb(np.asarray(part).astype(np.float64) / 257.0)
    if image.mode == "F":
        low, high = _extent(image)
        return lambda part: _grey_to_rgb(_stretch(np.asarray(part), low, high))
    if image.has_transparency_data:
        return _over_white
    return lambda part: part.convert("RGB")


def _grey_to_rgb(values: NDArray[np.float64]) -> Image.Image:
    """Values in [0, 255] to RGB. Pillow's own conversion of 16 bits clips instead of scaling."""
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8)).convert("RGB")


def _extent(image: Image.Image) -> tuple[float, float]:
    """What becomes black and what white: 0 and 1 where all lies between, else the extremes."""
    ranges = [(part.min(), part.max()) for part in map(np.asarray, _parts(image))]
    low, high = float(np.min(ranges)), float(np.max(ranges))
    if not np.isfinite(low) or not np.isfinite(high):
        raise ValueError("holds values that are not finite numbers")
    return (0.0, 1.0) if low >= 0.0 and high <= 1.0 else (low, high)


def _parts(image: Image.Image) -> Iterator[Image.Image]:
    return (band for _, band in _bands(image))


def _stretch(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.float64]:
    """Floats in [low, high] to [0, 255]."""
    return (values.astype(np.float64) - low) / (high - low or 1.0) * 255.0


def _over_white(image: Image.Image) -> Image.Image:
    """What a page shows: hidden pixels under full transparency are often arbitrary."""
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")
