"""From bytes to pixels: every format becomes upright 8-bit RGB, or a reason why not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.pictures.colors import to_rgb
from core.pictures.limits import DEFAULT_MAX_PIXELS, read_pixels
from core.pictures.opening import (
    DECODER,
    MEMORY,
    SUFFIXES,
    ImageProblem,
    explain,
    judges,
    open_head,
)
from core.pictures.orientation import TURNED_BY_90, read_orientation, turn_upright
from core.pictures.progressive import MOST_SCANS, count_scans
from core.pictures.room import Room

__all__ = [
    "DECODER",
    "SUFFIXES",
    "Decoded",
    "ImageProblem",
    "decode",
    "decode_scaled",
    "decoding",
    "judges",
    "portable_pixmap",
]

_ROOM = Room(read_pixels(DEFAULT_MAX_PIXELS))


@dataclass(frozen=True, slots=True)
class Decoded:
    """An upright 8-bit RGB image, perhaps scaled down, and its own width and height in pixels."""

    image: Image.Image
    width: int
    height: int


Scale = Callable[[int, int], float]
"""From an image's two sides to the least share of them that is needed, up to 1."""


def decode(data: bytes) -> Image.Image:
    """The image as upright 8-bit RGB; of an animation the first frame, alpha laid over white.

    Raises:
        ImageProblem: it cannot be decoded. Nothing is filled in here; of a JPEG damaged in its
            middle but properly ended, libjpeg itself fills in the rest and tells nobody.
    """
    return decode_scaled(data, lambda _width, _height: 1.0).image


def decode_scaled(data: bytes, scale: Scale) -> Decoded:
    """Like `decode`, but a JPEG may come out smaller, by whole powers of 2, down to `scale`.

    A large photograph then takes a quarter of the time, and every byte of it is still looked at.

    Raises:
        ImageProblem: it cannot be decoded.
    """
    with decoding(data, scale) as decoded:
        return decoded


@contextmanager
def decoding(data: bytes, scale: Scale) -> Iterator[Decoded]:
    """Like `decode_scaled`, for as long as the pixels are needed: memory is held free for them.

    Raises:
        ImageProblem: it cannot be decoded.
    """
    image = open_head(data)
    width, height = image.size
    try:
        share = scale(width, height) if image.format == "JPEG" else 1.0
        if share < 1:
            image.draft(None, least_size(width, height, share))
        pixels = _weigh(image, data, width * height)
    except Exception as error:  # a decoder may raise anything on hostile bytes
        raise explain(error, f"{width} x {height}") from error
    with _ROOM.hold(pixels):
        decoded = _load(image, share, width, height)
        del image
        yield decoded
        del decoded  # before others are let in: no room is given back that is still taken


def least_size(width: int, height: int, share: float) -> tuple[int, int]:
    """Width and height that a share of the sides amounts to."""
    return ceil(width * share), ceil(height * share)


def _load(image: Image.Image, share: float, width: int, height: int) -> Decoded:
    try:
        image.load()
        if share == 1:
            width, height = image.size  # some formats turn the image while it is loaded
        orientation = read_orientation(image)
        if orientation in TURNED_BY_90:
            width, height = height, width
        rgb = to_rgb(image)
        if rgb is not image:
            image.close()  # its pixels would take room while the copy is turned
        return Decoded(turn_upright(rgb, orientation), width, height)
    except Exception as error:  # a decoder may raise anything on hostile bytes
        problem = explain(error, f"{width} x {height}")
    image.close()
    raise problem  # without its cause, whose trace would keep the pixels


def _weigh(image: Image.Image, data: bytes, pixels: int) -> int:
    """How many pixels of memory decoding takes: of a progressive JPEG all, however it shrinks."""
    if image.format == "JPEG" and image.info.get("progressive"):
        if (scans := count_scans(data)) > MOST_SCANS:
            reason = f"a JPEG of {scans:,} scans, at most {MOST_SCANS} are read: save it anew"
            raise ImageProblem(reason, judge=DECODER)
        return pixels
    return int(image.width * image.height * MEMORY.get(image.format or "", 1.0))


def portable_pixmap(pixels: NDArray[np.uint8], *, maximum: int = 255) -> bytes:
    """Grey (height, width) or RGB (height, width, 3) values as a binary PGM or PPM file.

    Images that have no file get the bytes of one. The format has one spelling for given pixels,
    so their id is the same on every machine.
    """
    kind = {2: "P5", 3: "P6"}[pixels.ndim]
    height, width = pixels.shape[:2]
    return f"{kind} {width} {height} {maximum}\n".encode() + np.ascontiguousarray(pixels).tobytes()
