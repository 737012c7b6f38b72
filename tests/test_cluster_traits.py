"""Channels in which a cluster stands out, and the parts of images that excite them."""

import numpy as np
import pytest

from core.inside.cluster_traits import (
    ClusterTraits,
    find_traits,
    from_result,
    measure_gains,
    to_result,
)
from core.inside.explanation import compare
from core.reduction import Reduction

SIZE = 12
SQUARES = [np.full((SIZE, SIZE, 3), 10 * image, dtype=np.uint8) for image in range(3)]
for _square in SQUARES:
    _square[..., 1] = np.arange(SIZE)  # the column
    _square[..., 2] = np.arange(SIZE)[:, None]  # the row


def test_gains_sum_to_the_squared_distance_of_the_points():
    own = np.array([3.0, 1, 0, 0, 2, 0, 1, 1])
    mean = np.array([1.0, 2, 0, 1, 0, 3, 1, 0])
    comparison = compare(Reduction(np.zeros((1, 8))), own, mean)
    gains = measure_gains(comparison, 4)
    assert gains.tolist() == [4 - 1 - 1, 4 - 9 + 1]
    assert np.abs(measure_gains(comparison, 1)).sum() == pytest.approx(((own - mean) ** 2).sum())


def test_the_channels_that_gain_most_and_their_share():
    maps = np.ones((3, 4, 2, 2), dtype=np.float32)
    found = find_traits(np.array([1.0, -9, 3, 0]), maps, SQUARES, [5, 6, 7], channels=3)
    assert [(one.channel, one.share) for one in found] == [(2, 0.75), (0, 0.25)]


def test_patches_lie_around_what_excites_most():
    maps = np.zeros((3, 1, 6, 6), dtype=np.float32)
    maps[0, 0, 2, 3] = 1  # its middle lies at 5 and 7 of 12 pixels
    maps[2, 0, 5, 0] = 4  # at 11 and 1: the patch is moved inwards
    (trait,) = find_traits(np.array([1.0]), maps, SQUARES, [5, 6, 7])
    strongest, other = trait.patches  # of the middle image nothing excites it
    assert (strongest.row, strongest.activation) == (7, 4)
    assert (strongest.top, strongest.left) == (SIZE - 4, 0)
    assert (other.row, other.top, other.left) == (5, 3, 5)
    assert other.pixels.shape == (4, 4, 3)
    assert other.pixels[0, 0].tolist() == [0, 5, 3]


def test_no_more_patches_than_asked_for():
    maps = np.ones((3, 1, 2, 2), dtype=np.float32)
    (trait,) = find_traits(np.array([1.0]), maps, SQUARES, [5, 6, 7], patches=2)
    assert [patch.row for patch in trait.patches] == [5, 6]


@pytest.mark.parametrize("gains", [[0.0, 0.0], [-1.0, -2.0]])
def test_where_nothing_gains_there_are_no_traits(gains):
    maps = np.ones((3, 2, 2, 2), dtype=np.float32)
    assert find_traits(np.array(gains), maps, SQUARES, [5, 6, 7]) == ()


@pytest.mark.parametrize("gains", [[1.0, 3.0], [0.0, 0.0]])
def test_traits_come_back_from_where_they_are_kept(gains):
    maps = np.random.default_rng(0).random((3, 2, 2, 2), dtype=np.float32)
    made = ClusterTraits(
        4, (5, 6, 7), "conv5_3", np.eye(2), find_traits(np.array(gains), maps, SQUARES, [5, 6, 7])
    )
    again = from_result(*to_result(made))
    assert to_result(again)[0] == to_result(made)[0]
    assert (again.cluster, again.rows, again.layer, again.likeness) == (4, (5, 6, 7), "conv5_3", 2)
    for one, other in zip(again.traits, made.traits, strict=True):
        for a, b in zip(one.patches, other.patches, strict=True):
            assert np.array_equal(a.pixels, b.pixels)
