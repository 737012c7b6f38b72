"""The fit of images on a line, by hand; of random ones, against every distance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.clusters.clustering import KMeansParams, cluster
from core.review import fit as fit_module
from core.review.fit import find_centroids, measure_fit, nearest_centroids

LINE = np.array([[0], [2], [3], [9], [11], [30]], dtype=np.float32)
CLUSTERS = np.array([0, 0, 0, 1, 1, 2], dtype=np.int32)
CENTROIDS = np.array([[5 / 3], [10], [30]], dtype=np.float32)


def once(values):
    return np.ones(len(values), dtype=np.int64)


def brute_force(values, clusters, centroids):
    """Own and rival distances of each image, one by one."""
    for value, own in zip(values.astype(float), clusters, strict=True):
        distances = np.sqrt(((centroids.astype(float) - value) ** 2).sum(axis=1))
        yield distances[own], np.delete(distances, own).min()


def test_a_centroid_is_the_mean_of_its_members():
    np.testing.assert_allclose(find_centroids(LINE, CLUSTERS, once(LINE)), CENTROIDS, rtol=1e-6)


def test_copies_weigh_as_often_as_they_occur():
    counts = np.array([4, 1, 1, 1, 3, 2])
    found = find_centroids(LINE, CLUSTERS, counts)
    np.testing.assert_allclose(found[:, 0], [5 / 6, 10.5, 30], rtol=1e-6)


def test_fit_compares_the_own_centroid_with_the_next():
    made = measure_fit(LINE, CLUSTERS, CENTROIDS)
    np.testing.assert_allclose(made.own, [5 / 3, 1 / 3, 4 / 3, 1, 1, 0], rtol=1e-5)
    assert made.rivals.tolist() == [1, 1, 1, 0, 0, 1]
    np.testing.assert_allclose(made.rival, [10, 8, 7, 22 / 3, 28 / 3, 20], rtol=1e-5)
    expected = [5 / 6, 23 / 24, 17 / 21, 19 / 22, 25 / 28, 1]
    np.testing.assert_allclose(made.fit, expected, rtol=1e-5)


def test_one_cluster_has_no_rival():
    made = measure_fit(LINE, np.zeros(6, np.int32), LINE[:1])
    assert made.rivals.tolist() == [-1] * 6
    assert np.isnan(made.fit).all()
    assert np.isnan(made.rival).all()
    assert made.own.tolist() == LINE[:, 0].tolist()


def test_an_image_alone_in_its_cluster_fits_perfectly():
    values = np.array([[0.1, 0.7], [0.3, 0.9], [0.31, 0.9]], dtype=np.float32)
    clusters = np.array([0, 1, 1], dtype=np.int32)
    made = measure_fit(values, clusters, find_centroids(values, clusters, np.array([3, 1, 1])))
    assert (made.own[0], made.fit[0]) == (0, 1)


def test_one_image_alone():
    one = LINE[:1]
    made = measure_fit(one, np.zeros(1, np.int32), find_centroids(one, np.zeros(1, np.int32), [1]))
    assert (made.own.tolist(), made.rivals.tolist()) == ([0], [-1])


def test_an_image_on_or_beyond_the_border_has_no_fit():
    values = np.array([[5], [6]], dtype=np.float32)
    made = measure_fit(values, np.zeros(2, np.int32), np.array([[0], [10]], np.float32))
    assert made.fit.tolist() == [0, 0]


def test_centroids_in_one_place_leave_no_fit():
    made = measure_fit(LINE[:1], np.zeros(1, np.int32), np.zeros((2, 1), np.float32))
    assert made.fit.tolist() == [0]


def test_types():
    made = measure_fit(LINE, CLUSTERS, find_centroids(LINE, CLUSTERS, once(LINE)))
    arrays_of = (made.own, made.rival, made.fit, made.centroids)
    assert {array.dtype for array in arrays_of} == {np.dtype(np.float32)}
    assert made.rivals.dtype == nearest_centroids(LINE, CENTROIDS).dtype == np.int32


def test_the_nearest_centroid_is_found():
    new = np.array([[-5], [5], [6], [19.9], [20.1]], dtype=np.float32)
    assert nearest_centroids(new, CENTROIDS).tolist() == [0, 0, 1, 1, 2]
    assert nearest_centroids(new[:0], CENTROIDS).tolist() == []


def test_blocks_do_not_show(monkeypatch):
    values = np.random.default_rng(1).normal(size=(23, 5)).astype(np.float32)
    clusters = np.arange(23, dtype=np.int32) % 4
    whole = measure_fit(values, clusters, find_centroids(values, clusters, once(values)))
    monkeypatch.setattr(fit_module, "_BLOCK_VALUES", 20)  # 4 rows
    parts = measure_fit(values, clusters, find_centroids(values, clusters, once(values)))
    np.testing.assert_allclose(parts.centroids, whole.centroids, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(parts.fit, whole.fit, atol=1e-5)
    assert np.array_equal(parts.rivals, whole.rivals)
    assert np.array_equal(nearest_centroids(values, whole.centroids)[20:],
                          nearest_centroids(values[20:], whole.centroids))  # fmt: skip


def test_what_k_means_found_fits_and_its_distances_are_ours():
    values = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    made = cluster(values, KMeansParams(5))
    found = measure_fit(values, made.labels, find_centroids(values, made.labels, once(values)))
    np.testing.assert_allclose(found.own, made.distances, atol=0.05)  # it stops within 1e-4
    assert (found.fit >= 0).all()


@settings(deadline=None)
@given(
    values=arrays.arrays(
        np.float32,
        st.tuples(st.integers(2, 12), st.integers(1, 4)),
        elements=st.floats(-100, 100, width=32),
    ),
    k=st.integers(2, 4),
)
def test_fit_is_that_of_all_distances(values, k):
    k = min(k, len(values))
    clusters = (np.arange(len(values)) % k).astype(np.int32)
    made = measure_fit(values, clusters, find_centroids(values, clusters, once(values)))
    for row, (own, rival) in enumerate(brute_force(values, clusters, made.centroids)):
        assert made.own[row] == pytest.approx(own, rel=1e-4, abs=1e-4)
        assert made.rival[row] == pytest.approx(rival, rel=1e-4, abs=1e-4)
        assert 0 <= made.fit[row] <= 1
        if max(own, rival) > 0.01:
            expected = max(0, (rival - own) / max(rival, own))
            assert made.fit[row] == pytest.approx(expected, abs=0.02)


def test_a_cluster_without_images_is_nobodys_rival():
    values = np.array([[0], [2], [10]], np.float32)
    clusters = np.array([0, 0, 2], np.int32)
    centroids = find_centroids(values, clusters, np.ones(3, np.int64))
    assert centroids[[0, 2]].tolist() == [[1], [10]]
    assert np.isnan(centroids[1]).all()
    fit = measure_fit(values, clusters, centroids)
    assert fit.rivals.tolist() == [2, 2, 0]
    assert fit.rival.tolist() == [10, 8, 9]
    assert nearest_centroids(values, centroids).tolist() == [0, 0, 2]


def test_one_cluster_among_empty_ones_has_no_rival():
    values = np.array([[0], [2]], np.float32)
    clusters = np.array([1, 1], np.int32)
    fit = measure_fit(values, clusters, find_centroids(values, clusters, np.ones(2, np.int64)))
    assert fit.rivals.tolist() == [-1, -1]
    assert np.isnan(fit.fit).all()
