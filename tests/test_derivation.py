"""Clusters split and merged by hand: which images go where, and what is measured of them."""

import numpy as np
import pytest

from core.clusters.clustering import KMeansParams, cluster
from core.clusters.derivation import derive, measure_clusters, split_cluster
from core.clusters.edits import Merge, Split
from core.errors import CoreError

# Three groups on a line; the third is made of two, of three images and of one.
VALUES = np.array([[0], [1], [100], [101], [200], [201], [202], [240]], dtype=np.float32)


@pytest.fixture
def made():
    found = cluster(VALUES, KMeansParams(3))
    first, second, third = found.labels[0], found.labels[2], found.labels[4]
    assert found.labels.tolist() == [first] * 2 + [second] * 2 + [third] * 4
    numbers = np.empty(3, dtype=np.int32)
    numbers[[first, second, third]] = [0, 1, 2]
    return found.renumbered(numbers)


def test_the_largest_part_of_a_split_keeps_the_number(made):
    split = derive(VALUES, made, [Split(2)], seed=0)
    assert split.labels.tolist() == [0, 0, 1, 1, 2, 2, 2, 3]
    assert split.sizes.tolist() == [2, 2, 3, 1]
    assert split.medoids[2:].tolist() == [5, 7]  # 201 is the mean of 200, 201 and 202
    assert split.inertia == pytest.approx(0.5 + 0.5 + 2)
    assert split.distances.tolist() == pytest.approx([0.5, 0.5, 0.5, 0.5, 1, 0, 1, 0])
    assert split.method == f"{made.method}, cluster 2 split into 2"


def test_a_merged_cluster_leaves_its_number_empty(made):
    merged = derive(VALUES, made, [Merge(0, 1)], seed=0)
    assert merged.labels.tolist() == [1, 1, 1, 1, 2, 2, 2, 2]
    assert merged.sizes.tolist() == [0, 4, 4]
    assert merged.medoids[0] == -1
    assert merged.inertia == pytest.approx(
        2 * (50.5**2 + 49.5**2) + made.distances[4:] @ made.distances[4:]
    )


def test_edits_follow_each_other(made):
    """Cluster 3 comes from the split, and may be merged at once."""
    both = derive(VALUES, made, [Split(2), Merge(3, 0)], seed=0)
    assert both.labels.tolist() == [0, 0, 1, 1, 2, 2, 2, 0]
    assert len(both.medoids) == 3
    assert made.labels.tolist() == [0, 0, 1, 1, 2, 2, 2, 2]


def test_parts_are_numbered_by_size():
    assert split_cluster(VALUES[4:], 2, seed=0).tolist() == [0, 0, 0, 1]
    assert split_cluster(VALUES, 3, seed=0)[4:].tolist() == [0, 0, 0, 0]


def test_any_clusters_can_be_measured():
    measured = measure_clusters(VALUES, np.array([0, 0, 2, 2, 0, 0, 0, 0], np.int32), method="mine")
    assert measured.medoids.tolist() == [4, -1, 2]  # the mean of the first is 140.67
    assert measured.method == "mine"


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        ([Split(3)], "no images are in cluster 3: choose one of 0, 1, 2"),
        ([Merge(0, 9)], "no images are in cluster 9"),
        ([Merge(0, 1), Split(0)], "no images are in cluster 0: choose one of 1, 2"),
        ([Split(0, 3)], "k = 3 is more than the 2 images that differ"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(made, edits, reason):
    with pytest.raises(CoreError, match=reason):
        derive(VALUES, made, edits, seed=0)
