"""K-Means on points that can be counted on fingers, and against scikit-learn's own."""

import numpy as np
import pytest
from devices import NEEDS_CUDA
from sklearn.cluster import KMeans

from core.clusters import clustering
from core.clusters.clustering import Clustering, KMeansParams, cluster, find_medoids
from core.clusters.seeding import Seeding
from core.errors import CoreError

# Three groups of three; in each the point in the middle is the centroid.
NINE = np.array(
    [[0, 0], [0, 1], [0, 2], [10, 0], [11, 0], [12, 0], [5, 20], [6, 21], [7, 22]],
    dtype=np.float32,
)
GROUPS = [0, 0, 0, 1, 1, 1, 2, 2, 2]


def groups_of(labels):
    """Labels renumbered by first appearance: which number a cluster bears does not matter."""
    order = list(dict.fromkeys(labels.tolist()))
    return [order.index(label) for label in labels.tolist()]


def test_three_groups_are_found():
    assert groups_of(cluster(NINE, KMeansParams(3)).labels) == GROUPS


def test_distances_are_to_the_own_centroid():
    distances = cluster(NINE, KMeansParams(3)).distances
    expected = [1, 0, 1, 1, 0, 1, np.sqrt(2), 0, np.sqrt(2)]
    np.testing.assert_allclose(distances, expected, atol=1e-5)


def test_inertia_is_the_sum_of_the_squared_distances():
    assert cluster(NINE, KMeansParams(3)).inertia == pytest.approx(8)  # 1 + 1, 1 + 1, 2 + 2


def test_medoids_are_the_members_in_the_middle():
    made = cluster(NINE, KMeansParams(3))
    assert sorted(made.medoids.tolist()) == [1, 4, 7]
    assert made.labels[made.medoids].tolist() == [0, 1, 2]


def test_sizes_count_the_members():
    values = np.concatenate([NINE, [[0, 1], [0, 1]]]).astype(np.float32)
    made = cluster(values, KMeansParams(3))
    assert sorted(made.sizes.tolist()) == [3, 3, 5]
    assert made.sizes[made.labels[0]] == 5


def test_types_and_shapes():
    made = cluster(NINE, KMeansParams(3))
    assert (made.labels.dtype, made.labels.shape) == (np.int32, (9,))
    assert (made.distances.dtype, made.distances.shape) == (np.float32, (9,))
    assert (made.medoids.dtype, made.medoids.shape) == (np.int64, (3,))


@pytest.mark.parametrize("seed", [0, 42])
@pytest.mark.parametrize("k", [2, 5, 8])
def test_labels_are_scikit_learns_for_the_same_seed(k, seed):
    values = np.random.default_rng(1).normal(size=(80, 6)).astype(np.float32)
    reference = KMeans(n_clusters=k, random_state=seed).fit(values)
    made = cluster(values, KMeansParams(k, seed))
    assert made.labels.tolist() == reference.labels_.tolist()
    assert made.inertia == pytest.approx(reference.inertia_)


def test_one_cluster_holds_everything():
    made = cluster(NINE, KMeansParams(1))
    assert made.labels.tolist() == [0] * 9
    mean = NINE.mean(axis=0)
    np.testing.assert_allclose(made.distances, np.linalg.norm(NINE - mean, axis=1), rtol=1e-5)


def test_as_many_clusters_as_images_hold_one_each():
    made = cluster(NINE, KMeansParams(9))
    assert sorted(made.labels.tolist()) == list(range(9))
    assert made.inertia == pytest.approx(0, abs=1e-6)
    assert made.medoids[made.labels].tolist() == list(range(9))


def test_one_image_is_one_cluster():
    made = cluster(NINE[:1], KMeansParams(1))
    assert (made.labels.tolist(), made.medoids.tolist(), made.inertia) == ([0], [0], 0)


def test_copies_share_their_cluster():
    values = np.concatenate([NINE, NINE])
    labels = cluster(values, KMeansParams(3)).labels
    assert labels[:9].tolist() == labels[9:].tolist()


def test_more_clusters_than_images_are_refused_with_both_numbers():
    with pytest.raises(CoreError, match=r"k = 10 is more than the 9 images .* from 1 to 9"):
        cluster(NINE, KMeansParams(10))


def test_copies_do_not_make_further_clusters_possible():
    values = np.repeat(NINE[:2], 4, axis=0)
    with pytest.raises(CoreError, match="k = 3 is more than the 2 images that differ"):
        cluster(values, KMeansParams(3))
    assert groups_of(cluster(values, KMeansParams(2)).labels) == [0, 0, 0, 0, 1, 1, 1, 1]


def test_identical_rows_are_one_cluster():
    values = np.ones((4, 3), dtype=np.float32)
    assert cluster(values, KMeansParams(1)).labels.tolist() == [0, 0, 0, 0]
    with pytest.raises(CoreError, match="k = 2 is too many for images that are all alike"):
        cluster(values, KMeansParams(2))


def test_images_too_alike_for_k_clusters_are_refused():
    # Two differ in their last bit alone: three by their bytes, but two by their distances.
    values = np.array([[1e8], [1e8 + 8], [1e9]], dtype=np.float32)
    with pytest.raises(CoreError, match="k = 3"):
        cluster(values, KMeansParams(3))


@pytest.mark.parametrize("k", [0, -2])
def test_there_is_at_least_one_cluster(k):
    with pytest.raises(CoreError, match=f"k = {k}: choose at least 1"):
        KMeansParams(k)


def test_the_values_are_not_changed():
    before = NINE.copy()
    cluster(NINE, KMeansParams(3))
    assert np.array_equal(NINE, before)


def test_a_shared_seeding_changes_nothing():
    values = np.random.default_rng(2).normal(size=(60, 4)).astype(np.float32)
    seeding = Seeding(values, seed=42)
    for k in (7, 2, 5):
        alone = cluster(values, KMeansParams(k))
        assert cluster(values, KMeansParams(k), seeding=seeding).labels.tolist() == (
            alone.labels.tolist()
        )


def test_mini_batches_find_the_same_groups_and_say_so(monkeypatch):
    monkeypatch.setattr(clustering, "MINI_BATCHES_FROM", 900)
    spread = np.random.default_rng(3).normal(scale=0.1, size=(900, 2))
    values = (np.tile(NINE[[0, 4, 8]], (300, 1)) + spread).astype(np.float32)
    made = cluster(values, KMeansParams(3))
    assert groups_of(made.labels) == [0, 1, 2] * 300
    assert "mini-batches" in made.method
    whole = KMeans(n_clusters=3, random_state=42).fit(values)
    assert made.inertia == pytest.approx(whole.inertia_, rel=0.01)


def test_the_method_says_k_and_seed():
    assert cluster(NINE, KMeansParams(3, seed=7)).method == "K-Means k 3, seed 7"


@NEEDS_CUDA
def test_a_cuda_device_finds_the_same():
    values = np.random.default_rng(1).normal(size=(500, 16)).astype(np.float32)
    for k in (2, 9):
        made = cluster(values, KMeansParams(k), device="cuda")
        assert made.labels.tolist() == cluster(values, KMeansParams(k)).labels.tolist()


def test_renumbering_moves_labels_and_medoids_together():
    made = Clustering(
        np.array([0, 2, 1, 2], np.int32), np.zeros(4, np.float32), np.array([0, 2, 3]), 1.5, "way"
    )
    other = made.renumbered(np.array([1, 0, 2], np.int32))
    assert other.labels.tolist() == [1, 2, 0, 2]
    assert other.medoids.tolist() == [2, 0, 3]
    assert (other.inertia, other.method) == (1.5, "way")
    assert made.labels.tolist() == [0, 2, 1, 2]


def test_a_cluster_without_images_has_no_medoid():
    labels, distances = np.array([2, 0, 2], np.int32), np.array([3, 1, 2], np.float32)
    assert find_medoids(labels, distances, 4).tolist() == [1, -1, 2, -1]
