"""Pictures of maps, value by value, and colours as a reader without colours sees them."""

import io

import numpy as np
import pytest
from PIL import Image

from core.errors import CoreError
from core.network.map_pictures import (
    draw_grid,
    encode_grid,
    encode_picture,
    enlarge,
    overlay,
    side_by_side,
)

MAPS = np.array([[[0, 1], [2, 4]], [[0, 0], [0, 8]], [[0, 0], [0, 0]]], dtype=np.float32)
WHITE = np.full((8, 8, 3), 255, dtype=np.uint8)


def opened(data):
    return Image.open(io.BytesIO(data))


def test_each_map_is_scaled_by_its_own_peak():
    assert draw_grid(MAPS).tolist() == [  # 1 + 254 x the share of the peak, halves to even
        [1, 1 + 64, 0, 1, 1],
        [1 + 127, 255, 0, 1, 255],
        [0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 1, 0, 0, 0],
    ]


def test_all_maps_are_scaled_by_the_largest_peak():
    grid = draw_grid(MAPS, scale="all", columns=3)
    assert grid.shape == (2, 8)
    assert grid[1].tolist() == [
        1 + 64,
        1 + 127,
        0,
        1,
        255,
        0,
        1,
        1,
    ]  # peak 8: 2 is a quarter, 4 a half


def test_rows_columns_and_gaps():
    maps = np.ones((5, 2, 3), dtype=np.float32)
    assert draw_grid(maps, columns=2, gap=4).shape == (3 * 2 + 2 * 4, 2 * 3 + 4)
    assert draw_grid(maps, gap=0).shape == (2 * 2, 3 * 3)
    assert (draw_grid(maps, columns=5, gap=0) == 255).all()


def test_large_maps_are_averaged():
    one = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
    means = [[2.5, 4.5], [10.5, 12.5]]
    expected = 1 + np.rint(np.array(means) / 12.5 * 254)
    assert np.array_equal(draw_grid(one, tile=2), expected)


def test_of_no_maps_the_grid_is_empty():
    assert draw_grid(np.zeros((0, 4, 4), dtype=np.float32)).size == 0


def test_an_unknown_scale_is_refused():
    with pytest.raises(CoreError, match="no scale named 'both': choose one of each, all"):
        draw_grid(MAPS, scale="both")


def test_between_the_maps_the_picture_is_transparent():
    picture = np.asarray(opened(encode_grid(draw_grid(MAPS))).convert("RGBA"))
    assert picture[:2, 2, 3].tolist() == [0, 0]
    assert picture[0, 0].tolist() == [0, 34, 78, 255]
    assert picture[1, 1].tolist() == [254, 232, 56, 255]


def test_stronger_is_lighter_whoever_looks():
    steps = np.arange(1, 256, dtype=np.uint8)[None]
    grey = np.asarray(opened(encode_grid(steps)).convert("RGB").convert("L")).astype(int)
    assert (np.diff(grey[0]) >= 0).all()
    assert grey[0, -1] - grey[0, 0] > 150


def test_nothing_is_laid_over_where_nothing_speaks():
    image = np.zeros((8, 8, 3), dtype=np.uint8)
    image[..., 0] = 200
    seen = overlay(image, np.zeros((2, 2)), side=8)
    assert np.unique(seen).tolist() == [60]  # 200 x 0.299, in grey


@pytest.mark.parametrize(("value", "expected"), [(3.0, (241, 146, 92)), (-3.0, (51, 146, 201))])
def test_for_is_orange_and_against_is_blue(value, expected):
    seen = overlay(WHITE, np.full((2, 2), value), side=8)
    assert seen[4, 4].tolist() == list(expected)  # 0.2 x 255 + 0.8 x the colour


def test_two_pictures_can_share_a_peak():
    full = overlay(WHITE, np.full((1, 1), 1.0), side=8)
    half = overlay(WHITE, np.full((1, 1), 1.0), peak=2.0, side=8)
    assert np.allclose(255 - half.astype(int), (255 - full.astype(int)) / 2, atol=1)


def test_a_small_image_is_enlarged_and_a_large_one_is_not_shrunk():
    assert overlay(WHITE, np.zeros((1, 1)), side=20).shape == (20, 20, 3)
    assert overlay(WHITE, np.zeros((1, 1)), side=4).shape == (8, 8, 3)
    assert enlarge(WHITE, 20).shape == (20, 20, 3)


def test_pictures_side_by_side():
    row = side_by_side([np.zeros_like(WHITE), np.zeros_like(WHITE)], gap=2)
    assert row.shape == (8, 18, 3)
    assert (row[:, 8:10] == 255).all()
    assert row[:, :8].sum() == row[:, 10:].sum() == 0


def test_a_picture_comes_back_from_its_file():
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    assert np.array_equal(np.asarray(opened(encode_picture(pixels))), pixels)
