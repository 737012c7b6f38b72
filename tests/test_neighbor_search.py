"""Exact neighbours against all distances computed in double precision."""

import numpy as np
import pytest
from devices import NEEDS_CUDA

from core import neighbor_products, neighbor_search
from core.errors import CoreError
from core.neighbor_search import find_neighbors


def random_points(n=60, d=7, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def brute_force(values, k, metric="euclidean"):
    """Sorted by distance, itself first, then by index."""
    points = values.astype(np.float64)
    if metric == "cosine":
        unit = points / np.linalg.norm(points, axis=1, keepdims=True)
        distances = 1 - unit @ unit.T
    else:
        distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    order = distances.copy()
    np.fill_diagonal(order, -1)
    indices = order.argsort(axis=1, kind="stable")[:, :k]
    return indices, np.take_along_axis(distances, indices, axis=1)


def assert_exact(values, k, metric="euclidean", **options):
    found = find_neighbors(values, k=k, metric=metric, **options)
    indices, distances = brute_force(values, k, metric)
    np.testing.assert_array_equal(found.indices, indices)
    np.testing.assert_allclose(found.distances, distances, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("k", [1, 2, 10, 60])
def test_neighbours_are_those_of_all_distances(metric, k):
    assert_exact(random_points(), k, metric)


def test_points_on_a_line_have_the_neighbours_one_sees():
    line = np.array([[0], [1], [3], [7]], dtype=np.float32)
    found = find_neighbors(line, k=3)
    assert found.indices.tolist() == [[0, 1, 2], [1, 0, 2], [2, 1, 0], [3, 2, 1]]
    assert found.distances.tolist() == [[0, 1, 3], [0, 1, 2], [0, 2, 3], [0, 4, 6]]


def test_the_cosine_sees_directions_and_not_lengths():
    rays = np.array([[1, 0], [0, 5], [-3, 0], [9, 0]], dtype=np.float32)
    found = find_neighbors(rays, k=4, metric="cosine")
    assert found.indices[0].tolist() == [0, 3, 1, 2]
    np.testing.assert_allclose(found.distances[0], [0, 0, 1, 2], atol=1e-6)


def test_types_and_shapes():
    found = find_neighbors(random_points(n=9), k=4)
    assert (found.indices.dtype, found.indices.shape) == (np.int64, (9, 4))
    assert (found.distances.dtype, found.distances.shape) == (np.float32, (9, 4))


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_itself_comes_first_even_among_copies(metric):
    values = np.concatenate([random_points(n=5)] * 3)
    found = find_neighbors(values, k=3, metric=metric)
    assert found.indices[:, 0].tolist() == list(range(15))


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_copies_lie_at_exactly_0(metric):
    values = np.concatenate([random_points(n=20, d=300)] * 2) * 100
    found = find_neighbors(values, k=2, metric=metric)
    assert found.indices[:, 1].tolist() == [*range(20, 40), *range(20)]
    assert (found.distances[:, :2] == 0).all()


def test_ties_go_to_the_lower_index():
    square = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1], [0, 0]], dtype=np.float32)
    found = find_neighbors(square, k=4)
    assert found.indices.tolist()[0] == [0, 4, 1, 2]
    assert found.indices.tolist()[4] == [4, 0, 1, 2]


def test_ties_go_to_the_lower_index_however_many_there_are():
    copies = np.zeros((50, 2), dtype=np.float32)
    found = find_neighbors(copies, k=3)
    assert found.indices[10].tolist() == [10, 0, 1]


@pytest.mark.parametrize("n", [1, 2, 5])
def test_more_neighbours_than_points_are_not_there(n):
    assert find_neighbors(random_points(n=n), k=15).indices.shape == (n, n)


@pytest.mark.parametrize("rows_a_block", [1, 7, 30, 59])
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_several_blocks_give_the_same(monkeypatch, rows_a_block, metric):
    whole = find_neighbors(random_points(), k=6, metric=metric)
    monkeypatch.setattr(neighbor_search, "_BLOCK_ROWS", rows_a_block)
    monkeypatch.setattr(neighbor_products, "_BLOCK", rows_a_block)
    parts = find_neighbors(random_points(), k=6, metric=metric)
    np.testing.assert_array_equal(parts.indices, whole.indices)
    np.testing.assert_allclose(parts.distances, whole.distances, atol=1e-6)


@pytest.mark.parametrize("offsets", [[1e5], [1e6], [-1e6, 1e6]])
def test_a_large_offset_changes_nothing(offsets):
    line = np.arange(200, dtype=np.float32)[:, None]  # whole numbers: exact in float32 everywhere
    found = find_neighbors(np.concatenate([line + np.float32(one) for one in offsets]), k=3)
    assert found.indices[100].tolist() == [100, 99, 101]
    assert found.distances[100].tolist() == [0, 1, 1]


def test_the_points_are_not_changed():
    values = random_points()
    before = values.copy()
    find_neighbors(values, k=3, metric="cosine")
    assert np.array_equal(values, before)


def test_a_transposed_matrix_is_as_good():
    assert_exact(np.asfortranarray(random_points()), 4)


def test_an_unknown_metric_is_refused():
    with pytest.raises(CoreError, match="manhattan"):
        find_neighbors(random_points(), k=2, metric="manhattan")


@pytest.fixture(params=[False, True], ids=["fp32", "bf16"])
def any_precision(monkeypatch, request):
    """Whatever this machine's processor is quick at."""
    monkeypatch.setattr(neighbor_search, "computes_bf16", lambda _: request.param)


def wide_points(kind, n=150, d=48):
    points = random_points(n, d)
    if kind == "copies":
        points = np.tile(points[:10], (n // 10, 1))
    if kind == "all but copies":
        points = np.tile(points[:10], (n // 10, 1)) + np.float32(2**-12) * random_points(
            n, d, seed=1
        )
    if kind == "far off":
        points += 1000
    if kind == "of many lengths":
        points *= np.float32(10) ** np.linspace(-4, 4, n, dtype=np.float32)[:, None]
    if kind == "whole numbers":
        points = points.round()
    return points.astype(np.float32)


@pytest.mark.usefixtures("any_precision")
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("k", [1, 7, 150])
@pytest.mark.parametrize("kind", ["plain", "all but copies", "far off", "of many lengths"])
def test_what_rounding_hides_is_found_again(kind, metric, k):
    values = wide_points(kind)
    found = find_neighbors(values, k=k, metric=metric)
    _, distances = brute_force(values, k, metric)
    np.testing.assert_allclose(found.distances, distances, rtol=1e-4, atol=1e-6)


@pytest.mark.usefixtures("any_precision")
@pytest.mark.parametrize("kind", ["copies", "whole numbers"])
def test_ties_in_many_dimensions_go_to_the_lower_index(kind):
    assert_exact(wide_points(kind), 20)


@pytest.mark.usefixtures("any_precision")
def test_one_far_point_hides_no_neighbour_of_the_others():
    values = wide_points("plain")
    values[17] = 1e6
    others = np.arange(len(values)) != 17
    found, (expected, _) = find_neighbors(values, k=9), brute_force(values, 9)
    np.testing.assert_array_equal(found.indices[others], expected[others])


@NEEDS_CUDA
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_a_cuda_device_finds_the_same(metric):
    assert_exact(random_points(n=500, d=64), 10, metric, device="cuda")
