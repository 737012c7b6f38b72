"""Distances in blocks: against differences, and where rounding would spoil them."""

import numpy as np
import pytest

from core.measures.distances import Points, blocks, distances_from

VALUES = np.random.default_rng(0).normal(size=(40, 7)).astype(np.float32)


def between(values, *, a=slice(None), b=slice(None)):
    points = Points(values)
    return distances_from(points.at(a))(points.at(b))


def by_differences(values):
    exact = values.astype(np.float64)
    return np.linalg.norm(exact[:, None] - exact[None], axis=2) / np.ptp(exact, axis=0).max()


def test_distances_are_those_of_the_differences():
    np.testing.assert_allclose(between(VALUES), by_differences(VALUES), rtol=1e-6, atol=1e-12)
    some = between(VALUES, a=np.array([3, 5]), b=slice(10, 14))
    np.testing.assert_allclose(some, by_differences(VALUES)[[3, 5], 10:14], rtol=1e-6)


@pytest.mark.parametrize("d", [1, 16, 256, 4096])
def test_copies_lie_at_exactly_0(d):
    rows = np.random.default_rng(1).normal(size=(5, d)).astype(np.float32) + 100
    found = between(np.repeat(rows, 3, axis=0))
    same = np.kron(np.eye(5), np.ones((3, 3))).astype(bool)
    assert (found[same] == 0).all()
    assert (found[~same] > 0).all()


@pytest.mark.parametrize(("scale", "place"), [(1e-30, 0), (1e-3, 1e3), (1, 1e5), (1e30, 0)])
def test_neither_place_nor_unit_matters(scale, place):
    moved = (VALUES * np.float32(scale) + np.float32(place)).astype(np.float32)
    np.testing.assert_allclose(between(moved), by_differences(moved), rtol=1e-5, atol=1e-9)


def test_what_is_near_is_not_lost_beside_what_is_far():
    values = np.array([[0, 0], [1e-4, 0], [1, 1]], dtype=np.float32)
    assert between(values)[0, 1] == pytest.approx(1e-4, rel=1e-5)


def test_values_are_left_as_they_are():
    before = VALUES.copy()
    between(VALUES)
    assert np.array_equal(VALUES, before)


@pytest.mark.parametrize(
    ("values", "are_one"),
    [
        ([[1, 2]], True),
        ([[1, 2], [1, 2]], True),
        ([[1, 2], [1, 3]], False),
        (np.empty((0, 2)), True),
    ],
)
def test_whether_all_are_one_point(values, are_one):
    points = Points(np.array(values, dtype=np.float32))
    assert (len(points), points.are_one) == (len(values), are_one)


def test_blocks_hold_every_row_once():
    rows = np.arange(10)
    assert [rows[block].tolist() for block in blocks(10, 4)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert list(blocks(0, 4)) == []
