"""Density from neighbours that are written down by hand."""

import numpy as np
import pytest

from core.neighbors import Neighbors
from core.review.density import measure_density


def neighbors(distances):
    """Each image itself first, at 0; who the neighbours are does not matter here."""
    distances = np.insert(np.array(distances, np.float32), 0, 0, axis=1)
    return Neighbors(np.zeros(distances.shape, np.int64), distances)


def test_the_middle_of_the_set_has_a_half_and_twice_as_far_a_third():
    density = measure_density(neighbors([[1, 3], [0, 2], [2, 6]]))  # means 2, 1, 4
    np.testing.assert_allclose(density, [1 / 2, 2 / 3, 1 / 3], rtol=1e-6)
    assert density.dtype == np.float32


def test_no_scale_matters():
    far = np.random.default_rng(0).random((9, 4)) + 0.1
    expected = measure_density(neighbors(far))
    np.testing.assert_allclose(measure_density(neighbors(far * 1000)), expected, rtol=1e-5)


def test_density_falls_with_distance():
    density = measure_density(neighbors([[1], [2], [3], [50], [1000]]))
    assert (np.diff(density) < 0).all()
    assert density[-1] > 0


@pytest.mark.parametrize(
    ("distances", "expected"),
    [
        ([[0, 0], [0, 0], [0, 0]], [1, 1, 1]),
        ([[0], [0], [0], [4]], [1, 1, 1, 0]),  # more than half lie among their equals
        ([[0], [2], [2]], [1, 0.5, 0.5]),
    ],
)
def test_images_among_their_equals_have_1(distances, expected):
    assert measure_density(neighbors(distances)).tolist() == expected


def test_one_image_alone_has_no_density():
    assert np.isnan(measure_density(neighbors(np.empty((1, 0))))).tolist() == [True]
