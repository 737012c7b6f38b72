"""Places between the nearest images that have one, on points that can be read off."""

import numpy as np
import pytest

from core.errors import CoreError
from core.placing import place

KNOWN = np.array([[0, 0], [1, 0], [2, 0], [50, 0], [51, 0]], dtype=np.float32)
PLACES = np.array([[0, 10], [3, 10], [6, 10], [-5, -5], [-7, -5]], dtype=np.float32)


def test_an_image_lies_at_the_mean_of_its_nearest():
    found = place(np.array([[1.1, 0]], np.float32), KNOWN, PLACES, n_nearest=3)
    np.testing.assert_allclose(found, [[3, 10]])  # of 0, 1 and 2
    found = place(np.array([[50.4, 1]], np.float32), KNOWN, PLACES, n_nearest=2)
    np.testing.assert_allclose(found, [[-6, -5]])


def test_one_nearest_gives_its_own_place():
    np.testing.assert_array_equal(place(KNOWN, KNOWN, PLACES, n_nearest=1), PLACES)


def test_fewer_known_images_than_asked_for_all_count():
    found = place(np.array([[7, 7]], np.float32), KNOWN[:2], PLACES[:2], n_nearest=9)
    np.testing.assert_allclose(found, [[1.5, 10]])


def test_by_cosine_the_direction_counts_alone():
    known = np.array([[1, 0], [0, 1]], dtype=np.float32)
    far_up = np.array([[10, 90]], dtype=np.float32)
    args = (far_up, known * 50, PLACES[:2])
    np.testing.assert_allclose(place(*args, n_nearest=1, metric="cosine"), [PLACES[1]])


def test_many_images_are_placed_block_by_block(monkeypatch):
    values = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32) * 20
    whole = place(values, KNOWN, PLACES)
    monkeypatch.setattr("core.placing._BLOCK_VALUES", 15)  # 3 images at once
    np.testing.assert_array_equal(place(values, KNOWN, PLACES), whole)
    expected = [
        PLACES[np.linalg.norm(KNOWN - one, axis=1).argsort()[:3]].mean(axis=0) for one in values
    ]
    np.testing.assert_allclose(whole, expected, rtol=1e-6)


def test_no_image_to_place():
    assert place(KNOWN[:0], KNOWN, PLACES).shape == (0, 2)


def test_another_metric_is_refused():
    with pytest.raises(CoreError, match="manhattan"):
        place(KNOWN, KNOWN, PLACES, metric="manhattan")
