"""Which way up an image is: its EXIF orientation, and how its pixels are turned upright."""

from PIL import ExifTags, Image

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
TURNED_BY_90 = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""


def read_orientation(image: Image.Image) -> int:
    """1 to 8 as EXIF has it; 1 where it says nothing, or where Pillow turns the image itself."""
    if image.format == "TIFF":
        return 1
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # broken EXIF says nothing about the pixels, which are fine
        return 1
    return found if isinstance(found, int) and found in _TRANSPOSES else 1


def turn_upright(image: Image.Image, orientation: int) -> Image.Image:
    """The image turned by the pixels alone; itself where it is upright.

    `ImageOps.exif_transpose` fails on what else the EXIF holds.
    """
    method = _TRANSPOSES.get(orientation)
    return image if method is None else image.transpose(method)
