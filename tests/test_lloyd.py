"""Lloyd's iteration by torch against scikit-learn's from the same start."""

import numpy as np
import pytest
from devices import NEEDS_CUDA
from sklearn.cluster import KMeans

from core.clusters import lloyd
from core.clusters.lloyd import fit


def blobs(n=600, d=6, seed=0):
    generator = np.random.default_rng(seed)
    centers = generator.normal(scale=3, size=(7, d))
    return (centers[generator.integers(0, 7, n)] + generator.normal(size=(n, d))).astype(np.float32)


@pytest.mark.parametrize("k", [1, 2, 5, 11])
def test_it_ends_where_scikit_learn_ends(k):
    values = blobs()
    reference = KMeans(k, init=values[:k], n_init=1).fit(values)
    fitted = fit(values, values[:k], device="cpu")
    assert fitted.labels.tolist() == reference.labels_.tolist()
    np.testing.assert_allclose(fitted.centroids, reference.cluster_centers_, atol=1e-3)


def test_four_points_on_a_line_move_as_one_sees():
    line = np.array([[0], [2], [10], [12]], dtype=np.float32)
    fitted = fit(line, line[:2], device="cpu")
    assert fitted.centroids.ravel().tolist() == [1, 11]
    assert fitted.labels.tolist() == [0, 0, 1, 1]
    assert fitted.labels.dtype == np.int32


def test_an_empty_cluster_begins_anew_at_the_farthest_row():
    line = np.array([[0], [1], [50]], dtype=np.float32)
    start = np.array([[0], [1000]], dtype=np.float32)
    assert fit(line, start, device="cpu").labels.tolist() == [0, 0, 1]


def test_blocks_change_nothing(monkeypatch):
    values = blobs()
    whole = fit(values, values[:5], device="cpu")
    monkeypatch.setattr(lloyd, "_BLOCK_VALUES", 100)
    assert fit(values, values[:5], device="cpu").labels.tolist() == whole.labels.tolist()


def test_rounds_are_bounded():
    values = blobs()
    once = fit(values, values[:5], device="cpu", max_iter=1)
    means = [
        values[fit(values, values[:5], device="cpu", max_iter=0).labels == i].mean(0)
        for i in range(5)
    ]
    np.testing.assert_allclose(once.centroids, means, atol=1e-4)


def test_neither_values_nor_centres_are_changed():
    values = blobs()
    before, start = values.copy(), values[:3].copy()
    fit(values, start, device="cpu")
    assert np.array_equal(values, before)
    assert np.array_equal(start, before[:3])


@NEEDS_CUDA
def test_a_cuda_device_ends_at_the_same_place():
    values = blobs()
    on_gpu, on_cpu = (fit(values, values[:5], device=device) for device in ("cuda", "cpu"))
    assert on_gpu.labels.tolist() == on_cpu.labels.tolist()
