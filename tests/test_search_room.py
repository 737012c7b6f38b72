"""What was used longest ago is given up, and nothing that somebody is making or has open."""

import os

import numpy as np
import pytest

from core.caching import turns
from core.caching.search_files import INDEX_FOLDER, partial_of
from core.caching.search_room import give_up_oldest, keep_latest, turn_at


@pytest.fixture
def home(tmp_path):
    """Three places of 100 bytes, half of them of the index; by their last use: c, a, b."""
    made = tmp_path / "cache.search"
    for day, name in enumerate("cab"):
        (made / name / INDEX_FOLDER).mkdir(parents=True)
        (made / name / "values.npy").write_bytes(bytes(50))
        (made / name / INDEX_FOLDER / "part").write_bytes(bytes(50))
        os.utime(made / name, (day, day))
    return made


def left(home):
    return "".join(sorted(one.name for one in home.iterdir()))


@pytest.mark.parametrize(
    ("wanted", "given_up", "stay"),
    [(0, 0, "abc"), (1, 100, "ab"), (100, 100, "ab"), (101, 200, "b"), (999, 300, "")],
)
def test_what_was_used_longest_ago_goes_until_it_is_enough(home, wanted, given_up, stay):
    assert give_up_oldest(home, wanted) == given_up
    assert left(home) == stay
    assert list(home.parent.iterdir()) == [home]  # no lock


@pytest.mark.parametrize(("count", "stay"), [(0, ""), (1, "b"), (2, "ab"), (5, "abc")])
def test_so_many_stay(home, count, stay):
    keep_latest(home, count)
    assert left(home) == stay


def test_where_there_is_nothing_nothing_is_given_up(tmp_path):
    keep_latest(tmp_path / "none", 2)
    assert give_up_oldest(tmp_path / "none", 100) == 0


@pytest.mark.parametrize("made", ["c", f"c/{INDEX_FOLDER}"])
def test_what_somebody_makes_stays_and_the_next_goes(home, made):
    with turn_at(home / made, home, meanwhile=pytest.fail):
        assert give_up_oldest(home, 1) == 100
        assert left(home) == "bc"
        keep_latest(home, 1)
        assert left(home) == "bc"
    keep_latest(home, 1)
    assert left(home) == "b"


def test_what_a_killed_process_has_left_goes_before_all_else(home):
    abandoned, making = (partial_of(home / name) for name in "xy")
    for one in (abandoned, making):
        one.mkdir()
        (one / "values.npy").write_bytes(bytes(30))
    with turn_at(home / "y", home, meanwhile=pytest.fail):
        assert give_up_oldest(home, 30) == 30
    assert sorted(one.name for one in home.iterdir()) == [making.name, "a", "b", "c"]


@pytest.mark.skipif(os.name == "nt", reason="there it cannot be renamed, and stays")
def test_what_is_open_is_read_to_its_end(home):
    np.save(home / "c" / "values.npy", np.arange(5))
    opened = np.load(home / "c" / "values.npy", mmap_mode="r")
    give_up_oldest(home, 1)
    assert left(home) == "ab"
    assert opened.tolist() == [0, 1, 2, 3, 4]


def test_what_cannot_be_renamed_stays_whole(home, monkeypatch):
    def refuse(*_):
        raise PermissionError("in use")

    monkeypatch.setattr(type(home), "rename", refuse)
    assert give_up_oldest(home, 1) == 0
    assert left(home) == "abc"
    assert len(list(home.rglob("part"))) == 3


def test_where_nothing_can_be_locked_whole_places_go_and_half_made_ones_stay(home, monkeypatch):
    monkeypatch.setattr(turns, "_try", lambda path: None)
    partial = partial_of(home / "x")
    partial.mkdir()
    assert give_up_oldest(home, 300) == 300
    assert list(home.iterdir()) == [partial]
