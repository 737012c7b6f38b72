"""The scores of eight images on a line, by hand; planted intruders, by K-Means."""

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from core.clusters.clustering import KMeansParams, cluster
from core.compare.restlessness import Restlessness
from core.errors import CoreError
from core.neighbor_search import find_neighbors
from core.neighbors import Neighbors
from core.review import misfit as misfit_module
from core.review.fit import find_centroids, measure_fit
from core.review.misfit import SCORES, ImageSilhouettes, find_silhouettes, measure_misfit

# Cluster 0 at 0, 1, 2 and 7 (its centroid at 2.5), cluster 1 at 8, 9, 10 and 13 (10).
LINE = np.array([[0], [1], [2], [7], [8], [9], [10], [13]], dtype=np.float32)
CLUSTERS = np.array([0, 0, 0, 0, 1, 1, 1, 1], dtype=np.int32)


def measure(values=LINE, clusters=CLUSTERS, *, k=4, **options):
    counts = np.ones(len(values), dtype=np.int64)
    fit = measure_fit(values, clusters, find_centroids(values, clusters, counts))
    silhouettes = find_silhouettes(values, clusters, fit)
    return measure_misfit(fit, clusters, find_neighbors(values, k=k), silhouettes, **options)


def floats(*numbers):
    return np.array(numbers, dtype=np.float32)


def test_the_margin_is_the_distance_to_the_own_centroid_as_a_share_of_that_to_the_rivals():
    expected = [2.5 / 10, 1.5 / 9, 0.5 / 8, 1, 2 / 5.5, 1 / 6.5, 0, 3 / 10.5]
    np.testing.assert_allclose(measure().margin, expected, rtol=1e-5)


def test_the_silhouette_is_turned_and_scaled():
    expected = (1 - silhouette_samples(LINE, CLUSTERS)) / 2
    found = measure()
    np.testing.assert_allclose(found.silhouette, expected, rtol=1e-5)
    assert found.silhouette_is_exact


def test_the_share_of_the_neighbours_that_are_elsewhere():
    # Three each: 7 has 8, 9 and 10; 8, 9 and 10 have 7 among theirs (of 7 and 13 the lower row).
    expected = [0, 0, 0, 1, 1 / 3, 1 / 3, 1 / 3, 0]
    np.testing.assert_allclose(measure().neighbors, expected, rtol=1e-6)


def test_no_more_than_14_neighbours_count():
    values = np.arange(40, dtype=np.float32)[:, None]
    clusters = (values[:, 0] >= 20).astype(np.int32)
    assert np.array_equal(measure(values, clusters, k=15).neighbors,
                          measure(values, clusters, k=30).neighbors)  # fmt: skip


def test_the_order_combines_margin_neighbours_restlessness_and_label():
    plain = measure()
    np.testing.assert_allclose(plain.combined, (plain.margin + plain.neighbors) / 2, rtol=1e-6)
    restless = Restlessness(floats(1, 1, 0, 1, 0.5, 1, 1, 1), 0.2, 57)
    found = measure(restlessness=restless)
    assert found.restlessness.tolist() == [0, 0, 1, 0, 0.5, 0, 0, 0]
    expected = (plain.margin + plain.neighbors + found.restlessness) / 3
    np.testing.assert_allclose(found.combined, expected, rtol=1e-6)


def test_an_image_without_a_label_is_judged_by_the_rest():
    label = floats(0.5, *[np.nan] * 6, 1)
    plain, found = measure(), measure(label=label)
    np.testing.assert_allclose(found.combined[1:7], plain.combined[1:7], rtol=1e-6)
    both = plain.margin[[0, 7]] + plain.neighbors[[0, 7]]
    np.testing.assert_allclose(found.combined[[0, 7]], (both + label[[0, 7]]) / 3, rtol=1e-6)


def test_the_worst_come_first_and_equals_in_the_combined_order():
    found = measure(restlessness=Restlessness(floats(1, 0, 1, 1, 1, 0, 1, 1), 0.2, 57))
    assert found.worst_first()[0] == np.argmax(found.combined)
    assert np.all(np.diff(found.combined[found.worst_first()]) <= 0)
    by_rest = found.worst_first("restlessness")
    ones, zeros = by_rest[:2], by_rest[2:]
    assert set(ones.tolist()) == {1, 5}
    for part in (ones, zeros):
        assert np.all(np.diff(found.combined[part]) <= 0)


def test_equals_in_everything_stand_in_the_order_of_their_rows():
    same = measure(np.ones((6, 2), np.float32), np.zeros(6, np.int32))
    assert same.worst_first().tolist() == [0, 1, 2, 3, 4, 5]


def test_what_is_undefined_comes_last():
    found = measure(label=floats(np.nan, 0.1, np.nan, 0.2, 0, 0.3, np.nan, 0))
    assert found.worst_first("label")[:3].tolist() == [5, 3, 1]
    assert set(found.worst_first("label")[5:].tolist()) == {0, 2, 6}


def test_every_score_can_be_asked_for_and_no_other():
    found = measure(
        restlessness=Restlessness(np.ones(8, np.float32), 0.2, 57), label=floats(*[0] * 8)
    )
    assert all(found.score(name).shape == (8,) for name in SCORES)
    assert {found.score(name).dtype for name in SCORES} == {np.dtype(np.float32)}
    with pytest.raises(CoreError, match="no score named 'beauty': choose one of combined"):
        found.score("beauty")


def test_a_score_that_is_not_known_is_refused():
    with pytest.raises(CoreError, match="'restlessness' is not known here"):
        measure().worst_first("restlessness")


def test_above_a_size_the_silhouette_is_the_simplified_one(monkeypatch):
    monkeypatch.setattr(misfit_module, "EXACT_UP_TO", 7)
    found = measure()
    assert not found.silhouette_is_exact
    np.testing.assert_allclose(found.silhouette, found.margin / 2, rtol=1e-6)  # (1 - fit) / 2
    monkeypatch.setattr(misfit_module, "EXACT_UP_TO", 8)
    assert measure().silhouette_is_exact


def test_one_cluster_has_no_rival_and_nothing_speaks_against_anyone():
    found = measure(clusters=np.zeros(8, np.int32))
    assert np.isnan(found.margin).all()
    assert np.isnan(found.silhouette).all()
    assert found.combined.tolist() == [0] * 8


def test_one_image():
    found = measure(LINE[:1], np.zeros(1, np.int32))
    assert np.isnan(found.neighbors).all()
    assert found.combined.tolist() == [0]
    assert found.worst_first().tolist() == [0]


def test_no_image():
    none = np.empty(0, np.float32)
    empty = Neighbors(np.empty((0, 0), np.int64), np.empty((0, 0), np.float32))
    fit = measure_fit(LINE[:0], CLUSTERS[:0], np.empty((0, 1), np.float32))
    found = measure_misfit(fit, CLUSTERS[:0], empty, ImageSilhouettes(none, is_exact=True))
    assert found.worst_first().tolist() == []


def test_a_cluster_without_images_changes_nothing():
    gap = measure(clusters=CLUSTERS * 2)  # no image in cluster 1
    for name in ("combined", "margin", "silhouette", "neighbors"):
        assert np.array_equal(gap.score(name), measure().score(name))


def test_copies_of_one_image_in_two_clusters_do_not_fit():
    found = measure(np.ones((4, 2), np.float32), np.array([0, 0, 0, 1], np.int32))
    assert found.margin.tolist() == [1, 1, 1, 1]
    assert found.neighbors[3] == 1


@pytest.mark.parametrize("name", ["margin", "silhouette", "neighbors", "combined"])
def test_planted_intruders_come_first(name):
    generator = np.random.default_rng(0)
    groups = np.repeat(np.eye(4, 16) * 40, 100, axis=0) + generator.normal(size=(400, 16))
    clusters = cluster(groups.astype(np.float32), KMeansParams(4)).labels
    intruders = np.arange(0, 400, 20)
    wrong = clusters.copy()
    wrong[intruders] = (clusters[intruders] + 1) % 4
    found = measure(groups.astype(np.float32), wrong, k=15)
    assert set(found.worst_first(name)[:20].tolist()) == set(intruders.tolist())


def test_every_score_lies_between_0_and_1():
    generator = np.random.default_rng(1)
    values = generator.normal(size=(300, 5)).astype(np.float32)
    found = measure(values, generator.integers(0, 6, 300).astype(np.int32), k=15)
    for name in ("combined", "margin", "silhouette", "neighbors"):
        assert 0 <= found.score(name).min() <= found.score(name).max() <= 1
