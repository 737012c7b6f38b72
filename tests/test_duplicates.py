"""Copies by id, near-duplicates by distance, on images along a line."""

import numpy as np
import pytest

from core.images import ImageRecord, ImageSet
from core.neighbor_search import find_neighbors
from core.neighbors import Neighbors
from core.review.duplicates import find_duplicates

SET = ImageSet(
    "folder",
    (
        ImageRecord("a.png", id="A"),
        ImageRecord("gone.png", problem="no such file"),
        ImageRecord("b.png", id="B"),
        ImageRecord("copy of a.png", id="A"),
        ImageRecord("c.png", id="C"),
        ImageRecord("again a.png", id="A"),
    ),
)


def find(positions, *, k=4, images=SET, **options):
    values = np.array(positions, dtype=np.float32)[:, None]
    return find_duplicates(images, find_neighbors(values, k=k), **options)


def test_copies_are_all_paths_of_an_image_that_has_several():
    assert find([0, 1, 2]).copies == {0: ("a.png", "copy of a.png", "again a.png")}


def test_near_duplicates_lie_within_a_quarter_of_the_usual_distance():
    # Nearest neighbours at 1, 1, 4, 4, 4: a median of 4.
    found = find([0, 1, 5, 9, 13])
    assert found.threshold == pytest.approx(1)
    assert found.pairs.tolist() == [[0, 1]]
    assert found.distances.tolist() == [1]
    assert find([0, 1.01, 5.01, 9.01, 13.01]).pairs.tolist() == []


def test_the_part_of_the_median_can_be_chosen():
    assert find([0, 1, 5, 9, 13], near=1).pairs.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]


def test_the_near_ones_of_an_image_come_nearest_first_whichever_side_they_stand_on():
    found = find([0.5, 0, 0.6, 100, 110, 121, 133, 146], k=4)  # a median of 10.5
    assert found.pairs.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert [found.near(row).tolist() for row in (0, 1, 2, 3)] == [[2, 1], [0, 2], [0, 1], []]


def test_a_pair_counts_where_only_one_of_them_has_the_other_as_neighbour():
    # 0 lies nearest to 1, and 1 has no room for it: two others are nearer still.
    indices = np.array([[0, 1], [1, 2], [2, 1], [3, 0]])
    distances = np.array([[0, 0.5], [0, 0.1], [0, 0.1], [0, 9]], dtype=np.float32)
    found = find_duplicates(SET, Neighbors(indices, distances), near=2)
    assert found.pairs.tolist() == [[0, 1], [1, 2]]


def test_groups_are_what_pairs_join_the_largest_first():
    # Nearest neighbours mostly at 10; 100 to 102 are a chain, 300 and 301 a pair.
    found = find([100, 300, 101, 0, 102, 10, 301, 20, 30, 40, 50, 60], k=3)
    assert found.threshold == pytest.approx(2.5)
    assert [group.tolist() for group in found.groups] == [[0, 2, 4], [1, 6]]
    assert {group.dtype for group in found.groups} == {np.dtype(np.int64)}


def test_groups_of_one_size_stand_in_the_order_of_their_rows():
    found = find([400, 300, 401, 0, 10, 301, 20, 30, 40, 50, 60], k=3)
    assert [group.tolist() for group in found.groups] == [[0, 2], [1, 5]]


def test_a_chain_is_one_group_though_its_ends_are_far_apart():
    found = find([*np.arange(0, 20, 2), *range(100, 1300, 100)], k=4)  # a median of 100
    assert [group.tolist() for group in found.groups] == [list(range(10))]


def test_groups_are_the_components_of_any_pairs():
    generator = np.random.default_rng(0)
    values = generator.normal(size=(300, 2)).astype(np.float32)
    found = find_duplicates(SET, find_neighbors(values, k=15), near=1)
    parent = list(range(300))

    def root(row):
        return row if parent[row] == row else root(parent[row])

    for left, right in found.pairs.tolist():
        parent[root(left)] = root(right)
    expected = {}
    for row in set(found.pairs.ravel().tolist()):
        expected.setdefault(root(row), set()).add(row)
    assert {frozenset(group.tolist()) for group in found.groups} == {
        frozenset(group) for group in expected.values()
    }
    sizes = [len(group) for group in found.groups]
    assert sizes == sorted(sizes, reverse=True)


def test_more_identical_images_than_neighbours_are_one_group():
    found = find([5] * 100 + list(range(10, 60)), k=15)
    assert [len(group) for group in found.groups] == [100]


@pytest.mark.parametrize(
    ("positions", "pairs"),
    [
        ([7], []),
        ([7, 8], []),  # as near as any
        ([7, 7], [[0, 1]]),
        ([7, 7, 7], [[0, 1], [0, 2], [1, 2]]),
        ([7, 7, 7, 7.0001], [[0, 1], [0, 2], [1, 2]]),  # a median of 0
    ],
)
def test_few_and_equal_images(positions, pairs):
    found = find(positions)
    assert found.pairs.tolist() == pairs
    assert found.pairs.shape == (len(pairs), 2)
    assert (found.pairs.dtype, found.distances.dtype) == (np.int64, np.float32)
    joined = sorted({row for pair in pairs for row in pair})
    assert [group.tolist() for group in found.groups] == ([joined] if pairs else [])
