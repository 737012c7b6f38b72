"""Two clusterings of ten images side by side, by hand."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from core.compare.comparison import compare

# Cluster 0 splits in two, and one image of cluster 1 goes to it.
BEFORE = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], dtype=np.int32)
AFTER = np.array([0, 0, 0, 2, 2, 0, 1, 1, 1, 1], dtype=np.int32)


def test_common_images_and_agreement():
    made = compare(BEFORE, AFTER)
    assert made.table.tolist() == [[3, 0, 2], [1, 4, 0]]
    assert made.ari == pytest.approx(adjusted_rand_score(BEFORE, AFTER))
    assert made.nmi == pytest.approx(normalized_mutual_info_score(BEFORE, AFTER))
    joint = -(0.3 * np.log2(0.3) + 0.2 * np.log2(0.2) + 0.1 * np.log2(0.1) + 0.4 * np.log2(0.4))
    after = -(2 * 0.4 * np.log2(0.4) + 0.2 * np.log2(0.2))
    assert made.variation == pytest.approx(2 * joint - 1 - after)
    assert made.relative_variation == pytest.approx((2 * joint - 1 - after) / joint)


def test_who_splits_off_with_the_group_has_not_moved_and_who_changes_it_has():
    made = compare(BEFORE, AFTER)
    assert np.flatnonzero(made.moved).tolist() == [5]
    assert made.moved.dtype == bool
    assert [split.cluster for split in made.changes.splits] == [0]


def test_who_merges_with_the_group_has_not_moved():
    assert not compare(AFTER, np.zeros(10, dtype=np.int32)).moved.any()


def test_the_way_back():
    made = compare(AFTER, BEFORE)
    assert made.table.tolist() == [[3, 1], [0, 4], [2, 0]]
    assert np.flatnonzero(made.moved).tolist() == [5]
    assert made.variation == pytest.approx(compare(BEFORE, AFTER).variation)


def test_copies_and_empty_clusters_count():
    weights = np.array([1, 1, 1, 1, 1, 7, 2, 2, 2, 2])
    made = compare(BEFORE, AFTER, shape=(2, 4), weights=weights)
    assert made.table.tolist() == [[3, 0, 2, 0], [7, 8, 0, 0]]
    every = np.repeat(BEFORE, weights), np.repeat(AFTER, weights)
    assert made.ari == pytest.approx(adjusted_rand_score(*every))
    assert made.changes.n_images == 20


@pytest.mark.parametrize("n", [0, 1, 4])
def test_the_same_twice(n):
    same = np.arange(n, dtype=np.int32) // 2
    made = compare(same, same)
    assert (made.ari, made.nmi, made.variation, made.relative_variation) == (1, 1, 0, 0)
    assert made.moved.tolist() == [False] * n


def test_other_images_are_refused():
    with pytest.raises(ValueError, match="10 and 3 images"):
        compare(BEFORE, AFTER[:3])
