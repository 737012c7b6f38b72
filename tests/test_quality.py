"""The measures of one clustering: by hand on a line, against scikit-learn, and where undefined."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from sklearn import metrics
from sklearn.datasets import load_digits

from core.clusters.clustering import KMeansParams, cluster
from core.measures.quality import measure_quality
from core.measures.silhouette import EXACT_UP_TO, SAMPLE, Silhouettes, measure_silhouette

LINE = np.array([[0], [2], [10], [14]], dtype=np.float32)
HALVES = np.array([0, 0, 1, 1], dtype=np.int32)


def test_by_hand():
    made = measure_quality(LINE, HALVES, inertia=10)
    assert (made.n_clusters, made.inertia, made.n_scored, made.silhouette_error) == (2, 10, 4, 0)
    # Centroids 1 and 12 around 6.5: 2 * 5.5² * 2 between, 1 + 1 + 4 + 4 within.
    assert made.calinski_harabasz == pytest.approx((121 / 1) / (10 / 2))
    # Mean distances 1 and 2 to centroids that are 11 apart.
    assert made.davies_bouldin == pytest.approx((1 + 2) / 11)
    by_hand = [(12 - 2) / 12, (10 - 2) / 10, (9 - 4) / 9, (13 - 4) / 13]
    assert made.silhouette == pytest.approx(np.mean(by_hand))


def test_labels_are_measured_where_there_are_some():
    made = measure_quality(LINE, HALVES, inertia=10, true_labels=["a", None, "b", "a"])
    assert made.purity == pytest.approx(2 / 3)
    assert made.ari == pytest.approx(metrics.adjusted_rand_score([0, 1, 0], [0, 1, 1]))
    theirs = metrics.homogeneity_completeness_v_measure([0, 1, 0], [0, 1, 1])
    assert (made.homogeneity, made.completeness, made.nmi) == pytest.approx(theirs)


@pytest.mark.parametrize("labels", [(), [None] * 4])
def test_without_labels_nothing_is_said_of_them(labels):
    made = measure_quality(LINE, HALVES, inertia=10, true_labels=labels)
    found = made.ari, made.nmi, made.purity, made.homogeneity, made.completeness
    assert found == (None,) * 5


@pytest.mark.parametrize("k", [2, 10, 25])
def test_the_digits_are_as_in_scikit_learn(k):
    values = load_digits().data.astype(np.float32)
    truth = [f"digit {digit}" for digit in load_digits().target]
    found = cluster(values, KMeansParams(k))
    made = measure_quality(values, found.labels, inertia=found.inertia, true_labels=truth)
    exact = values.astype(np.float64)
    assert made.silhouette == pytest.approx(metrics.silhouette_score(exact, found.labels), abs=1e-6)
    expected = metrics.calinski_harabasz_score(exact, found.labels)
    assert made.calinski_harabasz == pytest.approx(expected, rel=1e-5)
    expected = metrics.davies_bouldin_score(exact, found.labels)
    assert made.davies_bouldin == pytest.approx(expected, rel=1e-5)
    assert made.ari == pytest.approx(metrics.adjusted_rand_score(truth, found.labels))
    assert made.nmi == pytest.approx(metrics.normalized_mutual_info_score(truth, found.labels))


def test_place_does_not_matter():
    values = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    labels = np.arange(60) % 3
    here = measure_quality(values, labels, inertia=1)
    there = measure_quality(values + np.float32(1000), labels, inertia=1)
    assert there.calinski_harabasz == pytest.approx(here.calinski_harabasz, rel=0.01)
    assert there.davies_bouldin == pytest.approx(here.davies_bouldin, rel=0.01)


def test_numbers_without_images_change_nothing():
    gaps = np.array([2, 2, 5, 5], dtype=np.int32)
    assert measure_quality(LINE, gaps, inertia=10) == measure_quality(LINE, HALVES, inertia=10)


ONES = np.ones((6, 3), dtype=np.float32)
PAIRS = np.repeat(LINE, 2, axis=0)


@pytest.mark.parametrize(
    ("values", "labels", "silhouette", "is_defined"),
    [
        (LINE, [0, 0, 0, 0], None, (False, False)),  # one cluster
        (LINE, [0, 1, 2, 3], None, (False, False)),  # one for each image
        (LINE[:1], [0], None, (False, False)),
        (ONES, [0, 0, 0, 1, 1, 1], None, (False, False)),  # no two differ
        (PAIRS, [0, 0, 1, 1, 2, 2, 3, 3], 1.0, (False, True)),  # all at their centroids
        (np.array([[0], [2], [0], [2]]), [0, 0, 1, 1], -0.5, (True, False)),  # centroids coincide
    ],
)
def test_what_is_undefined_is_none(values, labels, silhouette, is_defined):
    made = measure_quality(values.astype(np.float32), np.array(labels), inertia=0)
    assert made.silhouette == silhouette
    assert (made.n_scored > 0) == (silhouette is not None)
    assert (made.calinski_harabasz is not None, made.davies_bouldin is not None) == is_defined
    json.dumps(asdict(made), allow_nan=False)


def test_it_can_be_written_as_json():
    made = measure_quality(LINE, HALVES, inertia=10, true_labels=["a", "a", "b", "b"])
    told = json.loads(json.dumps(asdict(made), allow_nan=False))
    assert (told["ari"], told["n_clusters"]) == (1, 2)


def test_many_images_are_scored_by_a_sample_of_the_seed():
    values = np.random.default_rng(0).normal(size=(EXACT_UP_TO + 1, 2)).astype(np.float32)
    labels = (values[:, 0] > 0).astype(int)
    made = measure_quality(values, labels, inertia=1, seed=3)
    expected = measure_silhouette(values, labels, seed=3)
    assert made.n_scored == SAMPLE
    assert (made.silhouette, made.silhouette_error) == (expected.mean, expected.error)


def test_silhouettes_can_be_shared():
    shared = Silhouettes(LINE)
    for labels in (HALVES, 1 - HALVES, np.array([0, 1, 1, 1])):
        own = measure_quality(LINE, labels, inertia=1)
        assert measure_quality(LINE, labels, inertia=1, silhouettes=shared) == own


def test_values_are_left_as_they_are():
    before = LINE.copy()
    measure_quality(LINE, HALVES, inertia=10)
    assert np.array_equal(LINE, before)


def test_another_number_of_labels_is_refused():
    with pytest.raises(ValueError, match="1 labels for 4 images"):
        measure_quality(LINE, HALVES, inertia=10, true_labels=["a"])
    with pytest.raises(ValueError, match="3 labels for 4 images"):
        measure_quality(LINE, HALVES[:3], inertia=10)
