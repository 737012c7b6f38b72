"""What is said of clusters, on six images that lie on a line."""

import numpy as np
import pytest

from core.clusters.cluster_facts import describe_clusters, point_out_imbalance
from core.review.fit import find_centroids, measure_fit

# Cluster 0 at 0, 1, 5 (its centroid at 2), cluster 1 at 10 and 14 (12), cluster 2 at 40.
LINE = np.array([[0], [14], [1], [10], [5], [40]], dtype=np.float32)
CLUSTERS = np.array([0, 1, 0, 1, 0, 2], dtype=np.int32)
LABELS = ["cat", "dog", "cat", "cat", "dog", None]


def describe(values=LINE, clusters=CLUSTERS, rows=None, labels=None, **options):
    rows = np.arange(len(values)) if rows is None else np.array(rows)
    labels = [None] * len(rows) if labels is None else labels
    fit = measure_fit(values, clusters, find_centroids(values, clusters, np.bincount(rows)))
    return describe_clusters(fit, clusters, rows, labels, **options)


def test_sizes_and_shares():
    facts = describe()
    assert [one.cluster for one in facts] == [0, 1, 2]
    assert [one.size for one in facts] == [3, 2, 1]
    assert [one.share for one in facts] == pytest.approx([1 / 2, 1 / 3, 1 / 6])


def test_the_medoid_and_the_typical_lie_nearest_to_the_centroid():
    first, second, third = describe()  # distances 2, 1, 3 and 2, 2
    assert (first.medoid, first.typical) == (2, (2, 0, 4))
    assert (second.medoid, second.typical) == (1, (1, 3))  # equals in their order
    assert (third.medoid, third.typical, third.untypical) == (5, (5,), (5,))


def test_the_untypical_fit_worst_and_need_not_lie_farthest():
    assert describe()[0].untypical == (4, 0, 2)  # fit 4/7, 5/6, 10/11
    assert describe()[1].untypical == (3, 1)  # as far as the other, and nearer to cluster 0


def test_no_more_are_shown_than_wanted():
    first = describe(shown=2)[0]
    assert (first.typical, first.untypical) == ((2, 0), (4, 0))


def test_tightness_is_the_mean_distance_and_relative_to_that_of_all_images():
    facts = describe()
    assert [one.tightness for one in facts] == pytest.approx([2, 2, 0])
    assert [one.relative_tightness for one in facts] == pytest.approx([1.2, 1.2, 0])  # of 10 / 6


def test_copies_count_as_often_as_they_occur():
    first, second, third = describe(rows=[0, 1, 2, 3, 4, 5, 3, 3])
    assert (first.size, second.size) == (3, 4)
    assert second.tightness == pytest.approx((3 * 1 + 3) / 4)  # centroid 11: 10, 10, 10, 14
    assert second.share == pytest.approx(4 / 8)
    assert second.relative_tightness == pytest.approx(1.5 / (12 / 8))
    assert second.fit == pytest.approx((3 * 7 / 8 + 9 / 12) / 4)
    assert third.tightness == 0


def test_the_rival_is_the_cluster_whose_centroid_is_nearest():
    assert [one.rival for one in describe()] == [1, 0, 1]


def test_mean_fit():
    assert describe()[0].fit == pytest.approx((10 / 12 + 10 / 11 + 4 / 7) / 3, rel=1e-5)


def test_purity_is_the_share_of_the_most_common_label_among_those_that_have_one():
    facts = describe(labels=LABELS)
    assert [one.label for one in facts] == ["cat", "cat", None]  # of equals the first by name
    assert [one.purity for one in facts] == [pytest.approx(2 / 3), 0.5, None]


def test_copies_have_labels_of_their_own():
    facts = describe(rows=[*range(6), 1], labels=[*LABELS, "dog"])
    assert (facts[1].label, facts[1].purity) == ("dog", pytest.approx(2 / 3))


def test_one_cluster_has_neither_rival_nor_fit_and_its_farthest_are_untypical():
    (only,) = describe(clusters=np.zeros(6, np.int32))
    assert (only.rival, only.fit, only.share) == (None, None, 1)
    assert only.untypical[0] == 5
    assert only.relative_tightness == pytest.approx(1)


def test_identical_images_are_as_tight_as_the_set():
    (only,) = describe(np.ones((3, 2), np.float32), np.zeros(3, np.int32))
    assert (only.tightness, only.relative_tightness) == (0, 1)


@pytest.mark.parametrize(
    ("sizes", "text"),
    [
        ([400, 600, 3000], "3,000 of 4,000 images are in cluster 2: split it or take a larger k"),
        ([30, 10], "30 of 40 images are in cluster 0: split it or take a larger k"),
        ([29, 11], ""),  # less than three times the next
        ([16, 3], ""),  # fewer than 20 images
        ([15, 5], "15 of 20 images are in cluster 0: split it or take a larger k"),
        ([49, 10, 10, 10, 10, 10], ""),  # less than half
        ([50, 10, 10, 10, 10, 10], "50 of 100 images are in cluster 0: "),
        ([4000], ""),  # as was asked for
        ([25, 25, 25], ""),
        ([], ""),
    ],
)
def test_an_imbalance_is_pointed_out(sizes, text):
    said = point_out_imbalance(sizes)
    assert said.startswith(text)
    assert bool(said) == bool(text)


def test_an_imbalance_is_told_by_name():
    assert "are in cats: split" in point_out_imbalance([3, 90], ["dogs", "cats"])


def test_nothing_is_said_of_a_cluster_without_images():
    first, last = describe(clusters=np.array([0, 2, 0, 2, 0, 2], dtype=np.int32))
    assert (first.cluster, last.cluster) == (0, 2)
    assert (first.rival, last.rival) == (2, 0)


def test_one_cluster_among_empty_ones_is_no_imbalance():
    assert point_out_imbalance([0, 40]) == ""
    assert point_out_imbalance([0, 40, 4])
