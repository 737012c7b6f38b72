"""K-Means over blocks: exact up to the sample, close beyond it, whatever the blocks are."""

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from core.clusters.clustering import KMeansParams, cluster
from core.clusters.streaming import StreamParams, cluster_stream, fit_stream
from core.errors import CoreError

GENERATOR = np.random.default_rng(0)
CENTRES = np.array([[0, 0, 0], [30, 0, 0], [0, 30, 0], [0, 0, 30]], dtype=np.float32)
OWN = GENERATOR.integers(0, 4, 2_000)
CLOUD = (CENTRES[OWN] + GENERATOR.normal(size=(2_000, 3))).astype(np.float32)
OVERLAPPING = GENERATOR.normal(size=(600, 5)).astype(np.float32)


def blocks_of(values, size=300):
    """Gives the blocks anew at each call, as a file does; they must not be written to."""
    values = values.copy()
    values.flags.writeable = False
    return lambda: (values[at : at + size] for at in range(0, len(values), size))


@pytest.mark.parametrize("size", [1, 70, 5_000])
def test_up_to_the_sample_it_is_k_means_of_all(size):
    plain = cluster(OVERLAPPING, KMeansParams(6, seed=3))
    made = cluster_stream(blocks_of(OVERLAPPING, size), StreamParams(6, seed=3, sample=600))
    np.testing.assert_array_equal(made.labels, plain.labels)
    np.testing.assert_array_equal(made.medoids, plain.medoids)
    assert made.inertia == plain.inertia
    assert made.method == plain.method


def test_clusters_far_apart_are_found_from_a_small_sample():
    made = cluster_stream(blocks_of(CLOUD), StreamParams(4, sample=50))
    assert adjusted_rand_score(OWN, made.labels) == 1


def test_the_centroids_are_the_means_of_all_images():
    fitted = fit_stream(blocks_of(CLOUD), StreamParams(4, sample=50, rounds=1))
    found = fitted.values[np.lexsort(np.round(fitted.values).T)]
    means = np.array([CLOUD[one == OWN].mean(axis=0) for one in range(4)])
    np.testing.assert_allclose(found, means[np.lexsort(np.round(means).T)], atol=1e-4)


def test_the_inertia_is_within_two_percent_of_all_images():
    near = CLOUD - np.float32(0.9) * CENTRES[OWN]  # three standard deviations apart: they overlap
    full = KMeans(4, n_init=1, random_state=42).fit(near).inertia_
    assert cluster_stream(blocks_of(near), StreamParams(4, sample=200)).inertia < 1.02 * full


def test_many_groups_of_unequal_size_are_found_where_one_start_would_merge_some():
    generator = np.random.default_rng(0)
    sizes = np.linspace(20, 200, 16).astype(int)
    own = generator.permutation(np.repeat(np.arange(16), sizes))
    centres = 8 * generator.normal(size=(16, 8))
    values = (centres[own] + generator.normal(size=(len(own), 8))).astype(np.float32)
    once = cluster(values, KMeansParams(16)).labels
    made = cluster_stream(blocks_of(values), StreamParams(16, sample=1_000))
    found, one_start = (adjusted_rand_score(own, labels) for labels in (made.labels, once))
    assert found == 1 > one_start


def test_copies_in_the_parts_leave_enough_in_the_sample(monkeypatch):
    monkeypatch.setattr("core.clusters.starts._PART", 3)
    monkeypatch.setattr("core.clusters.starts._PER_CLUSTER", 1)
    values = np.repeat(np.arange(3, dtype=np.float32), (500, 3, 3))[:, None]
    made = cluster_stream(blocks_of(values), StreamParams(3, sample=505))
    assert made.inertia == 0


def test_each_round_lowers_the_inertia():
    inertias = [
        cluster_stream(blocks_of(OVERLAPPING), StreamParams(6, sample=60, rounds=rounds)).inertia
        for rounds in range(4)
    ]
    assert inertias == sorted(inertias, reverse=True)
    assert inertias[0] > inertias[-1]


def test_distances_inertia_and_medoids_follow_from_labels_and_centroids():
    params = StreamParams(4, sample=50)
    centroids = fit_stream(blocks_of(CLOUD), params).values
    made = cluster_stream(blocks_of(CLOUD), params)
    apart = np.linalg.norm(CLOUD[:, None].astype(float) - centroids, axis=2)  # (n, k)
    np.testing.assert_array_equal(made.labels, apart.argmin(axis=1))
    np.testing.assert_allclose(made.distances, apart.min(axis=1), rtol=1e-5)
    assert made.inertia == pytest.approx(np.square(apart.min(axis=1)).sum(), rel=1e-5)
    assert made.medoids.tolist() == [
        int(np.where(made.labels == one, apart[:, one], np.inf).argmin()) for one in range(4)
    ]


def test_types_and_shapes():
    made = cluster_stream(blocks_of(CLOUD), StreamParams(4, sample=50))
    assert (made.labels.dtype, made.labels.shape) == (np.int32, (2_000,))
    assert (made.distances.dtype, made.distances.shape) == (np.float32, (2_000,))
    assert (made.medoids.dtype, made.medoids.shape) == (np.int64, (4,))


def test_the_blocks_do_not_matter_but_for_rounding():
    one, other = (
        cluster_stream(blocks_of(CLOUD, size), StreamParams(4, sample=50)) for size in (37, 900)
    )
    np.testing.assert_array_equal(one.labels, other.labels)
    np.testing.assert_allclose(one.distances, other.distances, rtol=1e-4, atol=1e-4)


def test_the_sample_and_the_rounds_are_said():
    made = cluster_stream(blocks_of(CLOUD), StreamParams(4, seed=7, sample=50, rounds=2))
    assert made.method == (
        "K-Means k 4, seed 7, fitted to a sample of 50 of 2,000 from 10 starts, then 2 rounds "
        "over all"
    )
    none = cluster_stream(blocks_of(CLOUD), StreamParams(4, sample=50, rounds=0))
    assert none.method.endswith("from 10 starts, the others assigned")


def test_one_cluster_and_one_image():
    made = cluster_stream(blocks_of(CLOUD[:1]), StreamParams(1))
    assert (made.labels.tolist(), made.inertia, made.medoids.tolist()) == ([0], 0, [0])


def test_no_image_and_too_many_clusters_are_said():
    with pytest.raises(CoreError, match="there are 0 images"):
        cluster_stream(lambda: iter(()), StreamParams(2))
    with pytest.raises(CoreError, match="k = 3 is too many for images that are all alike"):
        cluster_stream(blocks_of(np.ones((5, 2), np.float32)), StreamParams(3))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"n_clusters": 0}, "k = 0"),
        ({"n_clusters": 9, "sample": 8}, "k = 9"),
        ({"rounds": -1}, "-1"),
        ({"seed": -1}, "a seed of -1: choose it between"),
        ({"seed": 2**32}, "a seed of 4294967296: choose it between"),
    ],
)
def test_odd_parameters_are_refused(given, said):
    with pytest.raises(CoreError, match=said):
        StreamParams(**given)
