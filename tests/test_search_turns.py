"""What killed processes left half-made is removed, and nothing that somebody is making."""

import pytest

from core.caching import turns
from core.caching.search_files import partial_of, search_folder
from core.errors import Cancelled
from core.progress import Watch
from core.shards.search_turns import take_place

WATCH = Watch()


@pytest.fixture
def beside(tmp_path):
    return tmp_path / "cache.sqlite"


def leave(place):
    """What is half-made of a place, with a file in it."""
    left = partial_of(place)
    left.mkdir(parents=True)
    (left / "values.npy").write_bytes(b"half")
    return left


def take(place, beside, watch=WATCH):
    return take_place(place, beside=beside, stage="search", watch=watch)


def test_what_was_left_of_this_place_and_of_others_is_removed(beside):
    place, other = search_folder(beside) / "one", search_folder(beside) / "other"
    left = [leave(place), leave(place), leave(other)]
    place.mkdir()
    index = leave(place / "index")
    with take(place, beside):
        assert not any(one.exists() for one in left)
        assert place.exists()
        assert index.exists()  # another turn
        with take(place / "index", beside):
            assert not index.exists()
    assert list(search_folder(beside).iterdir()) == [place]
    assert list(beside.parent.glob("*.lock")) == []


def test_what_somebody_makes_stays(beside):
    making, place = search_folder(beside) / "making", search_folder(beside) / "one"
    with take(making, beside):
        partial = leave(making)
        with take(place, beside):
            assert (partial / "values.npy").exists()


def test_by_another_path_to_the_cache_it_is_the_same_turn(beside, monkeypatch):
    """One process was told of the cache by its name alone."""
    monkeypatch.chdir(beside.parent)
    short = beside.relative_to(beside.parent)
    monkeypatch.setattr(turns, "_PAUSE_SECONDS", 0.001)
    gone = Watch(should_stop=lambda: True)
    with (
        take(search_folder(beside) / "one", beside),
        pytest.raises(Cancelled),
        take(search_folder(short) / "one", short, gone),
    ):
        pytest.fail("two are making the same")


def test_where_nothing_can_be_locked_all_of_it_stays(beside, monkeypatch):
    monkeypatch.setattr(turns, "_try", lambda path: None)
    place = search_folder(beside) / "one"
    left = leave(place)
    with take(place, beside):
        assert left.exists()
