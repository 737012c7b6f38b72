"""Sizes in bytes, and the largest that a cache may have."""

from core.errors import CoreError

DEFAULT_LIMIT = "20GB"
LIMIT_VARIABLE = "GROUPSIGHT_CACHE_LIMIT"
"""Of the environment: the limit where none is named."""
_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def read_size(text: str) -> int:
    """A size in bytes, such as `20 GB` or `500MB`; 0 stands for no limit.

    Raises:
        CoreError: it is none.
    """
    spelled = text.replace(" ", "").upper()
    unit = next((one for one in _UNITS if spelled.endswith(one)), "")
    number = spelled.removesuffix(unit)
    try:
        size = float(number) * _UNITS.get(unit, 1)
    except ValueError:
        size = -1.0
    if not 0 <= size < float("inf"):
        raise CoreError(f"{text!r} is no size: write 20GB, 500MB, or 0 for no limit")
    return int(size)


def format_size(size: int) -> str:
    """A size as people say it: 512 bytes, 3.4 MB, 21 GB."""
    for unit, worth in reversed(_UNITS.items()):
        if size >= worth:
            number = size / worth
            return f"{number:.1f} {unit}" if number < 10 else f"{number:.0f} {unit}"  # noqa: PLR2004
    return f"{size} bytes"
