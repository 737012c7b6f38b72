"""Contingency tables of seven images, counted by hand; of random ones, cell by cell."""

import numpy as np
import pytest

from core.compare.contingency import contingency, count_clusters

BEFORE = np.array([0, 0, 0, 1, 1, 2, 2], dtype=np.int32)
AFTER = np.array([1, 1, 0, 0, 0, 1, 3], dtype=np.int32)


def test_images_are_counted_by_both_their_clusters():
    table = contingency(BEFORE, AFTER)
    assert table.tolist() == [[1, 2, 0, 0], [2, 0, 0, 0], [0, 1, 0, 1]]
    assert table.dtype == np.int64


def test_empty_clusters_at_the_end_have_a_place():
    table = contingency(BEFORE, AFTER, (4, 5))
    assert table.shape == (4, 5)
    assert table[:3, :4].tolist() == contingency(BEFORE, AFTER).tolist()
    assert table.sum() == 7


def test_copies_count_as_often_as_they_occur():
    weights = np.array([1, 2, 3, 4, 5, 6, 7])
    table = contingency(BEFORE, AFTER, weights=weights)
    assert table.tolist() == [[3, 3, 0, 0], [9, 0, 0, 0], [0, 6, 0, 7]]
    assert table.dtype == np.int64


def test_random_clusterings_cell_by_cell():
    generator = np.random.default_rng(0)
    before = generator.integers(0, 5, 400).astype(np.int32)
    after = generator.integers(0, 7, 400).astype(np.int32)
    table = contingency(before, after)
    for i, j in np.ndindex(5, 7):
        assert table[i, j] == ((before == i) & (after == j)).sum()


def test_numbers_of_many_clusters_do_not_wrap():
    wide = np.array([0, 60_000], dtype=np.uint16)
    assert contingency(wide, np.array([0, 1], dtype=np.uint16))[60_000, 1] == 1


@pytest.mark.parametrize(("shape", "expected"), [(None, (0, 0)), ((2, 3), (2, 3))])
def test_no_images(shape, expected):
    none = np.empty(0, dtype=np.int32)
    assert contingency(none, none, shape).shape == expected
    assert count_clusters(none) == 0


def test_other_images_are_refused():
    with pytest.raises(ValueError, match="7 and 6 images"):
        contingency(BEFORE, AFTER[:6])


@pytest.mark.parametrize("shape", [(2, 4), (3, 3)])
def test_a_number_out_of_range_is_refused(shape):
    with pytest.raises(ValueError, match=r"clusters 0 to .*: from 0 to .* is due"):
        contingency(BEFORE, AFTER, shape)


def test_a_negative_number_is_refused():
    with pytest.raises(ValueError, match="clusters -1 to 2: from 0 to 2 is due"):
        contingency(BEFORE, np.array([-1, 0, 1, 2, 2, 2, 2], dtype=np.int32), (3, 3))
