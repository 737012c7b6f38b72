"""Rows drawn from blocks: how many, which, and that the cuts between blocks do not matter."""

import numpy as np
import pytest

from core.clusters.row_sample import draw_rows
from core.errors import CoreError

HUNDRED = np.arange(200, dtype=np.float32).reshape(100, 2)  # row i holds 2i, 2i + 1


def in_blocks(values, *sizes):
    return np.split(values, np.cumsum(sizes))


def test_all_rows_where_there_are_no_more():
    sample, count = draw_rows(in_blocks(HUNDRED, 30, 30), 100, seed=0)
    assert count == 100
    np.testing.assert_array_equal(sample.rows, np.arange(100))
    np.testing.assert_array_equal(sample.values, HUNDRED)


def test_a_larger_sample_than_rows_is_all_of_them():
    sample, count = draw_rows([HUNDRED], 1000, seed=0)
    assert (count, len(sample.rows), sample.values.shape) == (100, 100, (100, 2))


def test_a_sample_has_distinct_rows_in_order_with_their_own_values():
    sample, count = draw_rows(in_blocks(HUNDRED, 7, 50), 20, seed=3)
    assert count == 100
    assert len(sample.rows) == 20
    assert (np.diff(sample.rows) > 0).all()
    np.testing.assert_array_equal(sample.values[:, 0], 2 * sample.rows)


@pytest.mark.parametrize("sizes", [(1,) * 99, (50,), (3, 0, 90), (19, 2)])
def test_the_cuts_between_blocks_do_not_matter(sizes):
    whole, _ = draw_rows([HUNDRED], 20, seed=5)
    cut, count = draw_rows(in_blocks(HUNDRED, *sizes), 20, seed=5)
    assert count == 100
    np.testing.assert_array_equal(cut.rows, whole.rows)
    np.testing.assert_array_equal(cut.values, whole.values)


def test_the_rows_with_the_lowest_numbers_stay():
    drawn = np.random.default_rng(5).random(100)
    sample, _ = draw_rows(in_blocks(HUNDRED, 33, 33), 20, seed=5)
    np.testing.assert_array_equal(sample.rows, np.sort(np.argsort(drawn)[:20]))


def test_the_seed_decides():
    one, again, other = (draw_rows([HUNDRED], 20, seed=seed)[0].rows for seed in (1, 1, 2))
    assert one.tolist() == again.tolist() != other.tolist()


def test_every_row_is_as_likely_as_any_other():
    drawn = [draw_rows(in_blocks(HUNDRED[:10], 4), 3, seed=seed)[0].rows for seed in range(2_000)]
    counts = np.bincount(np.concatenate(drawn), minlength=10)
    # 2,000 * 0.3 = 600 each, with a standard deviation of (2,000 * 0.3 * 0.7) ** 0.5 = 20.5.
    assert abs(counts - 600).max() < 5 * 20.5


def test_what_comes_in_is_left_as_it_is():
    block = HUNDRED.copy()
    draw_rows([block, block], 5, seed=0)
    np.testing.assert_array_equal(block, HUNDRED)


@pytest.mark.parametrize("blocks", [[], [np.empty((0, 4), np.float32)]])
def test_no_row_at_all_is_said(blocks):
    with pytest.raises(CoreError, match="there are 0 images"):
        draw_rows(blocks, 5, seed=0)


def test_another_number_of_features_is_said():
    with pytest.raises(CoreError, match="row 100 has 3 features, expected 2"):
        draw_rows([HUNDRED, np.zeros((4, 3), np.float32)], 5, seed=0)
