"""Whose turn it is to make files of a search, and what a killed process left half-made of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.caching.search_files import search_folder
from core.caching.search_room import remove_abandoned, turn_at
from core.progress import Progress, Watch


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
    home = search_folder(beside)
    with turn_at(place, home, lambda: watch.step(Progress(stage))) as is_held:
        if is_held:
            remove_abandoned(place.parent, home, held=place)
        yield
