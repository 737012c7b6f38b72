"""Trustworthiness and continuity, against scikit-learn and by hand; who is misplaced by the map."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from core.neighbor_search import find_neighbors
from core.neighbors import Neighbors
from core.review import map_trust
from core.review.map_trust import find_misplaced, measure_trust


def measure(values, coordinates, *, k=15, **options):
    values, coordinates = (np.asarray(one, dtype=np.float32) for one in (values, coordinates))
    near, near_on_map = find_neighbors(values, k=k), find_neighbors(coordinates, k=k)
    return measure_trust(values, coordinates, near, near_on_map, **options)


def noisy(n, *, noise, seed=0):
    """A map that shows two of six directions, and those not well."""
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(n, 6)).astype(np.float32)
    return values, values[:, :2] + noise * generator.normal(size=(n, 2)).astype(np.float32)


def by_definition(values, coordinates, k):
    """Equation 1, image by image."""
    ranks = np.linalg.norm(values[:, None] - values, axis=2).argsort(axis=1).argsort(axis=1)
    near = np.linalg.norm(coordinates[:, None] - coordinates, axis=2).argsort(axis=1)[:, 1 : k + 1]
    n = len(values)
    cost = np.maximum(np.take_along_axis(ranks, near, axis=1) - k, 0).sum(axis=1)
    return 1 - 2 / (k * (2 * n - 3 * k - 1)) * cost


@pytest.mark.parametrize(("n", "noise"), [(60, 0.1), (300, 1), (300, 100)])
def test_it_is_that_of_scikit_learn(n, noise):
    values, coordinates = noisy(n, noise=noise)
    found = measure(values, coordinates)
    assert found.n_neighbors == 14
    expected = trustworthiness(values, coordinates, n_neighbors=14)
    assert found.trustworthiness == pytest.approx(expected, abs=1e-6)
    expected = trustworthiness(coordinates, values, n_neighbors=14)
    assert found.overall_continuity == pytest.approx(expected, abs=1e-6)


def test_at_each_image_it_is_its_part_of_the_sum():
    values, coordinates = noisy(80, noise=1)
    found = measure(values, coordinates)
    np.testing.assert_allclose(found.trust, by_definition(values, coordinates, 14), atol=1e-6)
    np.testing.assert_allclose(found.continuity, by_definition(coordinates, values, 14), atol=1e-6)
    assert found.trust.dtype == found.continuity.dtype == np.float32


def test_two_images_that_changed_places_by_hand():
    # On a line of seven, with one neighbour each, 6 is drawn beside 0.
    values = np.array([[0], [1.1], [2.3], [3.6], [5], [6.5], [8.1]])
    coordinates = values.copy()
    coordinates[6] = -0.5
    found = measure(values, coordinates, k=2)
    # On the map 6 is nearest to 0, of which it is the 6th: 5 too many. So is 0 of 6.
    scale = 2 / (1 * (14 - 3 - 1))
    assert found.trust.tolist() == pytest.approx([1 - 5 * scale, 1, 1, 1, 1, 1, 1 - 5 * scale])
    # In truth 5 is nearest to 6; on the map it is its 6th. That of 0 is 1, on the map the 2nd.
    expected = [1 - scale, 1, 1, 1, 1, 1, 1 - 5 * scale]
    assert found.continuity.tolist() == pytest.approx(expected)


def test_a_map_that_only_moves_turns_and_scales_is_faultless():
    values = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)
    found = measure(values, 1000 + 3 * values[:, ::-1])
    assert found.trustworthiness > 0.9999
    assert found.overall_continuity > 0.9999


def test_blocks_do_not_show(monkeypatch):
    values, coordinates = noisy(150, noise=1)
    whole = measure(values, coordinates)
    monkeypatch.setattr(map_trust, "_BLOCK_VALUES", 1000)  # 6 rows
    parts = measure(values, coordinates)
    np.testing.assert_allclose(parts.trust, whole.trust, atol=1e-6)
    np.testing.assert_allclose(parts.continuity, whole.continuity, atol=1e-6)


def test_of_many_images_ranks_are_estimated_without_bias(monkeypatch):
    values, coordinates = noisy(600, noise=0.5)
    exact = measure(values, coordinates)
    assert exact.n_ranked == 600
    monkeypatch.setattr(map_trust, "EXACT_UP_TO", 500)
    monkeypatch.setattr(map_trust, "SAMPLE", 200)
    estimates = [measure(values, coordinates, seed=seed) for seed in range(12)]
    assert {one.n_ranked for one in estimates} == {200}
    assert np.abs(estimates[0].trust - exact.trust).max() < 0.15
    for name in ("trustworthiness", "overall_continuity"):
        found = [getattr(one, name) for one in estimates]
        assert 0 < np.std(found) < 0.01
        assert np.mean(found) == pytest.approx(getattr(exact, name), abs=0.003)


def test_an_estimate_finds_no_fault_in_a_faultless_map(monkeypatch):
    monkeypatch.setattr(map_trust, "EXACT_UP_TO", 50)
    monkeypatch.setattr(map_trust, "SAMPLE", 40)
    values = np.random.default_rng(0).normal(size=(400, 2))
    assert measure(values, values).trust.tolist() == [1] * 400


def test_the_seed_chooses_the_sample(monkeypatch):
    monkeypatch.setattr(map_trust, "EXACT_UP_TO", 50)
    monkeypatch.setattr(map_trust, "SAMPLE", 40)
    values, coordinates = noisy(100, noise=1)
    first, again, other = (measure(values, coordinates, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.trust, again.trust)
    assert not np.array_equal(first.trust, other.trust)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_images_too_few_to_be_misplaced(n):
    found = measure_trust(
        np.zeros((n, 3), np.float32),
        np.zeros((n, 2), np.float32),
        find_neighbors(np.zeros((n, 3), np.float32), k=15) if n else none(),
        find_neighbors(np.zeros((n, 2), np.float32), k=15) if n else none(),
    )
    assert found.trust.tolist() == found.continuity.tolist() == [1] * n
    assert (found.trustworthiness, found.overall_continuity) == (1, 1)


def none():
    return Neighbors(np.empty((0, 0), np.int64), np.empty((0, 0), np.float32))


@pytest.mark.parametrize("n", [3, 4, 10, 28])
def test_few_images_have_fewer_neighbours(n):
    values, coordinates = noisy(n, noise=1)
    k = (n - 1) // 2
    found = measure(values, coordinates)
    assert found.n_neighbors == k
    expected = trustworthiness(values, coordinates, n_neighbors=k)
    assert found.trustworthiness == pytest.approx(expected, abs=1e-6)


def test_equally_far_is_not_nearer():
    values = np.zeros((40, 3))
    found = measure(values, noisy(40, noise=1)[1])
    assert found.trust.tolist() == [1] * 40
    assert found.overall_continuity < 1


def test_who_lies_among_strangers_only_on_the_map_is_misplaced():
    clusters = np.array([0] * 6 + [1] * 6, dtype=np.int32)
    values = np.array([0, 1, 2, 3, 4, 5, 20, 21, 22, 23, 24, 25], dtype=np.float32)[:, None]
    coordinates = values.copy()
    coordinates[2] = 22.5  # among the others on the map alone
    values[9] = 2.5  # among the others in truth as well
    coordinates[9] = 2.5
    near, near_on_map = find_neighbors(values, k=5), find_neighbors(coordinates, k=5)
    assert np.flatnonzero(find_misplaced(clusters, near, near_on_map)).tolist() == [2]


def test_half_of_the_neighbours_is_not_most():
    clusters = np.array([0, 0, 1], dtype=np.int32)
    indices = np.array([[0, 1, 2], [1, 0, 2], [2, 1, 0]])
    half = Neighbors(indices, np.zeros((3, 3), np.float32))
    home = Neighbors(np.array([[0, 1], [1, 0], [2, 0]]), np.zeros((3, 2), np.float32))
    away = Neighbors(np.array([[0, 2], [1, 2], [2, 0]]), np.zeros((3, 2), np.float32))
    assert find_misplaced(clusters, home, away).tolist() == [True, True, False]
    assert not find_misplaced(clusters, home, half).any()
    assert not find_misplaced(clusters, half, away).any()


def test_no_more_than_14_neighbours_count():
    values, coordinates = noisy(100, noise=1)
    clusters = (values[:, 0] > 0).astype(np.int32)
    assert np.array_equal(
        *(
            find_misplaced(clusters, find_neighbors(values, k=k), find_neighbors(coordinates, k=k))
            for k in (15, 40)
        )
    )
    assert measure(values, coordinates, k=40).trustworthiness == pytest.approx(
        measure(values, coordinates, k=15).trustworthiness
    )


def test_nobody_is_misplaced_alone():
    one = find_neighbors(np.zeros((1, 2), np.float32), k=15)
    assert find_misplaced(np.zeros(1, np.int32), one, one).tolist() == [False]
