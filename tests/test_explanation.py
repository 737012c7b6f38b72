"""The parts of a likeness sum to what K-Means compares, computed here from distances alone."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.errors import CoreError
from core.inside.explanation import (
    FeaturePart,
    average_to_grid,
    by_channel,
    compare,
    split_by_feature,
    split_by_position,
    strongest,
)
from core.reduction import Reduction, ReductionParams, reduce_features

CHANNELS = 6
TOLERANCE = 1e-5
"""Of the sum of all parts' sizes: PCA's directions are float32, and orthonormal within that."""


def random_maps(seed, n, height=8, width=8):
    """Maps as a convolution's: many zeros, none below."""
    made = np.random.default_rng(seed).normal(size=(n, CHANNELS, height, width))
    return np.maximum(made, 0).astype(np.float32)


def features_of(maps, grid):
    """As torch pools and averages them, (n, CHANNELS * grid * grid)."""
    pooled = functional.max_pool2d(torch.from_numpy(maps), 2)
    return functional.adaptive_avg_pool2d(pooled, grid).flatten(1).numpy()


def nearness(z, a, b):
    """By how much nearer z lies to a than to b, in squared distance."""
    z, a, b = (one.astype(np.float64) for one in (z, a, b))
    return ((z - b) ** 2).sum() - ((z - a) ** 2).sum()


def set_of(maps, grid, normalize, n_components):
    return reduce_features(features_of(maps, grid), ReductionParams(normalize, n_components))


CASES = pytest.mark.parametrize(
    ("grid", "normalize", "n_components", "size"),
    [
        (1, "l2", 4, (8, 8)),
        (1, "l2", None, (8, 8)),
        (1, "none", 3, (8, 8)),
        (2, "l2", 5, (8, 8)),
        (2, "none", None, (8, 8)),
        (2, "l2", 5, (14, 14)),  # seven pooled positions: the cells overlap
        (2, "l2", 5, (7, 9)),  # the last row and column are pooled away
        (2, "l2", 5, (2, 2)),  # one pooled position for four cells
        (1, "l2", 1, (3, 2)),
    ],
)


@CASES
def test_the_parts_of_positions_sum_to_what_k_means_compares(grid, normalize, n_components, size):
    maps = random_maps(0, 12, *size)
    reduction = set_of(maps, grid, normalize, n_components)
    own, rival = reduction.values[:5].mean(axis=0), reduction.values[5:].mean(axis=0)
    comparison = compare(reduction, own, rival)
    lengths = np.linalg.norm(features_of(maps, grid), axis=1) if normalize == "l2" else np.ones(12)
    for one, z, length in zip(maps, reduction.values, lengths, strict=True):
        parts = split_by_position(comparison, one, grid=grid, length=length)
        assert parts.shape == size
        expected = nearness(z, own, rival)
        assert parts.sum() == pytest.approx(expected, abs=TOLERANCE * np.abs(parts).sum())


@CASES
def test_the_parts_of_features_sum_to_the_same(grid, normalize, n_components, size):
    maps = random_maps(1, 12, *size)
    reduction = set_of(maps, grid, normalize, n_components)
    own, rival = reduction.values[:5].mean(axis=0), reduction.values[5:].mean(axis=0)
    features = features_of(maps, grid)
    if normalize == "l2":
        features /= np.linalg.norm(features, axis=1, keepdims=True)
    for values, z in zip(features, reduction.values, strict=True):
        parts = split_by_feature(compare(reduction, own, rival), values)
        assert parts.shape == (CHANNELS * grid**2,)
        expected = nearness(z, own, rival)
        assert parts.sum() == pytest.approx(expected, abs=TOLERANCE * np.abs(parts).sum())


@CASES
def test_features_are_averaged_as_torch_does(grid, normalize, n_components, size):
    maps = random_maps(2, 3, *size)
    for one, expected in zip(maps, features_of(maps, grid), strict=True):
        np.testing.assert_allclose(average_to_grid(one, grid), expected, rtol=1e-5, atol=1e-7)


@CASES
def test_own_less_rival_is_their_comparison_at_every_place(grid, normalize, n_components, size):
    maps = random_maps(3, 12, *size)
    reduction = set_of(maps, grid, normalize, n_components)
    own, rival, mean = reduction.values[0], reduction.values[1], reduction.values.mean(axis=0)
    of_own, of_rival, of_both = (
        split_by_position(compare(reduction, *pair), maps[0], grid=grid, length=2.0)
        for pair in ((own, mean), (rival, mean), (own, rival))
    )
    np.testing.assert_allclose(of_own - of_rival, of_both, atol=1e-6)


def test_a_part_lies_where_the_largest_value_of_its_window_stood():
    maps = np.zeros((1, 4, 4), dtype=np.float32)
    maps[0, 1, 2], maps[0, 0, 3] = 8, 5  # one window: the smaller is pooled away
    reduction = Reduction(np.zeros((2, 1), dtype=np.float32))
    comparison = compare(reduction, np.array([1.0]), np.array([0.0]))  # w = 2, c = 1/2
    parts = split_by_position(comparison, maps, grid=1, length=1.0)
    expected = np.full((4, 4), -2 * 0.5 / 16)  # the middle, spread over all
    expected[1, 2] += 2 * 8 / 4  # a mean of four pooled values
    np.testing.assert_allclose(parts, expected)


def test_a_cell_of_the_grid_pays_for_its_own_middle():
    maps = np.zeros((1, 4, 4), dtype=np.float32)
    reduction = Reduction(np.zeros((2, 4), dtype=np.float32))
    nearer = np.array([0.0, 2.0, 0.0, 0.0])  # the upper right quarter
    parts = split_by_position(compare(reduction, nearer, nearer * 0), maps, grid=2, length=1.0)
    expected = np.zeros((4, 4))
    expected[:2, 2:] = -(2 * 2) * 1 / 4  # w c, over four positions
    np.testing.assert_allclose(parts, expected)


def test_nothing_speaks_between_two_points_in_one_place():
    maps = random_maps(4, 3)
    reduction = set_of(maps, 1, "l2", 2)
    comparison = compare(reduction, reduction.values[0], reduction.values[0])
    assert np.abs(split_by_position(comparison, maps[0], grid=1, length=1.0)).max() == 0


def test_a_black_image_has_parts_as_well():
    maps = random_maps(5, 4)
    reduction = set_of(maps, 1, "l2", None)
    own, rival = reduction.values[0], reduction.values[1]
    black = np.zeros_like(maps[0])
    parts = split_by_position(compare(reduction, own, rival), black, grid=1, length=1.0)
    expected = nearness(np.zeros(CHANNELS), own, rival)
    assert parts.sum() == pytest.approx(expected, abs=1e-6)


def test_identical_images_leave_nothing_to_compare():
    maps = np.repeat(random_maps(6, 1), 4, axis=0)
    reduction = set_of(maps, 1, "l2", 3)
    comparison = compare(reduction, reduction.values[0], reduction.values.mean(axis=0))
    assert np.abs(split_by_feature(comparison, np.ones(CHANNELS))).max() < 1e-5


def test_features_of_another_layer_are_refused():
    comparison = compare(Reduction(np.zeros((1, 4))), np.ones(4), np.zeros(4))
    with pytest.raises(CoreError, match="3 features an image, those of the set have 4"):
        split_by_feature(comparison, np.ones(3))


def test_parts_of_cells_are_summed_to_their_channel():
    assert by_channel(np.arange(8.0), 4).tolist() == [0 + 1 + 2 + 3, 4 + 5 + 6 + 7]


def test_the_strongest_for_and_against():
    speak_for, against = strongest(np.array([0.5, -2, 0, 3, -1, 1]), most=2)
    assert speak_for == (FeaturePart(3, 3), FeaturePart(5, 1))
    assert against == (FeaturePart(1, -2), FeaturePart(4, -1))


def test_where_nothing_speaks_against_nothing_is_named():
    assert strongest(np.array([1.0, 0.0])) == ((FeaturePart(0, 1),), ())
