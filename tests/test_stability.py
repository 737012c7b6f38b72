"""Stability over seeds: by hand, at its ends, and on what is known to be stable or not."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from core.clusters.clustering import KMeansParams, cluster
from core.errors import CoreError
from core.measures.stability import measure_stability

HALVES = np.array([0, 0, 1, 1], dtype=np.int32)
CROSSED = np.array([0, 1, 0, 1], dtype=np.int32)


def by_seeds(values, k, seeds=4):
    return [cluster(values, KMeansParams(k, seed)).labels for seed in range(seeds)]


def test_it_is_the_mean_over_all_pairs_of_seeds():
    # Halves and halves agree wholly, halves and crossed at -0.5, as tests/test_agreement.py shows.
    made = measure_stability([HALVES, 1 - HALVES, CROSSED])
    assert made.mean == pytest.approx((1 - 0.5 - 0.5) / 3)
    assert (made.lowest, made.highest) == (-0.5, 1)
    assert made.sd == pytest.approx(np.sqrt((1 + 0.25 + 0.25) / 3))
    assert made.n_pairs == 3


def test_two_seeds_have_no_spread():
    made = measure_stability([HALVES, CROSSED])
    assert (made.mean, made.sd, made.lowest, made.highest, made.n_pairs) == (-0.5, 0, -0.5, -0.5, 1)


def test_groups_far_apart_are_found_by_every_seed():
    values = np.repeat([[0, 0], [9, 0], [0, 9]], 20, axis=0) + np.random.default_rng(0).normal(
        size=(60, 2)
    )
    made = measure_stability(by_seeds(values.astype(np.float32), 3))
    assert (made.mean, made.sd, made.n_pairs) == (1, 0, 6)


def test_noise_is_divided_by_chance():
    noise = np.random.default_rng(0).uniform(size=(300, 50)).astype(np.float32)
    labels = by_seeds(noise, 8)
    made = measure_stability(labels)
    assert made.mean < 0.2
    assert made.lowest == pytest.approx(
        min(adjusted_rand_score(a, b) for i, a in enumerate(labels) for b in labels[:i])
    )


@pytest.mark.parametrize("labels", [[0], [0, 0, 0], [0, 1, 2]])
def test_one_cluster_or_one_for_each_image_is_stable(labels):
    assert measure_stability([np.array(labels)] * 3).mean == 1


@pytest.mark.parametrize("given", [[], [HALVES]])
def test_one_seed_cannot_be_compared(given):
    with pytest.raises(CoreError, match=f"{len(given)} clustering.*at least 2 seeds"):
        measure_stability(given)


def test_clusterings_of_other_images_are_refused():
    with pytest.raises(ValueError, match="the same set"):
        measure_stability([HALVES, CROSSED[:3]])
