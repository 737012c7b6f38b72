"""The files that a search over all images of shards keeps beside a cache file.

All of them can be made again: from the shards and from what the cache file holds. What is made is
written under another name beside its place, and renamed when it is whole.
"""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from core.errors import CoreError

INDEX_FOLDER = "index"
"""Of a place: where its index lies, which is made in a turn of its own."""


def search_folder(cache: Path) -> Path:
    """Where they lie, a place for each set of prepared features; it need not be there."""
    return cache.with_name(f"{cache.stem}.search")


def partial_of(place: Path) -> Path:
    """Where a folder is written until it is whole; each time another name."""
    return place.with_name(f".{place.name}-{secrets.token_hex(4)}")


def place_of_partial(partial: Path) -> Path:
    """What it would have become."""
    return partial.with_name(partial.name[1:].rpartition("-")[0])


def measure_search_files(cache: Path) -> int:
    """How many bytes they take; 0 where there are none."""
    return measure_folder(search_folder(cache))


def measure_folder(folder: Path) -> int:
    """How many bytes its files take, those in its folders among them."""
    total = 0
    for parent, _, names in os.walk(folder):  # which passes over what is not there any more
        for name in names:
            with suppress(OSError):  # another process may be giving it up
                total += (Path(parent) / name).stat().st_size
    return total


def clear_search_files(cache: Path) -> None:
    """Give all of them up.

    Raises:
        CoreError: they cannot be removed.
    """
    folder = search_folder(cache)
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise CoreError(
            f"{folder} cannot be cleared: {error.strerror or error}. Close what uses it and clear "
            "it again"
        ) from error
