"""Agreement of clusterings against scikit-learn, against hand computations, and as a metric."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from core.compare.agreement import (
    adjusted_rand,
    normalized_mutual_information,
    relative_variation,
    variation_of_information,
)
from core.compare.contingency import contingency

MEASURES = (
    adjusted_rand,
    normalized_mutual_information,
    variation_of_information,
    relative_variation,
)
LABELS = arrays.arrays(
    np.int32, st.tuples(st.just(3), st.integers(1, 20)), elements=st.integers(0, 4)
)


def measure(table):
    return [one(np.array(table)) for one in MEASURES]


def test_variation_by_hand():
    # Four images, two halves that cut each other in half: each leaves one bit of the other unknown.
    assert measure([[1, 1], [1, 1]])[2:] == [2, 1]
    # Of four images one moved: H(A) = 1, H(B) = 2 - 3/4 log2 3, H(A, B) = 3/2.
    table = np.array([[2, 0], [1, 1]])
    expected = 2 * 1.5 - 1 - (2 - 0.75 * math.log2(3))
    assert variation_of_information(table) == pytest.approx(expected)
    assert relative_variation(table) == pytest.approx(expected / 1.5)


def test_a_split_in_halves_costs_one_bit_of_the_images_split():
    table = np.array([[8, 0, 0], [0, 4, 4]])
    assert variation_of_information(table) == pytest.approx(0.5)
    assert relative_variation(table) == pytest.approx(0.5 / 1.5)


@pytest.mark.parametrize("table", [[[3, 0], [0, 5]], [[0, 3], [5, 0]], [[2, 0, 0], [0, 0, 9]]])
def test_the_same_groups(table):
    assert measure(table) == [1, 1, 0, 0]


@pytest.mark.parametrize("table", [[[7]], [[1]], [[0]], [[]], [[7, 0], [0, 0]]])
def test_one_cluster_or_no_image(table):
    assert measure(np.array(table, dtype=np.int64)) == [1, 1, 0, 0]


def test_one_cluster_tells_nothing_of_several():
    assert measure([[4, 4, 8]]) == [0, 0, 1.5, 1]


def test_each_image_its_own_cluster_on_both_sides():
    assert measure(np.eye(6, dtype=np.int64)) == [1, 1, 0, 0]


@settings(deadline=None)
@given(LABELS)
def test_as_scikit_learn_has_them(labels):
    before, after, _ = labels
    table = contingency(before, after)
    assert adjusted_rand(table) == pytest.approx(adjusted_rand_score(before, after), abs=1e-12)
    expected = normalized_mutual_info_score(before, after)
    assert normalized_mutual_information(table) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None)
@given(LABELS, st.data())
def test_copies_count_as_if_each_were_there(labels, data):
    before, after, _ = labels
    weights = data.draw(arrays.arrays(np.int64, len(before), elements=st.integers(1, 4)))
    table = contingency(before, after, weights=weights)
    every = np.repeat(before, weights), np.repeat(after, weights)
    assert adjusted_rand(table) == pytest.approx(adjusted_rand_score(*every), abs=1e-12)


@settings(deadline=None)
@given(LABELS)
def test_variation_is_a_metric_within_its_bounds(labels):
    pairs = [(0, 1), (1, 2), (0, 2)]
    tables = [contingency(labels[i], labels[j]) for i, j in pairs]
    for distance in (variation_of_information, relative_variation):
        first, second, direct = (distance(table) for table in tables)
        assert direct <= first + second + 1e-12
        assert direct == pytest.approx(distance(tables[2].T))
    assert 0 <= variation_of_information(tables[0]) <= math.log2(labels.shape[1]) + 1e-12
    assert 0 <= relative_variation(tables[0]) <= 1


@settings(deadline=None)
@given(LABELS)
def test_variation_is_two_joint_entropies_less_the_own_ones(labels):
    before, after, _ = labels

    def entropy(values):
        shares = np.unique(values, return_counts=True, axis=0)[1] / len(values)
        return -sum(share * math.log2(share) for share in shares)

    joint = entropy(np.stack([before, after], axis=1))
    expected = 2 * joint - entropy(before) - entropy(after)
    assert variation_of_information(contingency(before, after)) == pytest.approx(expected, abs=1e-9)


def test_millions_of_images_do_not_overflow():
    table = np.array([[4_000_000, 10], [10, 4_000_000]])
    assert adjusted_rand(table) == pytest.approx(1, abs=1e-4)
    assert adjusted_rand(np.full((2, 2), 4_000_000)) == pytest.approx(0, abs=1e-6)
