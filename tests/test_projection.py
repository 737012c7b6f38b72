"""UMAP on umap-learn's graph and start, and a map for any number of images."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher
from sklearn.datasets import load_digits

from core.errors import CoreError
from core.neighbor_search import find_neighbors
from core.projection import UMAPParams, neighbors_needed, project, warm_up


def random_points(n, d=5, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def lay_out(values, **params):
    asked = UMAPParams(**params)
    if not len(values):
        return project(values, None, asked)
    k = max(1, neighbors_needed(len(values), asked))
    return project(values, find_neighbors(values, k=k, metric=asked.metric), asked)


@pytest.mark.parametrize("n_components", [2, 3])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 15, 16, 17])
def test_any_number_of_images_has_a_map(n, n_components):
    coordinates = lay_out(random_points(n), n_components=n_components).coordinates
    assert (coordinates.shape, coordinates.dtype) == ((n, n_components), np.float32)
    assert np.isfinite(coordinates).all()


@pytest.mark.parametrize("n", [2, 4, 5, 6, 20])
def test_identical_images_have_a_map(n):
    coordinates = lay_out(np.ones((n, 3), dtype=np.float32)).coordinates
    assert coordinates.shape == (n, 2)
    assert np.isfinite(coordinates).all()


def test_a_map_of_nothing_is_refused():
    with pytest.raises(CoreError, match="there are 0 images to lay out"):
        lay_out(random_points(0))


def test_few_images_are_laid_out_by_pca_at_their_true_distances():
    triangle = np.array([[0, 0, 7], [3, 0, 7], [0, 4, 7]], dtype=np.float32)
    made = lay_out(triangle)
    a, b, c = made.coordinates
    sides = [np.linalg.norm(b - a), np.linalg.norm(c - a), np.linalg.norm(c - b)]
    np.testing.assert_allclose(sides, [3, 4, 5], rtol=1e-5)
    assert made.method == "PCA, since 3 images are few for UMAP"


def test_few_images_keep_their_true_distances_in_space():
    corners = np.array([[0, 0, 0, 7], [3, 0, 0, 7], [0, 4, 0, 7], [0, 0, 5, 7]], dtype=np.float32)
    made = lay_out(corners, n_components=3).coordinates
    for i, j in combinations(range(4), 2):
        expected = np.linalg.norm(corners[i] - corners[j])
        assert np.linalg.norm(made[i] - made[j]) == pytest.approx(expected, rel=1e-5)


def test_one_value_an_image_lies_on_a_line():
    coordinates = lay_out(np.array([[1], [2], [4]], dtype=np.float32)).coordinates
    assert (coordinates[:, 1] == 0).all()
    np.testing.assert_allclose(np.abs(np.diff(coordinates[:, 0])), [1, 2], rtol=1e-5)


@pytest.mark.parametrize(
    ("metric", "n_components"), [("euclidean", 2), ("cosine", 2), ("euclidean", 3)]
)
def test_graph_curve_and_start_are_umap_learns(monkeypatch, metric, n_components):
    values = random_points(40)
    neighbors = find_neighbors(values, k=7, metric=metric)
    params = {
        "n_neighbors": 7, "min_dist": 0.3, "metric": metric, "n_components": n_components
    }  # fmt: skip
    seen = []
    monkeypatch.setattr("core.layout.lay_out", lambda *given: seen.append(given) or given[0])
    project(values, neighbors, UMAPParams(**params, seed=3))
    (start, graph, how), (expected, theirs) = *seen, begin_directly(values, neighbors, params)
    np.testing.assert_allclose(graph.toarray(), theirs.toarray(), rtol=1e-5)
    np.testing.assert_allclose(start, expected, atol=1e-4)
    assert (how.a, how.b) == pytest.approx((0.992, 1.112), abs=5e-3)  # of min_dist 0.3
    assert (how.rounds, how.seed) == (500, 3)


def begin_directly(values, neighbors, params):
    """umap-learn's map before the first round, and its graph, by its own functions."""
    with warnings.catch_warnings(action="ignore"):
        from umap.spectral import spectral_layout  # noqa: PLC0415 - warns on import
        from umap.umap_ import fuzzy_simplicial_set, noisy_scale_coords  # noqa: PLC0415

        random = np.random.RandomState(3)
        graph, _, _ = fuzzy_simplicial_set(
            values, 7, random, params["metric"],
            knn_indices=neighbors.indices, knn_dists=neighbors.distances,
        )  # fmt: skip
        coordinates = spectral_layout(values, graph, params["n_components"], random)
        coordinates = noisy_scale_coords(coordinates, random, max_coord=10, noise=0.0001)
    low, high = coordinates.min(0), coordinates.max(0)
    return 10 * (coordinates - low) / (high - low), graph


def test_the_map_keeps_neighbours_together():
    values = load_digits().data[:500].astype(np.float32)
    near, on_map = (
        find_neighbors(one, k=11).indices for one in (values, lay_out(values).coordinates)
    )
    kept = [len(set(a) & set(b)) - 1 for a, b in zip(near, on_map, strict=True)]
    assert np.mean(kept) > 5  # of ten; by lot it would be 0.2


def test_more_neighbours_than_needed_change_nothing():
    values = random_points(40)
    exact, spare = (find_neighbors(values, k=k) for k in (7, 20))
    made = [
        project(values, found, UMAPParams(n_neighbors=7)).coordinates for found in (exact, spare)
    ]
    assert np.array_equal(*made)


def test_the_same_seed_gives_the_same_map_and_another_seed_another():
    values = random_points(30)
    first, again, other = (lay_out(values, seed=seed).coordinates for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)


def test_two_maps_at_once_are_the_same_as_one_after_the_other():
    values = random_points(30)
    expected = lay_out(values).coordinates
    with ThreadPoolExecutor(2) as pool:
        for made in pool.map(lay_out, [values, values]):
            assert np.array_equal(made.coordinates, expected)


def test_groups_that_lie_far_apart_stay_apart():
    values = np.concatenate([random_points(20), random_points(20, seed=1) + 100])
    coordinates = lay_out(values, n_neighbors=8).coordinates
    nearest = find_neighbors(coordinates, k=5).indices
    assert (nearest[:20] < 20).all()
    assert (nearest[20:] >= 20).all()


def test_many_groups_without_any_link_are_laid_out_without_a_warning():
    groups = [random_points(6, seed=i) + 1000 * i for i in range(6)]
    coordinates = lay_out(np.concatenate(groups), n_neighbors=4).coordinates
    nearest = find_neighbors(coordinates, k=2).indices[:, 1]
    assert (nearest // 6 == np.arange(36) // 6).all()


def test_the_method_names_every_choice():
    made = lay_out(random_points(20), n_neighbors=6, min_dist=0.25, metric="cosine", seed=9)
    assert made.method == ("UMAP on exact neighbours, n_neighbors 6, min_dist 0.25, cosine, seed 9")


def test_the_method_says_that_the_map_lies_in_space():
    made = lay_out(random_points(20), n_neighbors=6, n_components=3)
    expected = "UMAP on exact neighbours, n_neighbors 6, 3-D, min_dist 0.1, euclidean, seed 42"
    assert made.method == expected


def test_the_method_says_where_fewer_neighbours_were_to_be_had():
    made = lay_out(random_points(6))
    assert "n_neighbors 5 (15 asked, 6 images)" in made.method


@pytest.mark.parametrize(
    ("n_images", "asked", "needed"), [(100, 15, 15), (16, 15, 15), (15, 15, 14), (5, 15, 4)]
)
def test_an_image_has_at_most_all_the_others_as_neighbours(n_images, asked, needed):
    assert neighbors_needed(n_images, UMAPParams(n_neighbors=asked)) == needed


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_neighbors": 1}, "n_neighbors = 1: UMAP needs at least 2"),
        ({"min_dist": -0.1}, r"min_dist = -0\.1"),
        ({"min_dist": 1.5}, r"min_dist = 1\.5"),
        ({"min_dist": float("nan")}, "min_dist = nan"),
        ({"n_components": 1}, "a map of 1 dimensions: choose 2 or 3"),
        ({"n_components": 4}, "a map of 4 dimensions: choose 2 or 3"),
        ({"metric": "manhattan"}, "'manhattan': choose one of euclidean, cosine"),
    ],
)
def test_what_umap_cannot_do_is_refused(params, message):
    with pytest.raises(CoreError, match=message):
        UMAPParams(**params)


def test_after_warming_up_nothing_is_compiled_any_more(monkeypatch):
    values = np.random.default_rng(4).normal(size=(40, 6)).astype(np.float32)
    neighbors = find_neighbors(values, k=15)
    warm_up()
    compiled = []
    monkeypatch.setattr(Dispatcher, "compile", lambda *_: compiled.append(_))
    project(values, neighbors, UMAPParams())
    assert compiled == []
