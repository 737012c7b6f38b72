"""Nine images in three clusters, their labels counted by hand."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from core.review.confusion import disagree_with_cluster, measure_confusion, select_labels

# Cluster 0: dog dog cat; cluster 1 is empty; cluster 2: cat cat dog; cluster 4: emu, none, none.
CLUSTERS = np.array([0, 0, 0, 2, 2, 2, 4, 4, 4], dtype=np.int32)
LABELS = ["dog", "dog", "cat", "cat", "cat", "dog", "emu", None, None]
ONCE = np.arange(9)


def test_rows_and_columns_that_belong_together_meet_on_the_diagonal():
    found = measure_confusion(CLUSTERS, ONCE, LABELS)
    assert found.clusters.tolist() == [0, 2, 4]
    assert found.labels == ("dog", "cat", "emu")
    assert found.table.tolist() == [[2, 1, 0], [1, 2, 0], [0, 0, 1]]
    assert found.n_matched == 3
    assert found.unlabelled.tolist() == [0, 0, 2]
    assert (found.table.dtype, found.clusters.dtype) == (np.int64, np.int32)


def test_what_has_no_match_comes_last():
    clusters = np.array([0, 0, 1, 1, 1, 2], dtype=np.int32)
    found = measure_confusion(clusters, np.arange(6), ["b", "b", "b", "b", "b", None])
    assert (found.clusters.tolist(), found.labels, found.n_matched) == ([1, 0, 2], ("b",), 1)
    assert found.table.tolist() == [[3], [2], [0]]
    fewer = measure_confusion(np.zeros(4, np.int32), np.arange(4), ["a", "c", "c", "b"])
    assert (fewer.labels, fewer.table.tolist(), fewer.n_matched) == (
        ("c", "a", "b"),
        [[2, 1, 1]],
        1,
    )


def test_copies_count_as_often_as_they_occur():
    rows = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 2, 2])
    found = measure_confusion(CLUSTERS, rows, [*LABELS, "cat", "dog"])
    assert found.table.tolist() == [[3, 2, 0], [1, 2, 0], [0, 0, 1]]


def test_the_diagonal_holds_as_many_images_as_any_matching():
    generator = np.random.default_rng(0)
    clusters = generator.integers(0, 7, 400).astype(np.int32)
    labels = [f"label {one}" for one in (clusters * 3 + generator.integers(0, 4, 400)) % 5]
    found = measure_confusion(clusters, np.arange(400), labels)
    assert found.table.sum() == 400
    best = found.table[linear_sum_assignment(found.table, maximize=True)].sum()
    assert found.table.diagonal().sum() == best
    for row, cluster in enumerate(found.clusters):
        for column, label in enumerate(found.labels):
            both = [c == cluster and one == label for c, one in zip(clusters, labels, strict=True)]
            assert found.table[row, column] == sum(both)


@pytest.mark.parametrize(
    ("cluster", "label", "images"),
    [(0, "dog", [0, 1]), (2, "dog", [5]), (4, None, [7, 8]), (1, "dog", []), (0, "emu", [])],
)
def test_a_cell_selects_its_images(cluster, label, images):
    found = select_labels(CLUSTERS, ONCE, LABELS, wanted={label}, cluster=cluster)
    assert found.tolist() == images


def test_a_cell_names_an_image_once_and_under_every_label_of_its_copies():
    rows = np.array([0, 0, 0, 1])
    clusters = np.zeros(2, dtype=np.int32)
    labels = ["dog", "cat", "dog", "dog"]
    assert select_labels(clusters, rows, labels, wanted={"dog"}, cluster=0).tolist() == [0, 1]
    assert select_labels(clusters, rows, labels, wanted={"cat"}, cluster=0).tolist() == [0]


def test_disagreement_with_the_label_of_the_cluster():
    found = disagree_with_cluster(CLUSTERS, ONCE, LABELS)
    expected = [0, 0, 1 / 2, 0, 0, 1 / 2, 0, np.nan, np.nan]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert found.dtype == np.float32


def test_labels_equally_common_do_not_disagree_and_a_lone_one_does():
    clusters = np.zeros(11, dtype=np.int32)
    found = disagree_with_cluster(clusters, np.arange(11), ["a"] * 5 + ["b"] * 5 + ["c"])
    np.testing.assert_allclose(found, [0] * 10 + [0.8], rtol=1e-6)


def test_of_copies_with_different_labels_the_worst_counts():
    rows = np.array([0, 1, 2, 2, 2])
    found = disagree_with_cluster(np.zeros(3, np.int32), rows, ["a", "a", "b", "a", None])
    np.testing.assert_allclose(found, [0, 0, 2 / 3], rtol=1e-6)


def test_without_labels_there_is_nothing_to_compare():
    found = measure_confusion(CLUSTERS, ONCE, [None] * 9)
    assert (found.table.shape, found.labels, found.n_matched) == ((3, 0), (), 0)
    assert found.unlabelled.tolist() == [3, 3, 3]
    assert disagree_with_cluster(CLUSTERS, ONCE, [None] * 9) is None


def test_no_image():
    none, no_rows = np.empty(0, np.int32), np.empty(0, np.int64)
    found = measure_confusion(none, no_rows, [])
    assert (found.table.shape, found.clusters.tolist()) == ((0, 0), [])
    assert select_labels(none, no_rows, [], wanted={None}, cluster=0).tolist() == []


def test_purity_is_the_share_of_the_most_common_labels():
    # Of cluster 0 two dogs of three, of cluster 2 two cats of three, of cluster 4 its only emu.
    assert measure_confusion(CLUSTERS, ONCE, LABELS).purity == pytest.approx(5 / 7)


def test_accuracy_gives_each_label_one_cluster_only():
    clusters = np.array([0, 0, 1, 1, 1, 2], dtype=np.int32)
    found = measure_confusion(clusters, np.arange(6), ["b", "b", "b", "b", "b", None])
    assert (found.purity, found.accuracy) == (1, 3 / 5)
    assert measure_confusion(CLUSTERS, ONCE, LABELS).accuracy == pytest.approx(5 / 7)


def test_without_labels_neither_is_defined():
    found = measure_confusion(CLUSTERS, ONCE, [None] * 9)
    assert np.isnan([found.purity, found.accuracy]).all()


def test_several_labels_are_selected_at_once_in_one_cluster_or_in_all():
    found = select_labels(CLUSTERS, ONCE, LABELS, wanted={"dog", None})
    assert found.tolist() == [0, 1, 5, 7, 8]
    found = select_labels(CLUSTERS, ONCE, LABELS, wanted={"dog", "cat"}, cluster=2)
    assert found.tolist() == [3, 4, 5]
    assert select_labels(CLUSTERS, ONCE, LABELS, wanted=set()).tolist() == []
