"""What else moved when the clusters were fitted again: counted by hand, and in words."""

import numpy as np
import pytest
from journals import exclude, group, images, keep, move, number

from core.journal.consequences import (
    Consequences,
    Way,
    describe_consequences,
    find_consequences,
)
from core.journal.corrections import correct
from core.journal.journal_state import replay

LABELS = np.array([0, 0, 0, 0, 1, 1, 1, 2], dtype=np.int32)
ZERO, ONE, TWO = (group(LABELS, cluster=one) for one in range(3))
NAMES = ("cats", "cluster 1", "cluster 2")


def corrected(*decisions):
    ids = images(*range(len(LABELS)))
    return correct(replay(number(decisions)), LABELS, ids, n_clusters=3)


def found(after, *decisions):
    return find_consequences(corrected(*decisions), np.array(after, dtype=np.int32))


def ways_of(one):
    return [(way.before, way.after, way.rows.tolist()) for way in one.ways]


def test_who_followed_is_told_by_the_way_the_most_frequent_first():
    one = found([1, 2, 1, 1, 1, 1, 0, 2], move(0, ONE, ZERO), keep(5, ONE))
    assert (one.n_moved, one.n_kept) == (1, 1)
    assert ways_of(one) == [(0, 1, [2, 3]), (0, 2, [1]), (1, 0, [6])]
    assert one.carried.tolist() == []
    assert one.rows.tolist() == [1, 2, 3, 6]
    assert one.targets == {1: 2, 2: 1, 3: 1, 6: 0}


def test_who_was_decided_has_not_followed():
    one = found([2, 0, 0, 0, 1, 2, 1, 2], move(0, ONE, ZERO), keep(5, ONE))
    assert ways_of(one) == []
    assert one.carried.tolist() == [0, 5]


def test_who_is_excluded_counts_nowhere():
    one = found([1, 1, 0, 0, 1, 1, 1, 2], move(0, ONE, ZERO), exclude(0), exclude(1))
    assert (one.n_moved, one.n_kept, one.ways) == (0, 0, ())


def test_confirming_where_one_was_moved_to_is_a_move():
    one = found(LABELS, move(0, ONE, ZERO), keep(0, ONE))
    assert (one.n_moved, one.n_kept) == (1, 0)


def test_no_images_at_all():
    nothing = correct(replay([]), np.empty(0, dtype=np.int32), (), n_clusters=0)
    one = find_consequences(nothing, np.empty(0, dtype=np.int32))
    assert (one.n_moved, one.n_kept, one.ways, one.rows.tolist()) == (0, 0, (), [])


@pytest.mark.parametrize(
    ("after", "decisions", "words"),
    [
        (
            [1, 2, 1, 1, 1, 1, 0, 2],
            [move(0, ONE, ZERO), keep(5, ONE)],
            "Learned from 1 image moved by hand and 1 kept: 4 more images followed, "
            "2 from cats to cluster 1, 1 from cats to cluster 2 and 1 from cluster 1 to cats.",
        ),
        (
            [1, 0, 0, 1, 1, 1, 1, 2],
            [move(0, ONE, ZERO)],
            "Learned from 1 image moved by hand and 0 kept: 1 more image followed, "
            "1 from cats to cluster 1.",
        ),
        (
            [2, 0, 0, 0, 1, 1, 1, 2],
            [move(0, ONE, ZERO)],
            "Learned from 1 image moved by hand and 0 kept: no other image followed. "
            "1 image of those decided went along with the most typical image of its cluster.",
        ),
    ],
)
def test_it_is_said_in_words(after, decisions, words):
    assert describe_consequences(found(after, *decisions), NAMES) == words


def test_of_many_ways_the_rare_ones_are_counted_together():
    ways = tuple(Way(0, to, np.arange(10 - to)) for to in range(1, 8))  # 9, 8, 7, 6, 5, 4, 3
    nobody = np.empty(0, dtype=np.int64)
    names = [f"c{one}" for one in range(8)]
    words = describe_consequences(Consequences(1, 0, ways, nobody), names)
    assert words.endswith("5 from c0 to c5 and 7 on 2 other ways.")
