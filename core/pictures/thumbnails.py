"""The two small pictures of an image that pages show: a thumbnail, and a larger preview."""

import io

from PIL import Image

from core.pictures.resizing import Pixels, resize

THUMBNAIL_SIDE = 128
"""Pixels of a thumbnail's longer side; tiny images are enlarged to it."""
PREVIEW_SIDE = 384
"""Pixels of a preview's longer side; images that are no larger have none."""
METHOD = "bicubic"
"""Of scaling."""
_QUALITY = 85

Size = tuple[int, int]
"""Width and height in pixels."""


def draw_pictures(pixels: Pixels, *, longer: int) -> tuple[bytes, bytes | None]:
    """A thumbnail and a preview of RGB pixels (h, w, 3), as JPEGs.

    The thumbnail is scaled from the preview, which is a fraction of the work.

    Args:
        pixels: the image, perhaps already scaled down while it was decoded.
        longer: the longer side of the image in its own size.
    """
    small, large = plan_pictures(pixels.shape[1], pixels.shape[0], longer=longer)
    if large is None:
        return encode_picture(_scale(pixels, small)), None
    preview = _scale(pixels, large)
    return encode_picture(_scale(preview, small)), encode_picture(preview)


def plan_pictures(width: int, height: int, *, longer: int) -> tuple[Size, Size | None]:
    """The sizes of an image's thumbnail and preview; None where it has no preview.

    Args:
        width: of the pixels that there are.
        height: of the pixels that there are.
        longer: the longer side of the image in its own size.
    """
    if longer <= PREVIEW_SIDE:
        return _fit(width, height, THUMBNAIL_SIDE), None
    preview = _fit(width, height, PREVIEW_SIDE)
    return _fit(*preview, THUMBNAIL_SIDE), preview


def _fit(width: int, height: int, side: int) -> Size:
    factor = side / max(width, height)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _scale(pixels: Pixels, size: Size) -> Pixels:
    return resize(pixels, width=size[0], height=size[1], method=METHOD)


def encode_picture(pixels: Pixels) -> bytes:
    """RGB pixels (h, w, 3) as a JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
