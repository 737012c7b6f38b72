"""The head of a file of any format: which it is and how large, or a reason why it is refused."""

import io
import re
import warnings
from contextlib import suppress

import PIL
import pillow_heif
from PIL import Image, UnidentifiedImageError

from core.pictures.limits import max_pixels, refuse_bytes, refuse_pixels
from core.pictures.strangers import describe_stranger

pillow_heif.register_heif_opener()

# Nobody reads a warning of Pillow's beside an image: what matters is raised, or turned into one.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

DECODER = f"2, Pillow {PIL.__version__}, pillow-heif {pillow_heif.__version__}"
"""Who judges whether an image can be read: another one may judge otherwise."""

# Blocks of this size are given back to the system when they are freed: malloc keeps smaller ones
# (mallopt(3), M_MMAP_THRESHOLD: at most 32 MiB).
Image.core.set_block_size(64 << 20)  # type: ignore[attr-defined]

# EPS is a program: Pillow would hand it to Ghostscript to run. It stays out.
Image.init()
FORMATS = tuple(sorted(set(Image.OPEN) - {"EPS"}))
SUFFIXES = frozenset(
    suffix for suffix, name in Image.registered_extensions().items() if name in FORMATS
)
"""Endings, lower case and with their dot, that name an image."""

MEMORY = {"WEBP": 2.0, "AVIF": 1.25, "HEIF": 1.25, "JPEG2000": 2.5}
"""How much more memory than others these formats take, decoded at once instead of row by row."""


class ImageProblem(Exception):  # noqa: N818 - listed beside the image, not raised at the user
    """Why one image cannot be used, in words for the person who owns it.

    Attributes:
        judge: who found that; None where it is of the moment, such as an unplugged disk.
    """

    def __init__(self, reason: str, *, judge: str | None = None) -> None:
        super().__init__(reason)
        self.judge = judge


def explain(error: Exception, sides: str = "it cannot be opened") -> ImageProblem:
    """What an exception of a decoder's says to the person who owns the image."""
    if isinstance(error, ImageProblem):
        return error
    if isinstance(error, MemoryError):
        return ImageProblem(f"too large for this machine's memory: {sides}")
    if isinstance(error, Image.DecompressionBombError):  # of a picture within the file
        number = re.search(r"\d+", str(error))
        return _too_many(f"{int(number[0]) if number else 0:,} pixels")
    return ImageProblem(f"damaged: {_one_line(error)}", judge=DECODER)


def open_head(data: bytes) -> Image.Image:
    """The image with none of its pixels decoded.

    Raises:
        ImageProblem: it is empty, no image, or over the limits.
    """
    if not data:
        raise ImageProblem("the file is empty (0 bytes)", judge=DECODER)
    if refused := refuse_bytes(len(data)):
        raise ImageProblem(refused)
    limit = max_pixels()
    Image.MAX_IMAGE_PIXELS = (limit + 1) // 2 or None  # Pillow raises from twice as many on
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        begun = _begins_like(data)
        reason = f"damaged: cut short or broken in the head of this {begun} file" if begun else None
        raise ImageProblem(reason or describe_stranger(data), judge=DECODER) from error
    except Image.DecompressionBombError as error:
        sides = _sides(data)
        raise (_too_many(f"{sides} pixels") if sides else explain(error)) from error
    except Exception as error:  # a decoder may raise anything on hostile bytes
        raise explain(error) from error
    width, height = image.size
    weight = MEMORY.get(image.format or "", 1.0)
    if limit and width * height * weight > limit:
        extra = "" if weight == 1 else f" ({image.format} takes {weight:g} times the memory)"
        raise _too_many(f"{width} x {height} pixels{extra}")
    return image


def _too_many(size: str) -> ImageProblem:
    return ImageProblem(refuse_pixels(size, max_pixels()), judge=judges()[1])


def judges() -> tuple[str, str]:
    """Who judges: the decoder, and the decoder under the present limit where that alone decides.

    So an image that was refused for its size is looked at again once the limit is another, and
    all that is damaged is not.
    """
    return DECODER, f"{DECODER}, at most {max_pixels()} px"


def _sides(data: bytes) -> str | None:
    """Width and height of what Pillow's own guard has refused before they could be asked."""
    name = _begins_like(data)
    if name is not None:
        with suppress(Exception):  # a decoder may raise anything on hostile bytes
            return "{} x {}".format(*Image.OPEN[name][0](io.BytesIO(data), "").size)
    return None


def _begins_like(data: bytes) -> str | None:
    """The format whose first bytes these are."""
    for name in FORMATS:
        accepts = Image.OPEN[name][1]
        with suppress(Exception):  # some look further than there are bytes
            if accepts is not None and accepts(data[:16]) is True:
                return name
    return None


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
