"""The starts of K-Means against those that scikit-learn draws for the same seed."""

import numpy as np
import pytest
from sklearn.cluster import kmeans_plusplus

from core.clusters.seeding import Seeding

VALUES = np.random.default_rng(5).normal(size=(300, 8)).astype(np.float32)


@pytest.mark.parametrize("seed", [0, 42])
@pytest.mark.parametrize("k", [1, 2, 3, 7, 8, 20])
def test_the_centres_are_scikit_learns(k, seed):
    expected, _ = kmeans_plusplus(VALUES, k, random_state=np.random.RandomState(seed))
    assert np.array_equal(Seeding(VALUES, seed=seed).choose(k), expected)


def test_the_order_in_which_k_is_asked_does_not_matter():
    upwards, downwards = Seeding(VALUES, seed=1), Seeding(VALUES, seed=1)
    first = {k: upwards.choose(k) for k in range(1, 21)}
    last = {k: downwards.choose(k) for k in range(20, 0, -1)}
    assert all(np.array_equal(first[k], last[k]) for k in first)


def test_a_larger_k_goes_on_where_the_smaller_ended():
    seeding = Seeding(VALUES, seed=3)
    assert np.array_equal(seeding.choose(20)[:8], seeding.choose(8))


def test_no_centre_is_drawn_twice_while_others_differ():
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32) + np.float32(1000)
    values = np.repeat(corners, 25, axis=0)
    for seed in range(20):
        assert len(np.unique(Seeding(values, seed=seed).choose(4), axis=0)) == 4


def test_identical_rows_give_identical_centres():
    assert (Seeding(np.ones((5, 2), dtype=np.float32), seed=0).choose(3) == 1).all()


def test_distinct_rows_are_counted():
    nine = np.arange(18, dtype=np.float32).reshape(9, 2)
    assert Seeding(np.repeat(nine, 3, axis=0), seed=0).n_distinct == 9
    assert Seeding(np.array([[0.0, 1.0], [-0.0, 1.0]], dtype=np.float32), seed=0).n_distinct == 1
