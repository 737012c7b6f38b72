"""Co-assignment stability of five images, by hand; of blobs and of noise, by K-Means."""

import numpy as np
import pytest

from core.clusters.clustering import KMeansParams, cluster
from core.compare import restlessness as restlessness_module
from core.compare.restlessness import measure_restlessness
from core.neighbor_search import find_neighbors
from core.neighbors import Neighbors

# Two companions each.
INDICES = np.array([[0, 1, 2], [1, 0, 2], [2, 1, 0], [3, 4, 2], [4, 3, 2]])
NEIGHBORS = Neighbors(INDICES, np.zeros((5, 3), dtype=np.float32))
CLUSTERINGS = np.array([[0, 0, 0, 1, 1], [0, 0, 1, 1, 2]], dtype=np.int32)


def by_definition(indices, clusterings):
    """Each entry of the consensus matrix on its own."""
    consensus = np.mean([one[:, None] == one for one in clusterings], axis=0)  # (n, n)
    return [consensus[own, others].mean() for own, *others in indices]


def neighbors_at_random(n, k):
    generator = np.random.default_rng(0)
    rows = [[row, *generator.choice(np.delete(np.arange(n), row), k, False)] for row in range(n)]
    return Neighbors(np.array(rows), np.zeros((n, k + 1), dtype=np.float32))


def k_means(values, ks, seeds):
    return [cluster(values, KMeansParams(k, seed)).labels for k in ks for seed in seeds]


def test_stability_is_the_mean_share_of_clusterings_with_each_companion():
    made = measure_restlessness(NEIGHBORS, CLUSTERINGS)
    # 0 is with 1 in both, with 2 in one of two; 2 with 1 and 0 in one; 3 with 4 and with 2 in one.
    assert made.stability.tolist() == [0.75, 0.75, 0.5, 0.5, 0.25]
    assert made.restlessness.tolist() == [0.25, 0.25, 0.5, 0.5, 0.75]
    assert made.stability.dtype == made.restlessness.dtype == np.float32
    assert made.n_clusterings == 2


def test_chance_is_that_of_two_different_images():
    # Of ten pairs 3 + 1 are together in the first, 1 + 1 in the second.
    assert measure_restlessness(NEIGHBORS, CLUSTERINGS).chance == pytest.approx(0.3)


def test_clusterings_may_come_one_by_one_and_under_any_numbers():
    made = measure_restlessness(NEIGHBORS, CLUSTERINGS)
    renumbered = (np.array([7, 0, 3], dtype=np.int32)[one] for one in CLUSTERINGS)
    again = measure_restlessness(NEIGHBORS, renumbered)
    assert again.stability.tolist() == made.stability.tolist()
    assert again.chance == made.chance


def test_random_neighbours_pair_by_pair(monkeypatch):
    monkeypatch.setattr(restlessness_module, "_BLOCK_ROWS", 7)
    neighbors = neighbors_at_random(40, 5)
    clusterings = np.random.default_rng(1).integers(0, 4, (9, 40)).astype(np.int32)
    made = measure_restlessness(neighbors, clusterings)
    np.testing.assert_allclose(made.stability, by_definition(neighbors.indices, clusterings))


def test_no_more_than_the_14_nearest_count():
    neighbors = neighbors_at_random(40, 20)
    clusterings = np.random.default_rng(1).integers(0, 4, (9, 40)).astype(np.int32)
    made = measure_restlessness(neighbors, clusterings)
    expected = by_definition(neighbors.indices[:, :15], clusterings)
    np.testing.assert_allclose(made.stability, expected, rtol=1e-6)


def test_well_separated_blobs_never_part_up_to_their_number():
    generator = np.random.default_rng(0)
    places = np.array([[0, 0], [100, 0], [250, 0], [0, 450], [700, 0], [0, 1200]])
    values = np.repeat(places, 20, axis=0) + generator.normal(size=(120, 2))
    values = values.astype(np.float32)
    clusterings = k_means(values, ks=range(2, 7), seeds=range(3))
    made = measure_restlessness(find_neighbors(values, k=15), clusterings)
    assert made.stability.tolist() == [1] * 120
    assert made.chance < 0.6
    split = measure_restlessness(find_neighbors(values, k=15), k_means(values, [12], range(3)))
    assert split.stability.mean() < 0.9


def test_uniform_noise_in_many_dimensions_is_near_chance():
    values = np.random.default_rng(0).random((400, 2000), dtype=np.float32)
    clusterings = k_means(values, ks=range(2, 9), seeds=range(2))
    made = measure_restlessness(find_neighbors(values, k=15), clusterings)
    assert made.stability.mean() == pytest.approx(made.chance, abs=0.08)


def test_images_without_any_order_are_at_chance():
    clusterings = np.random.default_rng(1).integers(0, 5, (30, 300)).astype(np.int32)
    made = measure_restlessness(neighbors_at_random(300, 14), clusterings)
    assert made.chance == pytest.approx(0.2, abs=0.01)
    assert made.stability.mean() == pytest.approx(made.chance, abs=0.01)


@pytest.mark.parametrize("n", [1, 2, 5, 14])
def test_fewer_images_than_companions(n):
    values = np.arange(n, dtype=np.float32)[:, None]
    neighbors = find_neighbors(values, k=15)
    apart = measure_restlessness(neighbors, [np.arange(n, dtype=np.int32)])
    assert apart.stability.tolist() == [1 if n == 1 else 0] * n
    together = measure_restlessness(neighbors, [np.zeros(n, dtype=np.int32)])
    assert (together.stability.tolist(), together.chance) == ([1] * n, 1)


def test_no_image():
    none = Neighbors(np.empty((0, 0), dtype=np.int64), np.empty((0, 0), dtype=np.float32))
    made = measure_restlessness(none, [np.empty(0, dtype=np.int32)])
    assert made.stability.shape == (0,)


def test_identical_images_are_stable_where_they_are_together():
    neighbors = find_neighbors(np.ones((20, 3), dtype=np.float32), k=15)
    made = measure_restlessness(neighbors, [np.zeros(20, dtype=np.int32)] * 3)
    assert made.stability.tolist() == [1] * 20


def test_no_clustering_is_refused():
    with pytest.raises(ValueError, match="no clustering"):
        measure_restlessness(NEIGHBORS, [])


def test_a_clustering_of_other_images_is_refused():
    with pytest.raises(ValueError, match="a clustering of 4 images: 5 are due"):
        measure_restlessness(NEIGHBORS, [CLUSTERINGS[0, :4]])
