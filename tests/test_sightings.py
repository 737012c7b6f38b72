"""Which study images belong to: by what they have in common, and by where they lie."""

from dataclasses import replace

import numpy as np
import pytest
from journals import images

from core.journal.sightings import find_place, look, make_study, recognise_study, resemble


def seen(names, place="here", study=""):
    return replace(look(place, images(*names)), study=study)


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        ("abcd", "abcd", 1),
        ("abcd", "cdef", 2 / 6),
        ("ab", "abcd", 0.5),
        ("ab", "cd", 0),
        ("", "", 0),
    ],
)
def test_the_resemblance_is_the_share_that_both_have(a, b, share):
    assert resemble(seen(a), seen(b)) == pytest.approx(share)


@pytest.mark.parametrize(("n_a", "n_common", "n_b"), [(300, 200, 900), (4000, 3000, 5000)])
def test_of_large_sets_it_is_estimated(n_a, n_common, n_b):
    a, b = seen(range(n_a)), seen(range(n_a - n_common, n_a - n_common + n_b))
    expected = n_common / (n_a + n_b - n_common)
    assert resemble(a, b) == resemble(b, a) == pytest.approx(expected, abs=0.05)


def test_images_are_known_by_their_place_however_they_change():
    known = [seen("abcd", study="s1"), seen("wxyz", place="there", study="s2")]
    assert recognise_study(seen("mnop"), known) == "s1"


def test_images_that_were_moved_are_known_by_themselves():
    known = [seen("abcd", study="s1"), seen("wxyz", place="there", study="s2")]
    assert recognise_study(seen("abce", place="elsewhere"), known) == "s1"
    assert recognise_study(seen("abef", place="elsewhere"), known) is None  # a third in common


def test_of_two_folders_that_changed_places_each_keeps_its_own():
    known = [seen("abcd", study="s1"), seen("wxyz", place="there", study="s2")]
    assert recognise_study(seen("wxyz"), known) == "s2"


def test_of_two_that_are_equally_alike_that_of_the_place_counts():
    known = [seen("abcd", study="s1"), seen("abcd", place="there", study="s2")]
    assert recognise_study(seen("abcd"), known) == "s1"
    assert recognise_study(seen("abcd", place="there"), known) == "s2"
    assert recognise_study(seen("abcd", place="new"), known) == "s2"  # the latest


def test_a_place_is_known_as_it_was_seen_last():
    known = [seen("abcd", study="s1"), seen("mnop", study="s1")]
    assert recognise_study(seen("abcd", place="elsewhere"), known) is None
    assert recognise_study(seen("mnop", place="elsewhere"), known) == "s1"


def test_of_two_studies_of_one_place_the_latest_counts():
    known = [seen("abcd", study="s1"), seen("wxyz", study="s2")]
    assert recognise_study(seen("mnop"), known) == "s2"
    assert recognise_study(seen("mnop"), [*known, seen("abce", study="s1")]) == "s1"


def test_a_part_of_a_set_is_no_part_of_its_study():
    known = [seen(range(100), study="s1")]
    assert recognise_study(seen(range(20), place="inner"), known) is None


def test_nothing_is_known_at_first():
    assert recognise_study(seen("abc"), []) is None
    assert make_study() != make_study()


def test_a_place_is_a_path_with_links_followed_or_a_name(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    monkeypatch.chdir(tmp_path)
    assert {find_place(one) for one in ("photos", "./photos/", "link")} == {
        str((tmp_path / "photos").resolve())
    }
    assert find_place("torchvision:CIFAR10:test") == "torchvision:CIFAR10:test"
    assert find_place("no\x00path") == "no\x00path"


def test_a_sketch_holds_the_lowest_marks():
    ids = images(*range(1000))
    lowest = sorted(int(one[:16], 16) for one in ids)[:512]
    made = look("here", ids)
    assert np.frombuffer(made.sketch, ">u8").tolist() == lowest
    assert made.n_images == 1000
