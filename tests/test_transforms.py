"""Each transform against the same steps written with torchvision, on a small gradient."""

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, Normalize, Resize, ToTensor

from core.errors import CoreError
from core.network import transforms
from core.network.transforms import TRANSFORMS, Transform

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
# torch and Pillow round differently: a value may come out one step of 255 away, or rarely two by
# bicubic interpolation (test_resizing.py says why). Division by STD divides the steps too.
WORST = {"imagenet": 1, "article": 1, "embedded": 2}


def gradient(width, height):
    """Red grows to the right, green downwards, blue is a fine check: no two places are alike."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    red, green, blue = x * 255 // max(1, width - 1), y * 255 // max(1, height - 1), (x ^ y) & 255
    return Image.fromarray(np.dstack([red, green, blue]).astype(np.uint8))


def see(transform, *images):
    """What the network sees, (n, 3, size, size)."""
    squares = [transform.cut(np.asarray(image)) for image in images]
    return transform.to_input(torch.from_numpy(np.stack(squares)))


def assert_the_same_within_rounding(name, found, expected):
    """Both (3, size, size)."""
    deviation = torch.tensor([1.0] * 3 if name == "article" else STD).view(3, 1, 1)
    steps = ((found - expected) * deviation * 255).abs()
    assert steps.max() < WORST[name] + 0.01
    assert (steps > 1.01).float().mean() < 1e-3


def to_square(side):
    return lambda image: image.resize((side, side), Image.Resampling.BICUBIC)


def reference(name, size):
    """The documented steps, with torchvision's own transforms."""
    steps = {
        "imagenet": [Resize(size * 256 // 224), CenterCrop(size)],
        "article": [CenterCrop(512), Resize(size)],
        "embedded": [to_square(size)],
    }
    normalized = [] if name == "article" else [Normalize(MEAN, STD)]
    return Compose([*steps[name], ToTensor(), *normalized])


@pytest.mark.parametrize("name", ["imagenet", "article", "embedded"])
@pytest.mark.parametrize("shape", [(600, 530), (530, 601), (90, 70), (301, 40), (33, 700), (1, 1)])
def test_a_transform_gives_what_torchvision_gives(name, shape):
    size = {"imagenet": 224, "article": 448, "embedded": 64}[name]
    image = gradient(*shape)
    expected = reference(name, size)(image)
    found = see(Transform(name, size), image)[0]
    assert_the_same_within_rounding(name, found, expected)


@pytest.mark.parametrize(
    ("name", "size"), [("imagenet", 112), ("article", 224), ("article", 600), ("embedded", 32)]
)
def test_other_sizes_follow_the_same_steps(name, size):
    image = gradient(130, 100)
    expected = reference(name, size)(image)
    found = see(Transform(name, size), image)[0]
    assert_the_same_within_rounding(name, found, expected)


def test_each_name_has_the_size_of_its_own_network():
    assert TRANSFORMS == {"imagenet": 224, "article": 448, "embedded": 64}


def test_the_article_lays_black_around_an_image_smaller_than_its_crop():
    white = np.full((100, 100, 3), 255, np.uint8)
    square = Transform("article", 512).cut(white)
    assert square.shape == (512, 512, 3)
    assert (square[206:306, 206:306] == 255).all()  # (512 - 100) / 2 = 206
    assert square.sum() == 100 * 100 * 3 * 255


def test_the_article_leaves_values_between_0_and_1():
    ends = np.zeros((32, 32, 3), dtype=np.uint8)
    ends[0] = 255
    values = Transform("article", 32).to_input(torch.from_numpy(ends[None]))
    assert values.min() == 0
    assert values.max() == 1


def test_the_cut_keeps_rows_and_columns_apart():
    top_red = Image.new("RGB", (64, 64), "blue")
    top_red.paste("red", (0, 0, 64, 32))
    square = Transform("embedded", 64).cut(np.asarray(top_red))
    assert square[0, 63].tolist() == [255, 0, 0]
    assert square[63, 0].tolist() == [0, 0, 255]


def test_a_long_strip_is_not_blown_up_to_be_cut_down(monkeypatch):
    # As a whole, 1 x 20,000 pixels would become 256 x 5,120,000: six gigabytes.
    areas, resize = [], transforms.resize

    def spy(pixels, *, width, height, method):
        areas.append(width * height)
        return resize(pixels, width=width, height=height, method=method)

    monkeypatch.setattr(transforms, "resize", spy)
    strip = np.asarray(gradient(1, 20_000))
    assert Transform("imagenet", 224).cut(strip).shape == (224, 224, 3)
    assert Transform("imagenet", 224).cut(strip.transpose(1, 0, 2)).shape == (224, 224, 3)
    assert max(areas) <= 100 * 256 * 256


@pytest.mark.parametrize("name", ["imagenet", "article", "embedded"])
@pytest.mark.parametrize("shape", [(1, 1_000_000, 3), (1_000_000, 1, 3), (5000, 3000, 3)])
def test_the_largest_sizes_become_a_square(name, shape):
    white = np.full(shape, 255, np.uint8)
    square = Transform(name, 64).cut(white)
    assert square.shape == (64, 64, 3)
    assert square[32, 32].tolist() == [255, 255, 255] or name == "article"


@pytest.mark.parametrize(
    ("name", "size", "shorter", "expected"),
    [
        ("embedded", 64, 1280, 0.1),
        ("embedded", 64, 128, 1),
        ("embedded", 64, 10, 1),
        ("imagenet", 224, 1024, 0.5),
        ("imagenet", 112, 1024, 0.25),
        ("article", 448, 100_000, 1),
    ],
)
def test_decoding_leaves_twice_what_the_network_sees(name, size, shorter, expected):
    assert Transform(name, size).least_scale(shorter) == pytest.approx(expected)


def test_a_batch_is_treated_image_by_image():
    images = [gradient(40, 30), Image.new("RGB", (50, 50), (10, 200, 30))]
    transform = Transform("embedded", 64)
    together = see(transform, *images)
    assert together.shape == (2, 3, 64, 64)
    for position, image in enumerate(images):
        assert torch.equal(together[position], see(transform, image)[0])


def test_the_batch_that_came_in_is_not_changed():
    batch = torch.full((1, 32, 32, 3), 7, dtype=torch.uint8)
    Transform("imagenet", 32).to_input(batch)
    assert (batch == 7).all()


def test_an_unknown_transform_is_refused_with_the_known_ones():
    with pytest.raises(CoreError, match="'vgg': choose one of imagenet, article, embedded"):
        Transform("vgg", 224)


def test_a_size_that_five_halvings_leave_nothing_of_is_refused():
    with pytest.raises(CoreError, match="size of 31 is too small: VGG-16 needs 32"):
        Transform("imagenet", 31)
    assert Transform("imagenet", 32).size == 32


def test_a_size_that_no_memory_holds_is_refused():
    with pytest.raises(CoreError, match=r"size of 1025 is too large: .* 1024 pixels"):
        Transform("imagenet", 1025)
    assert Transform("imagenet", 1024).size == 1024
