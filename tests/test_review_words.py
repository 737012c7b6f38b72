"""Sentences on confusion, outliers and the map, from numbers chosen by hand."""

from dataclasses import replace

import numpy as np
import pytest

from core.neighbor_search import find_neighbors
from core.review.confusion import Confusion
from core.review.map_trust import MapTrust
from core.review.outliers import measure_outliers
from core.review.review_words import (
    describe_confusion,
    describe_outlier,
    describe_trust,
    ordinal,
)

CONFUSION = Confusion(
    table=np.array([[60, 0, 5], [10, 20, 5]]),
    clusters=np.array([4, 1], dtype=np.int32),
    labels=("cat", "dog", "owl"),
    n_matched=2,
    unlabelled=np.array([0, 3]),
)
ONES = np.ones(4, dtype=np.float32)


def test_purity_and_accuracy_are_said_with_what_they_mean():
    assert describe_confusion(CONFUSION) == [
        "80 % of the 100 labelled images have the most common label of their cluster (purity).",
        "80 % lie in the cluster that belongs to their label, if each label has one cluster of "
        "its own (accuracy).",
        "1 of 3 labels have no cluster of their own.",
    ]


def test_where_all_agree_it_is_100_percent_and_only_then():
    pure = replace(CONFUSION, table=np.diag([600, 400]), labels=("cat", "dog"))
    assert [text[:5] for text in describe_confusion(pure)] == ["100 %", "100 %"]
    table = np.array([[600, 1], [0, 400]])
    assert describe_confusion(replace(pure, table=table))[0].startswith("99 %")


def test_of_no_labels_nothing_is_said():
    none = replace(CONFUSION, table=np.zeros((2, 0), np.int64), labels=(), n_matched=0)
    assert describe_confusion(none) == []


def test_an_outlier_is_told_by_its_distance_and_its_surroundings():
    values = np.array([[0], [1], [2], [3], [100]], dtype=np.float32)
    outliers = measure_outliers(find_neighbors(values, k=3))
    far = describe_outlier(4, outliers, n_neighbors=2)
    assert (
        far[0] == "its 2nd nearest image is 98 away, farther than that of 100 % of the other images"
    )
    assert "times as dense" in far[1]
    near = describe_outlier(1, outliers, n_neighbors=2)
    assert near[0] == "its 2nd nearest image is 1 away, nearer than that of any other image"
    assert "as dense around it as around its neighbours" in near[1]


def test_of_one_image_alone_nothing_is_said():
    alone = measure_outliers(find_neighbors(np.zeros((1, 2), np.float32), k=15))
    assert describe_outlier(0, alone, n_neighbors=0) == []


def test_the_map_is_told_by_two_numbers():
    trust = MapTrust(0.75 * ONES, 0.5 * ONES, n_neighbors=14, n_ranked=4)
    first, second = describe_trust(trust)
    assert first.startswith("Trustworthiness 0.750: whether the 14 nearest images on the map")
    assert second.startswith("Continuity 0.500: whether the 14 nearest images in truth")


def test_an_estimate_is_said_to_be_one():
    trust = MapTrust(ONES, ONES, n_neighbors=1, n_ranked=3)
    assert describe_trust(trust)[-1] == "Estimated from 3 of 4 images."
    assert "the nearest image on the map" in describe_trust(trust)[0]


def test_few_images_cannot_be_misplaced():
    assert describe_trust(MapTrust(ONES, ONES, 0, 4)) == ["So few images cannot be misplaced."]


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (14, "14th"), (21, "21st")],
)
def test_ordinals(number, text):
    assert ordinal(number) == text
