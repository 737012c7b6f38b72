"""Room from the files of the search: what was used longest ago, and what killed processes left.

What somebody is making stays. What a search has open is readable until it ends: where the system
does not grant that, as Windows does not, its folder cannot be renamed, and stays as well.
"""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from core.caching.search_files import (
    INDEX_FOLDER,
    measure_folder,
    partial_of,
    place_of_partial,
)
from core.caching.turns import take_turn


class _TakenError(Exception):
    """Another has the turn."""


def turn_at(
    place: Path, home: Path, meanwhile: Callable[[], object]
) -> AbstractContextManager[bool]:
    """The only turn at making a folder of search files; the same by whatever path they are known.

    Args:
        place: the folder.
        home: where all of them lie.
        meanwhile: called again and again while another has it.
    """
    return take_turn(home, place.relative_to(home).as_posix(), meanwhile=meanwhile)


def keep_latest(home: Path, count: int) -> None:
    """Give up all places but those that were used last."""
    for place in _oldest_first(home)[::-1][count:]:
        _give_up(place, home)


def give_up_oldest(home: Path, wanted: int) -> int:
    """Give up what nobody uses, then what was used longest ago, until it comes to enough.

    Args:
        home: where the places lie; it need not be there.
        wanted: how many bytes shall be given up.

    Returns:
        How many were: fewer where somebody is making what is left, more where a place is large.
    """
    given_up = remove_abandoned(home, home)
    for place in _oldest_first(home):
        if given_up >= wanted:
            break
        given_up += _give_up(place, home)
    return given_up


def remove_abandoned(folder: Path, home: Path, *, held: Path | None = None) -> int:
    """Remove what killed processes left half-made in a folder; how many bytes that were.

    Args:
        folder: `home` or one of its places.
        home: where the places lie.
        held: the place whose turn is held here, if one is.
    """
    removed = 0
    for left in folder.glob(".*-*"):
        place = place_of_partial(left)
        if place == held:
            removed += _remove(left)
            continue
        with suppress(_TakenError), turn_at(place, home, _refuse) as is_held:
            if is_held:  # else no file can be locked here, and somebody may be making it
                removed += _remove(left)
    return removed


def _give_up(place: Path, home: Path) -> int:
    """Give up a place whole, or not at all, as while somebody makes it or its index."""
    aside = partial_of(place)
    with (
        suppress(_TakenError, OSError),
        turn_at(place, home, _refuse),
        turn_at(place / INDEX_FOLDER, home, _refuse),
    ):
        place.rename(aside)
        return _remove(aside)
    return 0


def _remove(folder: Path) -> int:
    """How many bytes went."""
    size = measure_folder(folder)
    shutil.rmtree(folder, ignore_errors=True)
    return size - measure_folder(folder)


def _oldest_first(home: Path) -> list[Path]:
    """The places, by when they were used last."""
    used = []
    for place in home.glob("[!.]*"):
        with suppress(FileNotFoundError):  # another process was quicker
            used.append((place.stat().st_mtime, place))
    return [place for _, place in sorted(used)]


def _refuse() -> None:
    raise _TakenError
