"""Clusters that are permuted, split and merged keep their numbers; matchings, by brute force."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.compare.alignment import align, match_clusters, renumber
from core.compare.contingency import contingency

# Cluster 0 holds six images, cluster 1 three, cluster 2 one.
BEFORE = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 2], dtype=np.int32)

TABLES = arrays.arrays(
    np.int64, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=st.integers(0, 6)
)


def as_clusters(*numbers):
    return np.array(numbers, dtype=np.int32)


def largest_overlap(table):
    """Over all one-to-one matchings, tried one by one."""
    wide = table if table.shape[0] <= table.shape[1] else table.T
    columns = itertools.permutations(range(wide.shape[1]), len(wide))
    return max(sum(wide[row, column] for row, column in enumerate(one)) for one in columns)


@pytest.mark.parametrize("permutation", list(itertools.permutations(range(3))))
def test_permuted_clusters_are_found_again(permutation):
    after = np.array(permutation, dtype=np.int32)[BEFORE]
    assert align(BEFORE, after).tolist() == BEFORE.tolist()
    matches = match_clusters(contingency(BEFORE, after))
    assert matches.tolist() == np.argsort(permutation).tolist()


def test_of_a_split_the_larger_part_keeps_the_number_and_the_other_takes_the_next():
    after = as_clusters(3, 3, 1, 1, 1, 1, 0, 0, 0, 2)
    assert align(BEFORE, after).tolist() == [3, 3, 0, 0, 0, 0, 1, 1, 1, 2]


def test_of_a_merge_the_larger_source_gives_its_number_and_that_of_the_other_stays_free():
    after = as_clusters(1, 1, 1, 1, 1, 1, 1, 1, 1, 0)
    assert align(BEFORE, after).tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 0, 2]


def test_the_most_images_of_all_keep_their_number_not_of_each():
    # By itself cluster 0 of the second would follow cluster 0 of the first; 5 + 4 is more than 6.
    table = np.array([[6, 5], [4, 0]])
    assert match_clusters(table).tolist() == [1, 0]


def test_new_clusters_take_the_free_numbers_the_largest_first_then_by_old_number():
    table = np.array([[0, 0, 0, 0, 9], [1, 2, 2, 7, 0]])
    assert match_clusters(table).tolist() == [-1, -1, -1, 1, 0]
    assert renumber(table).tolist() == [4, 2, 3, 1, 0]


def test_what_has_no_image_in_common_is_no_match():
    table = np.array([[5, 0], [5, 0]])  # the second of the new clusters is empty
    assert match_clusters(table).tolist() == [0, -1]
    assert renumber(table).tolist() == [0, 1]


def test_of_equal_matchings_the_one_that_keeps_most_numbers_is_taken():
    assert match_clusters(np.full((4, 4), 3)).tolist() == [0, 1, 2, 3]
    assert match_clusters(np.array([[0, 2, 2], [2, 2, 0]])).tolist() == [-1, 1, 0]


def test_an_empty_cluster_that_keeps_its_number_outweighs_nothing():
    # 1 -> 1 would keep a number, with no image in it.
    assert match_clusters(np.array([[3, 3], [3, 0]])).tolist() == [1, 0]
    # Four images either way; 1 -> 1 keeps two of them, 2 -> 2 none.
    assert match_clusters(np.array([[1, 2, 1], [2, 2, 0], [1, 1, 0]])).tolist() == [2, 1, 0]


def test_copies_count_as_often_as_they_occur():
    before, after = as_clusters(0, 0, 0, 1), as_clusters(1, 0, 0, 0)
    assert align(before, after).tolist() == [1, 0, 0, 0]
    assert align(before, after, weights=np.array([9, 1, 1, 1])).tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (1, 1), (2, 4)])
def test_tables_without_images(shape):
    table = np.zeros(shape, dtype=np.int64)
    assert match_clusters(table).tolist() == [-1] * shape[1]
    assert renumber(table).tolist() == list(range(shape[1]))


def test_one_image_and_huge_counts():
    assert align(as_clusters(0), as_clusters(0)).tolist() == [0]
    huge = np.array([[10**12, 10**12 + 1], [10**12, 10**12]])
    assert match_clusters(huge).tolist() == [1, 0]


def test_types_and_inputs():
    after = as_clusters(1, 1, 1, 1, 1, 1, 0, 0, 0, 2)
    table = contingency(BEFORE, after)
    kept = table.copy()
    assert (match_clusters(table).dtype, renumber(table).dtype) == (np.int64, np.int32)
    assert align(BEFORE, after).dtype == np.int32
    assert np.array_equal(table, kept)


@settings(deadline=None)
@given(TABLES)
def test_no_matching_has_more_in_common(table):
    matches = match_clusters(table)
    found = [(int(i), j) for j, i in enumerate(matches) if i >= 0]
    assert len({i for i, _ in found}) == len(found)
    assert all(table[i, j] > 0 for i, j in found)
    assert sum(table[i, j] for i, j in found) == largest_overlap(table)


@settings(deadline=None)
@given(TABLES)
def test_numbers_are_different_close_up_and_stay_when_aligned_again(table):
    numbers, (n_before, n_after) = renumber(table), table.shape
    assert len(set(numbers.tolist())) == n_after
    assert set(numbers.tolist()) <= set(range(max(n_before, n_after)))
    renumbered = np.zeros((n_before, max(n_before, n_after)), dtype=np.int64)
    renumbered[:, numbers] = table
    again = renumber(renumbered)
    occupied = renumbered.sum(axis=0) > 0
    matched = match_clusters(table) >= 0
    assert again[numbers[matched]].tolist() == numbers[matched].tolist()
    assert set(again[occupied].tolist()) == set(numbers[table.sum(axis=0) > 0].tolist())
