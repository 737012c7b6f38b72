"""Pixels on a device: shrunk by means, turned and scaled as Pillow does it."""

import numpy as np
import pytest
import torch
from devices import EACH_DEVICE
from PIL import Image

from core.network.geometry import Box, Geometry
from core.network.transforms import Transform
from core.pictures.device_pixels import cut, resize, shrink, to_bytes, turn_upright
from core.pictures.orientation import turn_upright as turn_by_pillow


def planes(pixels, device="cpu"):
    """From (h, w) or (h, w, 3) to uint8 (3, h, w)."""
    pixels = np.asarray(pixels, np.uint8)
    colors = np.dstack([pixels] * 3) if pixels.ndim == 2 else pixels
    return torch.from_numpy(colors).permute(2, 0, 1).contiguous().to(device)


def values(image):
    """The first plane, as a list of rows."""
    return image[0].tolist()


@EACH_DEVICE
def test_shrinking_takes_means_of_squares(device):
    image = planes([[0, 4, 8, 8], [0, 4, 8, 8], [10, 20, 7, 7], [30, 40, 7, 7]], device)
    assert values(shrink(image, 2)) == [[2, 8], [25, 7]]
    assert values(shrink(image, 4)) == [[10.5]]
    assert values(shrink(image, 1)) == values(image)


@EACH_DEVICE
def test_an_odd_rest_is_the_mean_of_what_there_is(device):
    image = planes([[0, 4, 9], [0, 4, 1], [10, 20, 7]], device)
    assert values(shrink(image, 2)) == [[2, 5], [15, 7]]
    assert values(shrink(image, 8)) == [[pytest.approx(55 / 9)]]


@EACH_DEVICE
@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_is_turned_as_pillow_turns_it(device, orientation):
    colors = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
    expected = np.asarray(turn_by_pillow(Image.fromarray(colors), orientation))
    found = turn_upright(planes(colors, device), orientation)
    np.testing.assert_array_equal(to_bytes(found).cpu().numpy(), expected)


@EACH_DEVICE
@pytest.mark.parametrize("method", ["bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(90, 70), (13, 9), (300, 260), (90, 9), (1, 1)])
def test_an_image_is_scaled_as_pillow_scales_it(device, method, size):
    # Far from black and white: Pillow clips what cubic overshoots between rows and columns.
    colors = np.random.default_rng(0).integers(64, 192, (60, 80, 3), dtype=np.uint8)
    resample = Image.Resampling[method.upper()]
    expected = np.asarray(Image.fromarray(colors).resize(size, resample)).astype(int)
    scaled = resize(planes(colors, device).float(), width=size[0], height=size[1], method=method)
    found = to_bytes(scaled).cpu().numpy()
    assert np.abs(found - expected).max() <= 1  # Pillow rounds between rows and columns, too


def test_what_has_its_size_already_is_not_touched():
    image = torch.rand(3, 4, 5)
    assert resize(image, width=5, height=4, method="bicubic") is image


@EACH_DEVICE
def test_values_are_rounded_and_kept_within_a_byte(device):
    image = torch.tensor([-3.0, 0.4, 0.6, 254.6, 300.0]).expand(3, 1, 5).to(device)
    made = to_bytes(image)
    assert (made.shape, made.dtype) == ((1, 5, 3), torch.uint8)
    assert made[0, :, 0].tolist() == [0, 0, 1, 255, 255]
    assert made.is_contiguous()


def test_a_square_is_cut_framed_scaled_and_cut_again():
    image = planes([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    seen, kept = Box(1, 0, 2, 2), Box(1, 1, 2, 3)
    plan = Geometry(seen, black=(1, 0, 2, 1), height=3, width=5, method="bilinear", kept=kept)
    # 4 5     0 0 0 0 0
    # 7 8 ->  0 0 4 5 0  -> of which two rows and three columns
    #         0 0 7 8 0
    assert cut(image.float(), plan)[..., 0].tolist() == [[0, 4, 5], [0, 7, 8]]


@EACH_DEVICE
@pytest.mark.parametrize("name", ["imagenet", "article", "embedded"])
@pytest.mark.parametrize("shape", [(600, 530), (531, 600), (90, 70), (40, 301), (1, 1)])
def test_the_square_is_the_transforms_own(device, name, shape):
    x, y = np.meshgrid(np.arange(shape[1]), np.arange(shape[0]))
    pixels = np.dstack([x % 256, y % 256, (x + y) % 256]).astype(np.uint8)
    transform = Transform(name, 64)
    plan = transform.geometry(height=shape[0], width=shape[1])
    found = cut(planes(pixels, device).float(), plan).cpu().numpy()
    steps = np.abs(found.astype(int) - transform.cut(pixels))
    assert steps.max() <= 4  # the CPU's own rounds each weight to 8 bits, and rounds in between
    assert steps.mean() < 1
