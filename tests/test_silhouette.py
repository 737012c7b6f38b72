"""Silhouettes: by hand on a line, against their definition and scikit-learn, and by a sample."""

import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.datasets import load_digits
from sklearn.metrics import silhouette_samples

from core.measures import silhouette as module
from core.measures.silhouette import EXACT_UP_TO, SAMPLE, Silhouettes, measure_silhouette, score_all

LINE = np.array([[0], [1], [4], [6]], dtype=np.float32)
HALVES = np.array([0, 0, 1, 1])
BY_HAND = [4 / 5, 3 / 4, 1.5 / 3.5, 3.5 / 5.5]
"""a = 1, 1, 2, 2 to the other of the own cluster; b = 5, 4, 3.5, 5.5 to the other cluster."""


def by_definition(values, labels):
    """The silhouette of each image, one at a time, in double precision."""
    values = values.astype(np.float64)
    for row, own in enumerate(labels):
        distances = np.linalg.norm(values - values[row], axis=1)
        mates = (labels == own) & (np.arange(len(labels)) != row)
        if not mates.any():
            yield 0.0
            continue
        a = distances[mates].mean()
        b = min(distances[labels == other].mean() for other in set(labels.tolist()) - {own})
        yield (b - a) / max(a, b) if max(a, b) else 0.0


def random_case(n=90, d=6, k=4, seed=0):
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, k, n)
    values = generator.normal(size=(n, d)) + generator.normal(size=(k, d))[labels]
    return values.astype(np.float32), labels


def test_by_hand():
    made = measure_silhouette(LINE, HALVES)
    np.testing.assert_allclose(made.values, BY_HAND, rtol=1e-6)
    assert made.mean == pytest.approx(np.mean(BY_HAND))
    assert (made.error, made.n_scored, made.n_images) == (0, 4, 4)
    assert made.rows.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(score_all(LINE, HALVES), BY_HAND, rtol=1e-6)


def test_an_image_alone_in_its_cluster_has_0():
    labels = np.array([0, 0, 0, 1])
    assert measure_silhouette(LINE, labels).values[3] == 0
    assert score_all(LINE, labels)[3] == 0


def test_an_image_in_the_wrong_cluster_is_below_0():
    # To its mate at 6 it is 6, to those at 1 and 4 in the mean 2.5.
    made = measure_silhouette(LINE, np.array([1, 0, 0, 1]))
    assert made.values[0] == pytest.approx((2.5 - 6) / 6)


def test_numbers_without_images_change_nothing():
    made = measure_silhouette(LINE, np.array([3, 3, 7, 7], dtype=np.int32))
    np.testing.assert_allclose(made.values, BY_HAND, rtol=1e-6)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        (LINE, [0, 0, 0, 0]),
        (LINE, [0, 1, 2, 3]),
        (LINE[:1], [0]),
        (LINE[:0], []),
        (np.ones((4, 2), dtype=np.float32), [0, 0, 1, 1]),
    ],
)
def test_undefined_is_none(values, labels):
    assert measure_silhouette(values, np.array(labels, dtype=np.int32)) is None
    assert score_all(values, np.array(labels, dtype=np.int32)) is None


def test_copies_in_two_clusters_are_as_near_to_both():
    values = np.array([[1], [1], [1], [1], [5]], dtype=np.float32)
    made = measure_silhouette(values, np.array([0, 0, 1, 1, 2]))
    assert made.values.tolist() == [0, 0, 0, 0, 0]


def test_clusters_of_copies_are_perfect():
    rows = np.random.default_rng(0).normal(size=(3, 256)).astype(np.float32) + 1000
    values, labels = np.repeat(rows, 4, axis=0), np.repeat([0, 1, 2], 4)
    assert measure_silhouette(values, labels).values.tolist() == [1] * 12
    assert score_all(values, labels).tolist() == [1] * 12


def test_all_but_copies_are_told_apart():
    """Two pairs of clusters, the clusters of a pair a ten-thousandth apart."""
    generator = np.random.default_rng(0)
    places = np.array([[0, 0], [1e-4, 0], [1, 1], [1 + 1e-4, 1]])
    labels = np.repeat([0, 1, 2, 3], 10)
    values = (places[labels] + generator.normal(scale=1e-5, size=(40, 2))).astype(np.float32)
    expected = list(by_definition(values, labels))
    np.testing.assert_allclose(measure_silhouette(values, labels).values, expected, atol=1e-4)


@settings(deadline=None)
@given(
    values=arrays.arrays(
        np.float32,
        st.tuples(st.integers(3, 14), st.integers(1, 4)),
        # On a grid: beside large values float32 holds no tiny ones, and rounding would decide.
        elements=st.integers(-1600, 1600).map(lambda one: one / 16),
    ),
    k=st.integers(2, 5),
)
def test_every_silhouette_is_that_of_its_definition(values, k):
    labels = np.arange(len(values)) % k
    made = measure_silhouette(values, labels)
    if made is None:
        assert k >= len(values) or (values == values[0]).all()
        return
    np.testing.assert_allclose(made.values, list(by_definition(values, labels)), atol=1e-4)
    np.testing.assert_allclose(score_all(values, labels), made.values, atol=1e-5)


@pytest.mark.parametrize(("scale", "place"), [(1e-30, 0), (1, 1000), (1e15, 0)])
def test_scikit_learn_finds_the_same(scale, place):
    values, labels = random_case()
    values = (values * np.float32(scale) + np.float32(place)).astype(np.float32)
    expected = silhouette_samples(values.astype(np.float64), labels)
    np.testing.assert_allclose(measure_silhouette(values, labels).values, expected, atol=1e-4)
    np.testing.assert_allclose(score_all(values, labels), expected, atol=1e-4)


def test_the_digits_are_as_in_scikit_learn():
    values = load_digits().data.astype(np.float32)
    labels = load_digits().target
    expected = silhouette_samples(values.astype(np.float64), labels)
    made = measure_silhouette(values, labels)
    np.testing.assert_allclose(made.values, expected, atol=1e-5)
    assert made.mean == pytest.approx(expected.mean(), abs=1e-6)


def test_blocks_do_not_show(monkeypatch):
    values, labels = random_case()
    whole, every = measure_silhouette(values, labels), score_all(values, labels)
    monkeypatch.setattr(module, "_BLOCK_VALUES", 400)  # 4 columns, or 20 x 20
    np.testing.assert_allclose(measure_silhouette(values, labels).values, whole.values, atol=1e-6)
    np.testing.assert_allclose(score_all(values, labels), every, atol=1e-6)
    monkeypatch.setattr(module, "_KEPT_VALUES", 0)
    np.testing.assert_allclose(measure_silhouette(values, labels).values, whole.values, atol=1e-6)


def test_distances_are_computed_once_for_all_clusterings(monkeypatch):
    calls = []
    original = module.distances_from
    monkeypatch.setattr(module, "distances_from", lambda some: calls.append(1) or original(some))
    values, labels = random_case()
    shared = Silhouettes(values)
    first = shared.measure(labels)
    n_calls = len(calls)
    again = shared.measure(labels % 2)
    assert len(calls) == n_calls > 0
    np.testing.assert_allclose(again.values, list(by_definition(values, labels % 2)), atol=1e-5)
    assert np.array_equal(shared.measure(labels).values, first.values)


def test_threads_share_one(monkeypatch):
    values, labels = random_case()
    shared, calls, found = Silhouettes(values), [], []
    original = module.distances_from

    def slowly(some):
        calls.append(1)
        time.sleep(0.05)
        return original(some)

    monkeypatch.setattr(module, "distances_from", slowly)
    threads = [
        threading.Thread(target=lambda: found.append(shared.measure(labels).mean)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(calls) == 1
    assert found == [Silhouettes(values).measure(labels).mean] * 4


def test_few_images_are_all_scored_and_many_by_a_sample():
    generator = np.random.default_rng(0)
    values = generator.normal(size=(EXACT_UP_TO + 1, 2)).astype(np.float32)
    labels = (values[:, 0] > 0).astype(int)
    exact = measure_silhouette(values[:-1], labels[:-1])
    assert (exact.n_scored, exact.error) == (EXACT_UP_TO, 0)
    made = measure_silhouette(values, labels, seed=1)
    assert (made.n_scored, made.n_images) == (SAMPLE, EXACT_UP_TO + 1)
    assert (np.diff(made.rows) > 0).all()
    every = score_all(values, labels)
    np.testing.assert_allclose(made.values, every[made.rows], atol=1e-6)  # against all images
    assert 0 < abs(made.mean - every.mean()) < 4 * made.error
    other = measure_silhouette(values, labels, seed=2)
    assert not np.array_equal(other.rows, made.rows)
    assert np.array_equal(measure_silhouette(values, labels, seed=1).rows, made.rows)


def test_the_error_is_how_far_samples_are_off(monkeypatch):
    """Of 100 images 60 are scored: without the correction for that the error were 1.6 times it."""
    values, labels = random_case(100)
    expected = np.mean(list(by_definition(values, labels)))
    monkeypatch.setattr(module, "EXACT_UP_TO", 50)
    monkeypatch.setattr(module, "SAMPLE", 60)
    made = [measure_silhouette(values, labels, seed=seed) for seed in range(400)]
    off = np.sqrt(np.mean([(one.mean - expected) ** 2 for one in made]))
    assert off == pytest.approx(np.mean([one.error for one in made]), rel=0.1)


def test_types_and_untouched_input():
    values, labels = random_case()
    before = values.copy()
    made = measure_silhouette(values, labels.astype(np.int32))
    assert (made.values.dtype, made.rows.dtype) == (np.float32, np.int64)
    assert np.array_equal(values, before)


def test_another_number_of_labels_is_refused():
    with pytest.raises(ValueError, match="3 labels for 4 images"):
        measure_silhouette(LINE, HALVES[:3])
    with pytest.raises(ValueError, match="3 labels for 4 images"):
        score_all(LINE, HALVES[:3])
