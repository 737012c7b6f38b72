"""Bytes of small images of every format, and of images of any size that nobody ever drew."""

import io
import struct
import zlib

import numpy as np
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()

FORMATS = {
    "png": "PNG", "jpg": "JPEG", "gif": "GIF", "webp": "WEBP", "tiff": "TIFF", "bmp": "BMP",
    "heic": "HEIF", "avif": "AVIF",
}  # fmt: skip
_PNG = b"\x89PNG\r\n\x1a\n"
SPARE = 20
"""Bytes at the end of a PNG that follow its last pixel: two checksums and a mark."""


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    """The bytes of a file."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(seed: int, side: int = 24) -> Image.Image:
    """Pixels that do not compress, so that a cut file lacks some of them."""
    values = np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return Image.fromarray(values)


def png(width: int, height: int, *, depth: int = 8, colors: int = 0, pixels: bool = True) -> bytes:
    """A black PNG of any size, made without its pixels in memory (W3C PNG, sections 5 and 11).

    Args:
        width: in pixels.
        height: in pixels.
        depth: bits of a channel.
        colors: 0 grey, 2 RGB, 6 RGBA.
        pixels: whether there are any, or the head alone.
    """
    head = struct.pack(">IIBBBBB", width, height, depth, colors, 0, 0, 0)
    row = bytes(1 + -(-width * depth * {0: 1, 2: 3, 6: 4}[colors] // 8))
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(row) for _ in range(height if pixels else 0)) + packer.flush()
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return _PNG + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
