"""Whose turn it is to make files of a search, and what a killed process left half-made of them.

What is made is written under another name beside its place, and renamed when it is whole.
"""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from core.caching.search_files import search_folder
from core.caching.turns import take_turn
from core.progress import Progress, Watch


class _TakenError(Exception):
    """Another has the turn."""


def partial_of(place: Path) -> Path:
    """Where a folder is written until it is whole; each time another name."""
    return place.with_name(f".{place.name}-{secrets.token_hex(4)}")


@contextmanager
def take_place(place: Path, *, beside: Path, stage: str, watch: Watch) -> Iterator[None]:
    """Hold the only turn at making a folder; what others left half-made is removed.

    Args:
        place: the folder, among the search files.
        beside: the cache file.
        stage: what is told while another has the turn.
        watch: told of it.

    Raises:
        Cancelled: `watch` said so while another had the turn.
    """
    with _turn_at(place, beside, lambda: watch.step(Progress(stage))) as is_held:
        if is_held:
            _remove_partials(place, beside)
        yield


def _turn_at(
    place: Path, beside: Path, meanwhile: Callable[[], object]
) -> AbstractContextManager[bool]:
    """The same one by whatever path the cache file was opened."""
    home = search_folder(beside)
    return take_turn(home, place.relative_to(home).as_posix(), meanwhile=meanwhile)


def _remove_partials(place: Path, beside: Path) -> None:
    """Those of a place whose turn is held here, and those beside it that nobody is making."""
    for left in place.parent.glob(".*-*"):
        its_place = place.with_name(left.name[1:].rpartition("-")[0])
        if its_place == place:
            shutil.rmtree(left, ignore_errors=True)
            continue
        with suppress(_TakenError), _turn_at(its_place, beside, _give_up) as is_held:
            if is_held:  # else no file can be locked here, and somebody may be making it
                shutil.rmtree(left, ignore_errors=True)


def _give_up() -> None:
    raise _TakenError
