"""Which versions of the libraries are installed: part of what makes a result."""

from functools import cache
from importlib import metadata


@cache
def version(package: str) -> str:
    """The version of an installed package, asked once: it takes milliseconds each time."""
    return metadata.version(package)
