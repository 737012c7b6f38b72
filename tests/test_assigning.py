"""Images to their nearest centroid, block by block, and centroids to the means of theirs."""

import numpy as np

from core.clusters.assigning import assign_stream, move_centroids, nearest_centroids

GENERATOR = np.random.default_rng(0)
CENTRES = np.array([[0, 0, 0], [30, 0, 0], [0, 30, 0], [0, 0, 30]], dtype=np.float32)
OWN = GENERATOR.integers(0, 4, 2_000)
CLOUD = (CENTRES[OWN] + GENERATOR.normal(size=(2_000, 3))).astype(np.float32)


def test_assigning_is_by_block_and_nothing_is_held():
    taken = []

    def blocks():
        for at in (0, 1_000):
            taken.append(at)
            yield CLOUD[at : at + 1_000]

    assigned = assign_stream(blocks(), CENTRES)
    assert taken == []
    first = next(assigned)
    assert (taken, first.labels.tolist()) == ([0], OWN[:1_000].tolist())


def test_the_nearest_of_a_few_centroids():
    points = np.array([[1.1, 0], [0.9, 0], [9, 9]], dtype=np.float32)
    centroids = np.array([[5, 5], [0, 0], [2, 0]], dtype=np.float32)
    assert nearest_centroids(points, centroids).tolist() == [2, 1, 0]


def test_far_from_the_origin_the_nearest_is_still_found():
    centroids = CENTRES + np.float32(1e4)
    found = nearest_centroids(CLOUD + np.float32(1e4), centroids)
    assert (found == OWN).all()


def test_the_distances_are_to_the_nearest_centroid():
    points = np.array([[3, 4, 0], [30, 0, 0]], dtype=np.float32)
    (assigned,) = assign_stream([points], CENTRES)
    assert assigned.labels.tolist() == [0, 1]
    assert assigned.distances.tolist() == [5, 0]


def test_a_round_moves_centroids_to_the_means_of_their_images_and_leaves_an_empty_one():
    blocks = [np.array([[0, 0], [2, 0]], np.float32), np.array([[10, 0]], np.float32)]
    centroids = np.array([[0, 1], [9, 0], [50, 50]], dtype=np.float32)
    moved = move_centroids(blocks, centroids)
    assert moved.tolist() == [[1, 0], [10, 0], [50, 50]]
    assert moved.dtype == np.float32


def test_an_empty_block_does_no_harm():
    empty = np.empty((0, 3), dtype=np.float32)
    (assigned,) = assign_stream([empty], CENTRES)
    assert len(assigned.labels) == len(assigned.distances) == 0
    np.testing.assert_array_equal(move_centroids([empty], CENTRES), CENTRES)
