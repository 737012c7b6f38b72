"""Words in paths and labels; and the nearest images to one that is not in the set."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import search as search_module
from core.errors import CoreError
from core.images import ImageRecord, ImageSet
from core.search import find_nearest, fold, match_image, parse_query, search_text

SET = ImageSet(
    "folder",
    (
        ImageRecord("2021/Rote Katze.jpg", "cat", id="A"),
        ImageRecord("gone cat.jpg", "cat", problem="no such file"),
        ImageRecord("2022/STRASSE.png", None, id="B"),
        ImageRecord("copies/katze.jpg", "Tier", id="A"),
        ImageRecord("2022/cafe\u0301 rote.png", "cat food", id="C"),
    ),
)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("katze", [0]),
        ("KATZE 2021", [0]),
        ("cat", [0, 2]),  # in the label
        ("2022 cat", [2]),  # one in the path, one in the label
        ("jpg tier", [0]),  # of a copy
        ("2021 tier", []),  # no one row has both
        ("straße", [1]),
        ("caf\u00e9", [2]),
        ("\uff23\uff21\uff34", [0, 2]),  # full-width CAT
        ("rote katze", [0]),
        ("katze rote", [0]),
        ('"rote katze"', [0]),
        ('"katze rote"', []),
        ("\u201erote katze\u201c jpg", [0]),
        ('"cat food', [2]),  # never closed
        ('"food cat', []),
        ("2022/", [1, 2]),
        (".", [0, 1, 2]),
        ("*", []),
        ("jpgcat", []),  # a path does not run on into its label
        ("", []),
        ("  \t", []),
        ('""', []),
        ('" "', []),
    ],
)
def test_images_hold_every_word_in_path_or_label(query, rows):
    found = search_text(SET, query)
    assert found.tolist() == rows
    assert found.dtype == np.int64


def test_quotes_keep_a_phrase_and_split_what_they_touch():
    assert parse_query('red"Big  Car"2021') == ("red", "big  car", "2021")


@settings(deadline=None)
@given(st.text(max_size=20))
def test_folded_text_stays_as_it_is_in_whatever_case_it_came(text):
    assert fold(fold(text)) == fold(text)
    assert fold(text.upper().lower()) == fold(text.lower().upper().lower())


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12))
def test_an_image_is_found_by_its_own_name(name):
    images = ImageSet("folder", (ImageRecord(name, id="A"),))
    words = parse_query(name)
    assert search_text(images, name).tolist() == ([0] if words else [])


LINE = np.array([[0], [2], [3], [9], [11], [3]], dtype=np.float32)
CENTROIDS = np.array([[2], [10]], dtype=np.float32)


def test_the_nearest_come_first_and_the_lower_row_of_equals():
    rows, distances = find_nearest(LINE, np.array([3.5], np.float32), 4)
    assert rows.tolist() == [2, 5, 1, 0]
    assert distances.tolist() == [0.5, 0.5, 1.5, 3.5]
    assert (rows.dtype, distances.dtype) == (np.int64, np.float32)


def test_many_equals_come_in_their_order():
    values = np.array([[i % 2] for i in range(200)], dtype=np.float32)
    assert find_nearest(values, values[0], 100)[0].tolist() == list(range(0, 200, 2))


def test_no_more_are_found_than_there_are():
    assert find_nearest(LINE, LINE[0], 99)[0].tolist() == [0, 1, 2, 5, 3, 4]


def test_at_least_one_is_asked_for():
    with pytest.raises(CoreError, match="the 0 nearest images: choose at least 1"):
        find_nearest(LINE, LINE[0], 0)


def test_the_nearest_are_those_of_all_distances_in_every_block(monkeypatch):
    monkeypatch.setattr(search_module, "_BLOCK_VALUES", 24)  # 3 rows
    rng = np.random.default_rng(0)
    values, one = rng.normal(size=(50, 8)).astype(np.float32), rng.normal(size=8)
    expected = sorted(range(50), key=lambda row: ((values[row] - one) ** 2).sum())
    rows, distances = find_nearest(values, one.astype(np.float32), 10)
    assert rows.tolist() == expected[:10]
    direct = [((values[row] - one) ** 2).sum() ** 0.5 for row in expected[:10]]
    np.testing.assert_allclose(distances, direct, rtol=1e-5)


def test_a_new_image_falls_to_the_nearest_centroid():
    match = match_image(LINE, np.array([8], np.float32), 2, CENTROIDS)
    assert match.rows.tolist() == [3, 4]
    assert (match.cluster, match.rival, match.own) == (1, 0, 2)
    assert match.fit == pytest.approx((6 - 2) / 6)
    assert match.row is None


def test_an_image_of_the_set_stays_in_its_cluster():
    match = match_image(LINE, LINE[3], 1, CENTROIDS, row=3, cluster=0)
    assert (match.row, match.rows.tolist(), match.distances.tolist()) == (3, [3], [0])
    assert (match.cluster, match.rival, match.own, match.fit) == (0, 1, 7, 0)


def test_one_cluster_has_no_rival():
    match = match_image(LINE, LINE[0], 1, CENTROIDS[:1])
    assert (match.cluster, match.own, match.rival, match.fit) == (0, 2, None, None)
