"""The distance to the 14th neighbour, and the local outlier factor against scikit-learn's."""

import numpy as np
import pytest
from sklearn.neighbors import LocalOutlierFactor

from core.neighbor_search import find_neighbors
from core.review.outliers import measure_outliers, rank


def measure(values, k=15):
    return measure_outliers(find_neighbors(np.asarray(values, dtype=np.float32), k=k))


def test_the_distance_to_the_farthest_of_the_neighbours():
    found = measure([[0], [1], [3], [10]], k=3)  # two neighbours each
    assert found.distance.tolist() == [3, 2, 3, 9]
    np.testing.assert_allclose(found.distance_rank, [1 / 3, 0, 1 / 3, 1], rtol=1e-6)


def test_of_more_neighbours_the_14_nearest_count():
    values = np.random.default_rng(0).normal(size=(60, 3))
    found = measure(values, k=30)
    assert np.array_equal(found.distance, measure(values, k=15).distance)
    assert np.array_equal(found.factor, measure(values, k=15).factor)
    apart = np.linalg.norm(values[:, None] - values, axis=2)
    np.testing.assert_allclose(found.distance, np.sort(apart, axis=1)[:, 14], rtol=1e-5)


def test_the_factor_by_hand():
    # One neighbour each: 1, 0, 1. Reach: 1, 1, 2. The last lies in half the density of its own.
    found = measure([[0], [1], [3]], k=2)
    np.testing.assert_allclose(found.factor, [1, 1, 2], rtol=1e-6)
    assert found.factor_rank.tolist() == [0, 0, 1]


@pytest.mark.parametrize("n", [20, 300])
def test_the_factor_is_that_of_scikit_learn(n):
    generator = np.random.default_rng(n)
    values = generator.normal(size=(n, 6)) * generator.choice([0.1, 1, 5], (n, 1))
    values = values.astype(np.float32)
    reference = LocalOutlierFactor(n_neighbors=14).fit(values)
    expected = -reference.negative_outlier_factor_
    np.testing.assert_allclose(measure(values).factor, expected, rtol=1e-4)


def test_a_planted_outlier_is_the_first_of_both():
    values = np.random.default_rng(0).normal(size=(200, 4))
    values[17] = 30
    found = measure(values)
    assert (found.distance.argmax(), found.factor.argmax()) == (17, 17)
    assert found.distance_rank[17] == found.factor_rank[17] == 1


def test_beside_a_dense_group_the_factor_sees_what_the_distance_does_not():
    generator = np.random.default_rng(0)
    dense = generator.normal(size=(50, 2)) * 0.01
    loose = generator.normal(size=(50, 2)) * 5 + 100
    found = measure([*dense, [1, 1], *loose])
    assert found.factor.argmax() == 50
    assert found.distance_rank[50] < 0.6


@pytest.mark.parametrize("n", [2, 5, 20])
def test_identical_images_are_as_usual_as_can_be(n):
    found = measure(np.ones((n, 3)))
    assert found.distance.tolist() == [0] * n
    np.testing.assert_allclose(found.factor, 1)
    assert found.distance_rank.tolist() == found.factor_rank.tolist() == [0] * n


def test_one_image_alone():
    found = measure([[1]])
    assert np.isnan(found.distance).all()
    assert np.isnan(found.factor).all()
    assert found.distance_rank.tolist() == found.factor_rank.tolist() == [0]


def test_a_rank_is_the_share_of_the_others_that_are_smaller():
    assert rank(np.array([3.0, 1, 3, 2, 9])).tolist() == [0.5, 0, 0.5, 0.25, 1]
    assert rank(np.array([])).tolist() == []


def test_neighbours_are_left_as_they_were():
    neighbors = find_neighbors(np.arange(6, dtype=np.float32)[:, None], k=3)
    before = neighbors.distances.copy()
    measure_outliers(neighbors).distance[:] = 7
    assert np.array_equal(neighbors.distances, before)
