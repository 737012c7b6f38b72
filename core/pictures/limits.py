"""How large an image may be, in pixels and in bytes: by the environment, which all readers see."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from core.caching.sizes import format_size, read_size
from core.errors import CoreError

PIXELS_VARIABLE = "GROUPSIGHT_MAX_PIXELS"
"""Of the environment: the most pixels where the command line names none."""
DEFAULT_MAX_PIXELS = "125MP"
"""As decoded here an image takes up to 8 bytes a pixel: 1 GB, and the program below 2 GB."""

FILE_SIZE_VARIABLE = "GROUPSIGHT_MAX_FILE_SIZE"
"""Of the environment: the most bytes of one file where the command line names none."""
DEFAULT_MAX_FILE_SIZE = "1GB"


def read_pixels(text: str) -> int:
    """A number of pixels, such as `200000000`, `200,000,000` or `200MP`; 0 stands for no limit.

    Raises:
        CoreError: it is none.
    """
    spelled = text.upper().translate(str.maketrans("", "", " ,_"))
    worth = 10**6 if spelled.endswith("MP") else 1
    number = spelled.removesuffix("MP")
    if not (number.isascii() and number.isdigit()):
        raise CoreError(
            f"{text!r} is no number of pixels: write 200000000, 200MP, or 0 for no limit"
        )
    return int(number) * worth


def max_pixels() -> int:
    """The most pixels that an image may have; 0: no limit.

    Raises:
        CoreError: the environment says something else.
    """
    return read_pixels(os.environ.get(PIXELS_VARIABLE, DEFAULT_MAX_PIXELS))


def max_file_size() -> int:
    """The most bytes that the file of an image may have; 0: no limit.

    Raises:
        CoreError: the environment says something else.
    """
    return read_size(os.environ.get(FILE_SIZE_VARIABLE, DEFAULT_MAX_FILE_SIZE))


def refuse_pixels(size: str, limit: int) -> str:
    """What is said of an image of too many pixels; `size` says how many."""
    return f"{size}, over the limit of {limit:,}: raise it with --max-pixels where it is no trap"


def refuse_bytes(size: int) -> str | None:
    """What is said of a file of that many bytes, if it is too large."""
    limit = max_file_size()
    if not limit or size <= limit:
        return None
    return (
        f"the file has {format_size(size)}, over the limit of {format_size(limit)}: "
        "raise it with --max-file-size"
    )


@contextmanager
def limited_to(*, pixels: str, file_size: str) -> Iterator[None]:
    """Limits as a command line gives them, for this process and as long as the context lasts.

    Raises:
        CoreError: one of them is no limit.
    """
    read_pixels(pixels)
    read_size(file_size)
    given = {PIXELS_VARIABLE: pixels, FILE_SIZE_VARIABLE: file_size}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
