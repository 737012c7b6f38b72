"""The map by a sample: every image has a place, groups stay apart, and it says what was done."""

import numpy as np
import pytest

from core.neighbor_search import find_neighbors
from core.projection import UMAPParams, settle
from core.sampled_projection import project_by_sample

GENERATOR = np.random.default_rng(0)
OWN = np.repeat([0, 1, 2], 40)
VALUES = (20 * np.eye(3, 6)[OWN] + GENERATOR.normal(size=(120, 6))).astype(np.float32)
PARAMS = UMAPParams(n_neighbors=8)


def find(some):
    return find_neighbors(some, k=8)


@pytest.fixture(scope="module")
def made():
    return project_by_sample(VALUES, find(VALUES), PARAMS, find, sample=60, rounds=20)


def test_every_image_has_a_place(made):
    assert (made.coordinates.shape, made.coordinates.dtype) == ((120, 2), np.float32)
    assert np.isfinite(made.coordinates).all()


def test_groups_stay_apart(made):
    nearest = find_neighbors(made.coordinates, k=5).indices
    assert (OWN[nearest] == OWN[:, None]).mean() > 0.98


def test_it_says_what_was_done(made):
    assert made.method == (
        "UMAP on exact neighbours, n_neighbors 8, min_dist 0.1, euclidean, seed 42, laid out by a "
        "sample of 60 of 120, the others placed between their nearest of these, then 20 rounds "
        "over all"
    )


def test_the_seed_decides(made):
    again = project_by_sample(VALUES, find(VALUES), PARAMS, find, sample=60, rounds=20)
    np.testing.assert_array_equal(again.coordinates, made.coordinates)


def test_only_the_sample_is_searched_and_the_values_stay(monkeypatch):
    asked, before = [], VALUES.copy()

    def count(some):
        asked.append(some)
        return find(some)

    project_by_sample(VALUES, find(VALUES), PARAMS, count, sample=60, rounds=1)
    rows = {row.tobytes() for row in VALUES}
    assert [len(one) for one in asked] == [60]
    assert {row.tobytes() for row in asked[0]} < rows
    np.testing.assert_array_equal(before, VALUES)


def test_settling_moves_no_image_far_in_few_rounds():
    places = 10 * np.eye(3, 2)[OWN] + GENERATOR.normal(size=(120, 2))
    places = ((places - places.min(axis=0)) / np.ptp(places, axis=0) * 10).astype(np.float32)
    moved = settle(VALUES, find(VALUES), PARAMS, places=places, rounds=5).coordinates
    assert np.linalg.norm(moved - places, axis=1).max() < 10
    assert not np.array_equal(moved, places)
