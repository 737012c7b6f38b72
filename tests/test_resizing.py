"""Scaling against Pillow's, which is what the weights were trained with."""

import numpy as np
import pytest
from PIL import Image

from core.pictures.resizing import resize

METHODS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
# Both libraries weigh in whole numbers, of 16 bits here and 22 there, and round to bytes between
# the columns and the rows; bicubic interpolation, whose weights are larger than 1 together, makes
# of one rounding up to two.
WORST = {"bilinear": 1, "bicubic": 2}
SHAPES = [(1, 1), (2, 3), (8, 8), (37, 91), (200, 133), (512, 512), (700, 33), (1, 3000)]
TARGETS = [(64, 64), (224, 298), (448, 448), (1, 128), (128, 1)]


def smooth(height, width):
    """Slow waves that reach both ends of the range, of a different length in each colour."""
    y, x = np.mgrid[:height, :width]
    waves = [np.sin(y / 9 + x / n) for n in (5, 11, 23)]  # each (h, w)
    return np.rint(127.5 + 127.5 * np.dstack(waves)).astype(np.uint8)


def white_noise(height, width):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def difference(pixels, height, width, method):
    """How far each value is from Pillow's, (height, width, 3)."""
    ours = resize(pixels, width=width, height=height, method=method)
    assert (ours.shape, ours.dtype) == ((height, width, 3), np.uint8)
    # Its versions differ in what they scale first, and so in what overshoots: here it is told.
    wide = Image.fromarray(pixels).resize((width, pixels.shape[0]), METHODS[method])
    theirs = wide.resize((width, height), METHODS[method])
    return np.abs(ours.astype(int) - np.asarray(theirs).astype(int))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("draw", [smooth, white_noise])
def test_pixels_come_out_as_pillow_scales_them(draw, shape, target, method):
    found = difference(draw(*shape), *target, method)
    assert found.max() <= WORST[method]
    assert (found > 1).mean() < 1e-3


@pytest.mark.parametrize("method", METHODS)
def test_an_image_of_the_size_that_is_wanted_stays_as_it_is(method):
    pixels = white_noise(30, 40)
    assert np.array_equal(resize(pixels, width=40, height=30, method=method), pixels)


@pytest.mark.parametrize("method", METHODS)
def test_a_view_is_scaled_like_its_copy(method):
    view = white_noise(60, 80)[5:50:2, 70:3:-1]
    scaled = resize(view, width=20, height=30, method=method)
    assert np.array_equal(scaled, resize(view.copy(), width=20, height=30, method=method))
    assert scaled.flags.c_contiguous


def test_pixels_that_cannot_be_written_are_scaled_and_left_alone():
    pixels = white_noise(60, 80)
    pixels.setflags(write=False)
    resize(pixels, width=20, height=30, method="bicubic")
    assert np.array_equal(pixels, white_noise(60, 80))


@pytest.mark.parametrize("method", METHODS)
def test_a_strip_of_a_million_pixels_keeps_its_brightness(method):
    strip = np.full((1, 1_000_000, 3), 200, np.uint8)
    assert (resize(strip, width=384, height=1, method=method) == 200).all()
