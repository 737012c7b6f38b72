"""How much of the exact is found, on places along a line."""

import numpy as np
import pytest

from core.shards import search_recall
from core.shards.full_search import Prepared
from core.shards.search_recall import draw_places, find_radii, measure_recall


def on_a_line(*places):
    values = np.array(places, dtype=np.float32)[:, None]
    return Prepared(values, values[:, 0] ** 2, np.arange(len(values)))


LINE = on_a_line(0, 1, 3, 7, 15, 15)


@pytest.mark.parametrize("rows", [1 << 15, 2])
def test_how_far_the_last_of_the_nearest_lies(monkeypatch, rows):
    monkeypatch.setattr(search_recall, "_BLOCK_ROWS", rows)
    queries = np.array([0, 3, 5])
    assert find_radii(LINE, queries, 1).tolist() == [1, 4, 0]  # 15 has a copy
    assert find_radii(LINE, queries, 2).tolist() == [3, 6, 8]
    assert find_radii(LINE, queries, 5).tolist() == [15, 8, 15]


def test_what_is_found_is_counted_without_the_image_itself():
    queries = np.array([0, 3])
    radii = find_radii(LINE, queries, 2)  # of 0: 1 and 3; of 7: 3 and 1
    near = [np.array([0, 1, 4]), np.array([3, 2, 1, 0])]
    assert measure_recall(LINE, queries, radii, 2, near) == (1 + 2) / 4
    nothing = [np.array([], dtype=np.int64), np.array([3])]
    assert measure_recall(LINE, queries, radii, 2, nothing) == 0


def test_of_equally_near_ones_any_may_be_found():
    copies = on_a_line(0, 5, 5, 5, 9)
    radii = find_radii(copies, np.array([0]), 1)
    for place in (1, 2, 3):
        assert measure_recall(copies, np.array([0]), radii, 1, [np.array([place])]) == 1
    assert measure_recall(copies, np.array([0]), radii, 1, [np.array([1, 2, 3])]) == 1
    assert measure_recall(copies, np.array([0]), radii, 1, [np.array([4])]) == 0


def test_places_are_drawn_by_a_seed_and_all_where_there_are_few():
    drawn = draw_places(1000, 20, seed=1)
    assert len(set(drawn.tolist())) == 20
    assert drawn.tolist() == sorted(drawn.tolist()) == draw_places(1000, 20, seed=1).tolist()
    assert drawn.tolist() != draw_places(1000, 20, seed=2).tolist()
    assert draw_places(3, 20, seed=1).tolist() == [0, 1, 2]
