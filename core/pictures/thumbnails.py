"""The two small pictures of an image that pages show: a thumbnail, and a larger preview."""

import io

from PIL import Image

from core.pictures.resizing import Pixels, resize

THUMBNAIL_SIDE = 128
"""Pixels of a thumbnail's longer side; tiny images are enlarged to it."""
PREVIEW_SIDE = 384
"""Pixels of a preview's longer side; images that are no larger have none."""
_QUALITY = 85


def draw_pictures(pixels: Pixels, *, longer: int) -> tuple[bytes, bytes | None]:
    """A thumbnail and a preview of RGB pixels (h, w, 3), as JPEGs.

    The thumbnail is scaled from the preview, which is a fraction of the work.

    Args:
        pixels: the image, perhaps already scaled down while it was decoded.
        longer: the longer side of the image in its own size.
    """
    if longer <= PREVIEW_SIDE:
        return _encode(_scale(pixels, THUMBNAIL_SIDE)), None
    preview = _scale(pixels, PREVIEW_SIDE)
    return _encode(_scale(preview, THUMBNAIL_SIDE)), _encode(preview)


def _scale(pixels: Pixels, side: int) -> Pixels:
    height, width = pixels.shape[:2]
    factor = side / max(height, width)
    wanted = {"width": max(1, round(width * factor)), "height": max(1, round(height * factor))}
    return resize(pixels, **wanted, method="bicubic")


def _encode(pixels: Pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
