"""Images as the bytes of a file, upright or with a word on how to turn them."""

import io

from PIL import ExifTags, Image


def encode(image, kind="JPEG", **options):
    """The bytes of a file of this kind; options are Pillow's."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def turned(orientation):
    """EXIF that says how an image is to be turned upright, 1 to 8."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return exif
