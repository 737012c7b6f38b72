"""K-Means under links: against scikit-learn without them, by hand and by brute force with them."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from core.clusters.constrained import Links, refit
from core.compare.comparison import compare

# Two groups on a line, and one image between them that is nearer to the first.
LINE = np.array([[0], [1], [2], [4.5], [9], [10], [11]], dtype=np.float32)
LABELS = np.array([0, 0, 0, 0, 1, 1, 1], dtype=np.int32)


def links(must=(), cannot=()):
    pairs = [np.array(one, dtype=np.int64).reshape(-1, 2) for one in (must, cannot)]
    return Links(*pairs)


def cost(values, labels, counts=None):
    """Sum of the squared distances to the means, one cluster at a time."""
    counts = np.ones(len(values)) if counts is None else counts
    total = 0.0
    for label in np.unique(labels[counts > 0]):
        own = (labels == label) & (counts > 0)
        mean = np.average(values[own], axis=0, weights=counts[own])
        total += (counts[own, None] * (values[own] - mean) ** 2).sum()
    return total


def test_without_links_it_is_k_means():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(300, 8)).astype(np.float32)
    labels = rng.integers(0, 5, 300).astype(np.int32)
    made = refit(values, labels, links())
    means = np.array([values[labels == label].mean(axis=0) for label in range(5)])
    expected = KMeans(5, init=means, n_init=1, tol=0, algorithm="lloyd").fit(values)
    assert np.array_equal(made.labels, expected.labels_)
    assert made.inertia == pytest.approx(expected.inertia_, rel=1e-4)
    assert (made.broken.tolist(), made.rounds < 300) == ([], True)


def test_what_must_be_together_is_together():
    assert refit(LINE, LABELS, links()).labels.tolist() == [0, 0, 0, 0, 1, 1, 1]
    made = refit(LINE, LABELS, links(must=[(3, 5)]))
    assert made.labels.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert made.inertia == pytest.approx(2 + cost(LINE[3:], LABELS[:4]))


def test_must_links_are_closed_transitively():
    made = refit(LINE, LABELS, links(must=[(3, 2), (5, 3), (5, 6), (6, 4)]))
    assert len(set(made.labels[2:].tolist())) == 1


def test_a_group_goes_where_it_costs_least_as_a_whole():
    """Three images at 0 and one at 10 are together: nearer to the first centroid, all in all."""
    values = np.array([[0], [0], [0], [10], [1], [-1], [10], [11]], dtype=np.float32)
    labels = np.array([0, 0, 0, 1, 0, 0, 1, 1], dtype=np.int32)
    made = refit(values, labels, links(must=[(0, 3), (1, 3), (2, 3)]))
    assert made.labels.tolist() == [0, 0, 0, 0, 0, 0, 1, 1]


def test_what_cannot_be_together_is_apart():
    made = refit(LINE, LABELS, links(cannot=[(3, 1)]))
    assert made.labels.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert made.broken.tolist() == []


def test_a_contradiction_is_told_and_must_links_hold():
    made = refit(LINE, LABELS, links(must=[(0, 1)], cannot=[(3, 0), (1, 0), (2, 2)]))
    assert made.labels.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert made.broken.tolist() == [1, 2]


def test_where_no_cluster_is_left_as_few_links_break_as_possible():
    """Of three images that are all to be apart two must share one of two clusters."""
    made = refit(LINE, LABELS, links(cannot=[(0, 1), (1, 2), (0, 2)]))
    assert len(made.broken) == 1


def test_what_is_to_be_apart_alone_breaks_nothing_but_one_cluster_does():
    one = np.zeros(7, dtype=np.int32)
    made = refit(LINE, one, links(cannot=[(0, 6)]))
    assert (made.labels.tolist(), made.broken.tolist()) == ([0] * 7, [0])


def test_copies_weigh_as_often_as_they_occur():
    counts = np.array([1, 1, 1, 1, 1, 1, 200])
    values, rows = LINE.copy(), np.repeat(np.arange(7), counts)
    made = refit(values, LABELS, links(must=[(3, 4)]), counts=counts)
    again = refit(values[rows], LABELS[rows], links(must=[(3, 4)]))
    assert np.array_equal(made.labels[rows], again.labels)
    assert made.inertia == pytest.approx(again.inertia, rel=1e-5)
    assert made.inertia == pytest.approx(cost(values, made.labels, counts), rel=1e-5)


def test_who_does_not_count_moves_nothing_and_goes_to_the_nearest():
    values = np.vstack([LINE, [[100]], [[1]]]).astype(np.float32)
    labels = np.append(LABELS, [0, 1]).astype(np.int32)
    counts = np.array([1] * 7 + [0, 0])
    made = refit(values, labels, links(must=[(7, 0)], cannot=[(8, 0), (7, 4)]), counts=counts)
    assert made.labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 0]
    assert made.inertia == pytest.approx(cost(LINE, LABELS))
    assert made.broken.tolist() == []


def test_a_cluster_that_is_empty_stays_empty():
    labels = np.array([0, 0, 0, 0, 3, 3, 3], dtype=np.int32)
    made = refit(LINE, labels, links(must=[(3, 5)], cannot=[(0, 4)]))
    assert made.labels.tolist() == [0, 0, 0, 3, 3, 3, 3]


@pytest.mark.parametrize("n_images", [0, 1])
def test_hardly_any_images(n_images):
    made = refit(LINE[:n_images], LABELS[:n_images], links())
    assert made.labels.tolist() == [0] * n_images
    assert made.inertia == 0


def test_identical_images_can_be_told_apart_by_hand():
    values = np.ones((4, 3), dtype=np.float32)
    labels = np.array([0, 1, 0, 1], dtype=np.int32)
    made = refit(values, labels, links(cannot=[(0, 1)]))
    assert made.labels[0] != made.labels[1]


def test_the_same_seed_gives_the_same_and_nothing_is_changed():
    rng = np.random.default_rng(2)
    values = rng.normal(size=(200, 4)).astype(np.float32)
    labels = rng.integers(0, 6, 200).astype(np.int32)
    given = links(rng.integers(0, 200, (40, 2)), rng.integers(0, 200, (60, 2)))
    before = values.copy(), labels.copy()
    made, again = (refit(values, labels, given, seed=3) for _ in range(2))
    assert np.array_equal(made.labels, again.labels)
    assert np.array_equal(made.broken, again.broken)
    assert np.array_equal(values, before[0])
    assert np.array_equal(labels, before[1])


def test_before_and_after_can_be_compared():
    made = refit(LINE, LABELS, links(must=[(3, 5)]))
    found = compare(LABELS, made.labels, shape=(2, 2))
    assert found.table.tolist() == [[3, 1], [0, 3]]
    assert np.flatnonzero(found.moved).tolist() == [3]


def best_possible(values, must, cannot, k):
    """Of all clusterings under the links that with the least cost, by trying every one."""
    best = np.inf
    for labels in itertools.product(range(k), repeat=len(values)):
        held = all(labels[a] == labels[b] for a, b in must)
        if held and all(labels[a] != labels[b] for a, b in cannot):
            best = min(best, cost(values, np.array(labels)))
    return best


def test_from_the_right_clusters_it_finds_the_best_there_is():
    must, cannot = [(3, 5)], [(2, 4)]
    made = refit(LINE, np.array([0, 0, 0, 1, 1, 1, 1], np.int32), links(must, cannot))
    assert made.inertia == pytest.approx(best_possible(LINE, must, cannot, 2), rel=1e-5)


PAIRS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=8)


@settings(deadline=None, max_examples=150)
@given(must=PAIRS, cannot=PAIRS, seed=st.integers(0, 5))
def test_whatever_is_asked_must_links_hold_and_broken_ones_are_told(must, cannot, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(12, 2)).astype(np.float32)
    labels = rng.integers(0, 3, 12).astype(np.int32)
    made = refit(values, labels, links(must, cannot), seed=seed)
    assert all(made.labels[a] == made.labels[b] for a, b in must)
    broken = [n for n, (a, b) in enumerate(cannot) if made.labels[a] == made.labels[b]]
    assert made.broken.tolist() == broken
    assert made.inertia == pytest.approx(cost(values, made.labels), rel=1e-4, abs=1e-5)
    assert made.rounds < 300


@settings(deadline=None, max_examples=100)
@given(cannot=PAIRS, seed=st.integers(0, 50))
def test_neither_broken_links_nor_the_cost_rise(cannot, seed):
    """From a clustering that keeps all links none is broken, and it is no worse than that."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(12, 2)).astype(np.float32)
    labels = rng.integers(0, 4, 12).astype(np.int32)
    kept = [(a, b) for a, b in cannot if labels[a] != labels[b]]
    must = [(a, b) for a, b in itertools.pairwise(range(12)) if labels[a] == labels[b]][:3]
    made = refit(values, labels, links(must, kept), seed=seed)
    assert made.broken.tolist() == []
    assert made.inertia <= cost(values, labels) * (1 + 1e-5)
