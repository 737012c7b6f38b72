"""The map is the same for any number of threads, and shows what the graph links."""

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import coo_matrix, csr_matrix

from core.layout import LayoutParams, lay_out

PARAMS = LayoutParams(a=1.577, b=0.895, rounds=200, seed=42)


def link(pairs, n):
    """A symmetric graph of the pairs (i, j, weight)."""
    rows, ends, weights = zip(*pairs, strict=True)
    half = coo_matrix((np.array(weights, np.float32), (rows, ends)), shape=(n, n))
    return (half + half.T).tocsr()


def cliques(*groups):
    pairs = [(i, j, 1.0) for group in groups for i, j in combinations(group, 2)]
    return link(pairs, sum(len(group) for group in groups))


def scatter(n, c=2, seed=0):
    return np.random.default_rng(seed).uniform(0, 10, size=(n, c)).astype(np.float32)


@pytest.mark.parametrize("n_axes", [2, 3])
def test_the_map_is_the_same_for_any_number_of_threads(n_axes):
    graph = cliques(range(40), range(40, 100))
    one, *others = (
        lay_out(scatter(100, n_axes), graph, PARAMS, threads=threads) for threads in (1, 2, 5)
    )
    assert (one.shape, one.dtype) == ((100, n_axes), np.float32)
    for other in others:
        assert np.array_equal(one, other)


def test_linked_images_come_together_and_others_apart():
    graph = cliques(range(15), range(15, 30))  # scattered among each other at first
    made = lay_out(scatter(30), graph, PARAMS)
    apart = np.linalg.norm(made[:, None] - made, axis=2)  # (30, 30)
    within, between = apart[:15, :15].max(), apart[:15, 15:].min()
    assert within < between


def test_another_seed_gives_another_map():
    graph = cliques(range(20))
    first, second = (
        lay_out(scatter(20), graph, LayoutParams(1.577, 0.895, 50, seed)) for seed in (1, 2)
    )
    assert not np.allclose(first, second)


def test_the_largest_seed_is_as_good():
    made = lay_out(scatter(9), cliques(range(9)), LayoutParams(1.577, 0.895, 5, 2**32 - 1))
    assert np.isfinite(made).all()


def test_a_link_that_is_too_weak_to_be_drawn_once_pulls_nothing():
    strong = [(0, 1, 1.0)]
    start, params = scatter(3), LayoutParams(1.577, 0.895, 10, 42)
    without = lay_out(start, link(strong, 3), params)
    made = lay_out(start, link([*strong, (1, 2, 0.09)], 3), params)
    assert np.array_equal(made, without)
    assert not np.array_equal(lay_out(start, link([*strong, (1, 2, 0.11)], 3), params), without)


def test_a_link_that_stands_twice_counts_once_with_both_weights():
    start = scatter(3)
    rows, ends = [0, 1, 1, 2, 0, 1], [1, 0, 2, 1, 1, 0]
    twice = coo_matrix((np.array([1, 1, 1, 1, 1, 1], np.float32), (rows, ends)), shape=(3, 3))
    expected = lay_out(start, link([(0, 1, 2.0), (1, 2, 1.0)], 3), PARAMS)
    assert np.array_equal(lay_out(start, twice, PARAMS), expected)


@pytest.mark.parametrize(("n", "rounds"), [(1, 50), (4, 50), (4, 0)])
def test_without_links_or_rounds_all_stay_where_they_were(n, rounds):
    start = scatter(n)
    graph = csr_matrix((n, n), dtype=np.float32) if rounds else cliques(range(n))
    assert np.array_equal(lay_out(start, graph, LayoutParams(1.577, 0.895, rounds, 42)), start)


def test_start_and_graph_are_left_as_they_were():
    start, graph = scatter(10), cliques(range(10))
    kept, weights = start.copy(), graph.data.copy()
    lay_out(start, graph, PARAMS)
    assert np.array_equal(start, kept)
    assert np.array_equal(graph.data, weights)


def test_one_image_with_very_many_links_has_room():
    star = link([(0, other, 1.0) for other in range(1, 300)], 300)
    assert np.isfinite(lay_out(scatter(300), star, LayoutParams(1.577, 0.895, 20, 42))).all()
