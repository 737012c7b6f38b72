"""The files that a search over all images of shards keeps beside a cache file.

All of them can be made again: from the shards and from what the cache file holds.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from core.errors import CoreError


def search_folder(cache: Path) -> Path:
    """Where they lie; it need not be there."""
    return cache.with_name(f"{cache.stem}.search")


def measure_search_files(cache: Path) -> int:
    """How many bytes they take; 0 where there are none."""
    total = 0
    for file in search_folder(cache).rglob("*"):
        with suppress(OSError):  # another process may be giving it up
            total += file.stat().st_size if file.is_file() else 0
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
