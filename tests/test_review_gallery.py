"""A list under review: what it lists and in what order."""

import numpy as np

from dashboard.views.review_gallery import Ranking, list_rows, worst_first

BADNESS = np.array([0.5, 0.75, np.nan, 0.75, 1])
NOBODY = np.zeros(5, dtype=bool)
NOTHING = np.empty(0, dtype=np.int64)
RANKING = Ranking(
    name="test",
    made_of="test",
    rows=np.array([4, 1, 3]),
    badness=BADNESS,
    heading="3 images",
    order="the worst first",
    note=str,
    tag="",
    empty="",
)


def test_the_worst_come_first_equals_by_row_and_the_unknown_last():
    assert worst_first(BADNESS).tolist() == [4, 1, 3, 0, 2]


def test_without_a_selection_it_lists_what_it_ranks():
    assert list_rows(RANKING, NOTHING, NOBODY, hide=False).tolist() == [4, 1, 3]


def test_a_selection_is_listed_whole_in_the_order_of_the_ranking():
    assert list_rows(RANKING, np.array([0, 2, 3]), NOBODY, hide=True).tolist() == [3, 0, 2]


def test_what_is_decided_is_hidden_only_where_that_is_asked_for():
    decided = np.array([False, True, False, False, False])
    assert list_rows(RANKING, NOTHING, decided, hide=True).tolist() == [4, 3]
    assert list_rows(RANKING, NOTHING, decided, hide=False).tolist() == [4, 1, 3]
