"""From bytes to pixels: every format becomes upright 8-bit RGB, or a reason why not."""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np
import PIL
import pillow_heif
from numpy.typing import NDArray
from PIL import ExifTags, Image, UnidentifiedImageError

pillow_heif.register_heif_opener()

# Nobody reads a warning of Pillow's beside an image: what matters is raised, or turned into one.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

MAX_PIXELS = 178_956_970
"""Larger images are refused by name: Pillow's own limit against decompression bombs."""

DECODER = f"1, Pillow {PIL.__version__}, pillow-heif {pillow_heif.__version__}, {MAX_PIXELS} px"
"""Who judges whether an image can be read: another one may judge otherwise."""

# Pillow's guard only warns below twice its limit, and a warning cannot be shown beside an image.
# `_open` below refuses everything over the limit instead.
Image.MAX_IMAGE_PIXELS = None

# EPS is a program: Pillow would hand it to Ghostscript to run. It stays out.
Image.init()
FORMATS = tuple(sorted(set(Image.OPEN) - {"EPS"}))
SUFFIXES = frozenset(
    suffix for suffix, name in Image.registered_extensions().items() if name in FORMATS
)
"""Endings, lower case and with their dot, that name an image."""

_WIDE_GREY_MODES = {"I;16", "I;16L", "I;16B", "I;16N", "I"}
_TRANSPOSES = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns an image upright, by its EXIF orientation."""
_TURNED_BY_90 = {5, 6, 7, 8}
"""EXIF orientations that swap width and height."""


class ImageProblem(Exception):  # noqa: N818 - listed beside the image, not raised at the user
    """Why one image cannot be used, in words for the person who owns it."""


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
    with _open(data) as image:
        width, height = image.size
        try:
            share = scale(width, height) if image.format == "JPEG" else 1.0
            if share < 1:
                image.draft(None, (ceil(width * share), ceil(height * share)))
            image.load()
            if share == 1:
                width, height = image.size  # some formats turn the image while it is loaded
            if _orientation(image) in _TURNED_BY_90:
                width, height = height, width
            return Decoded(_to_rgb(_upright(image)), width, height)
        except ImageProblem:
            raise
        except MemoryError as error:
            raise ImageProblem(f"too large for this machine's memory: {width, height}") from error
        except Exception as error:  # a decoder may raise anything on hostile bytes
            raise ImageProblem(f"damaged: {_one_line(error)}") from error


def _open(data: bytes) -> Image.Image:
    if not data:
        raise ImageProblem("the file is empty (0 bytes)")
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise ImageProblem(f"not an image: begins with {data[:12]!r}") from error
    except Exception as error:  # a decoder may raise anything on hostile bytes
        raise ImageProblem(f"damaged: {_one_line(error)}") from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ImageProblem(f"{width} x {height} pixels, over the limit of {MAX_PIXELS:,}")
    return image


def _orientation(image: Image.Image) -> int:
    """1 to 8 as EXIF has it; 1 where it says nothing, or where Pillow turns the image itself."""
    if image.format == "TIFF":
        return 1
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # broken EXIF says nothing about the pixels, which are fine
        return 1
    return found if isinstance(found, int) and found in _TRANSPOSES else 1


def _upright(image: Image.Image) -> Image.Image:
    """Turned by the pixels alone: `ImageOps.exif_transpose` fails on what else the EXIF holds."""
    method = _TRANSPOSES.get(_orientation(image))
    return image if method is None else image.transpose(method)


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB" and "transparency" not in image.info:
        return image.copy() if image.readonly else image
    if image.mode in _WIDE_GREY_MODES:
        return _grey_to_rgb(np.asarray(image).astype(np.float64) / 257.0)
    if image.mode == "F":
        return _grey_to_rgb(_stretch(np.asarray(image)))
    if image.has_transparency_data:
        return _over_white(image)
    return image.convert("RGB")


def _grey_to_rgb(values: NDArray[np.float64]) -> Image.Image:
    """Values in [0, 255] to RGB. Pillow's own conversion of 16 bits clips instead of scaling."""
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8)).convert("RGB")


def _stretch(
    values: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Floats to [0, 255]: as they are where they lie in [0, 1], else from minimum to maximum."""
    wide = values.astype(np.float64)
    low, high = float(wide.min()), float(wide.max())
    if not np.isfinite(low + high):
        raise ImageProblem("holds values that are not finite numbers")
    if low >= 0.0 and high <= 1.0:
        low, high = 0.0, 1.0
    return (wide - low) / (high - low or 1.0) * 255.0


def _over_white(image: Image.Image) -> Image.Image:
    """What a page shows: hidden pixels under full transparency are often arbitrary."""
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def portable_pixmap(pixels: NDArray[np.uint8], *, maximum: int = 255) -> bytes:
    """Grey (height, width) or RGB (height, width, 3) values as a binary PGM or PPM file.

    Images that have no file get the bytes of one. The format has one spelling for given pixels,
    so their id is the same on every machine.
    """
    kind = {2: "P5", 3: "P6"}[pixels.ndim]
    height, width = pixels.shape[:2]
    return f"{kind} {width} {height} {maximum}\n".encode() + np.ascontiguousarray(pixels).tobytes()
