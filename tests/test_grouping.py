"""The images of a view by cluster, on four files of which two are copies and one is unreadable."""

import numpy as np
import pytest

from core.images import ImageRecord, ImageSet
from core.review.fit import NO_RIVAL, Fit
from dashboard.grouping import SORTS, Grouped

IMAGES = ImageSet(
    "folder",
    (
        ImageRecord("d.jpg", "cat", "A", 8, 8),
        ImageRecord("broken.jpg", None, None, problem="damaged"),
        ImageRecord("b.jpg", "dog", "B", 8, 8),
        ImageRecord("copy.jpg", "cat", "A", 8, 8),
        ImageRecord("c.jpg", None, "C", 8, 8),
        ImageRecord("a.jpg", "cat", "D", 8, 8),
    ),
)
# Of A, B, C, D.
CLUSTERS = np.array([1, 0, 1, 0], dtype=np.int32)
FIT = Fit(
    own=np.array([0.5, 0.2, 0.1, 0.4], dtype=np.float32),
    rivals=np.array([0, 1, 0, 1], dtype=np.int32),
    rival=np.array([0.5, 0.8, 0.9, 0.4], dtype=np.float32),
    fit=np.array([0, 0.75, 0.9, 0], dtype=np.float32),
    centroids=np.zeros((2, 1), dtype=np.float32),
)
NAMES = ("dark", "light")


def rows(*numbers):
    return np.array(numbers, dtype=np.int64)


def distances_to_d(asked):
    return np.array([3.0, 2.0, 1.0, 0.0], dtype=np.float32)[asked]


@pytest.fixture
def grouped():
    return Grouped(IMAGES, CLUSTERS, FIT, NAMES)


def test_members_are_the_rows_of_a_cluster(grouped):
    assert grouped.members(0).tolist() == [1, 3]
    assert grouped.members(1).tolist() == [0, 2]
    assert grouped.members(2).tolist() == []


@pytest.mark.parametrize(
    ("selected", "cluster"), [((0, 2), 1), ((1, 3), 0), ((0,), None), ((0, 1, 2), None), ((), None)]
)
def test_a_selection_that_is_one_whole_cluster_is_recognised(grouped, selected, cluster):
    assert grouped.whole_cluster(rows(*selected)) == cluster


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("cluster", [1, 3, 2, 0]),  # the nearest to their centroids first
        ("fit", [0, 3, 1, 2]),  # of equal fit the farther from its centroid is the worse
        ("likeness", [3, 2, 1, 0]),
        ("path", [3, 1, 2, 0]),
    ],
)
def test_rows_in_each_order(grouped, by, expected):
    assert by in SORTS
    assert grouped.sort(rows(0, 1, 2, 3), by, {"likeness": distances_to_d}).tolist() == expected


@pytest.mark.parametrize("by", SORTS)
def test_only_the_rows_that_were_asked_for_are_sorted(grouped, by):
    asked = rows(0, 2)
    made = grouped.sort(asked, by, {"likeness": distances_to_d})
    assert made.dtype == np.int64
    assert made.tolist() == ([0, 2] if by == "fit" else [2, 0])
    assert asked.tolist() == [0, 2]
    assert grouped.sort(rows(), by, {"likeness": distances_to_d}).tolist() == []


def test_where_fit_means_nothing_the_farthest_from_the_centre_come_first():
    nothing = np.full(4, np.nan, dtype=np.float32)
    none = np.full(4, NO_RIVAL, dtype=np.int32)
    fit = Fit(FIT.own, none, nothing, nothing, FIT.centroids[:1])
    alone = Grouped(IMAGES, np.zeros(4, np.int32), fit, ("all",))
    assert alone.sort(rows(0, 1, 2, 3), "fit", {"likeness": distances_to_d}).tolist() == [
        0,
        3,
        1,
        2,
    ]


def test_a_selection_is_summed_up_in_words(grouped):
    expected = "3 images: 2 of light, 1 of dark · labels: 1 of cat, 1 of dog, 1 of no label"
    assert grouped.summarize(rows(0, 1, 2)) == expected
    assert grouped.summarize(rows(1)) == "1 image: 1 of dark · labels: 1 of dog"


def test_without_labels_no_labels_are_counted():
    plain = ImageSet("folder", tuple(ImageRecord(f"{one}.jpg", None, one) for one in "ABCD"))
    assert Grouped(plain, CLUSTERS, FIT, NAMES).summarize(rows(0, 2)) == "2 images: 2 of light"


def test_of_many_groups_the_five_most_common_are_named():
    ids = [f"{number:04}" for number in range(1_234)]
    images = ImageSet("folder", tuple(ImageRecord(one, None, one) for one in ids))
    # Cluster 0 has 1,000 + 34 images, clusters 1 to 8 have 25 each.
    clusters = np.concatenate([np.zeros(1_034), np.repeat(np.arange(1, 9), 25)]).astype(np.int32)
    names = tuple("abcdefghi")
    grouped = Grouped(images, clusters, FIT, names)
    assert grouped.summarize(np.arange(1_234)) == (
        "1,234 images: 1,034 of a, 25 of b, 25 of c, 25 of d, 25 of e and 4 more"
    )
