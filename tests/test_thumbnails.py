"""The two small pictures of an image: as large as asked, in its colours, and the right way up."""

import io

import numpy as np
import pytest
from PIL import Image

from core.pictures.thumbnails import draw_pictures

BLUE = (0, 128, 255)


def plain(width, height, color=BLUE):
    """Pixels of one colour, (height, width, 3)."""
    return np.full((height, width, 3), color, np.uint8)


def opened(data):
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    return picture


@pytest.mark.parametrize(
    ("size", "thumbnail", "preview"),
    [
        ((800, 400), (128, 64), (384, 192)),
        ((400, 800), (64, 128), (192, 384)),
        ((385, 385), (128, 128), (384, 384)),
        ((1, 3000), (1, 128), (1, 384)),
        ((65_535, 1), (128, 1), (384, 1)),
    ],
    ids=["wide", "high", "just larger than a preview", "a line", "as wide as a JPEG can be"],
)
def test_a_large_image_gets_both(size, thumbnail, preview):
    small, larger = map(opened, draw_pictures(plain(*size), longer=max(size)))
    assert (small.size, larger.size) == (thumbnail, preview)
    for picture in (small, larger):
        np.testing.assert_allclose(np.asarray(picture), plain(*picture.size), atol=4)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((384, 192), (128, 64)),
        ((40, 30), (128, 96)),
        ((128, 128), (128, 128)),
        ((1, 1), (128, 128)),
    ],
    ids=["as large as a preview", "tiny, enlarged", "as large as a thumbnail", "one pixel"],
)
def test_an_image_no_larger_than_a_preview_is_its_own(size, expected):
    thumbnail, preview = draw_pictures(plain(*size), longer=max(size))
    assert preview is None
    assert opened(thumbnail).size == expected
    np.testing.assert_allclose(np.asarray(opened(thumbnail)), plain(*expected), atol=4)


def test_whether_there_is_a_preview_is_up_to_the_size_before_decoding():
    # Scaled down while it was decoded: 300 of what were 1,200 pixels.
    _, preview = draw_pictures(plain(300, 150), longer=1200)
    assert opened(preview).size == (384, 192)


def test_both_are_the_right_way_up():
    pixels = plain(900, 600, (255, 0, 0))
    pixels[300:] = (0, 0, 255)
    for picture in map(opened, draw_pictures(pixels, longer=900)):
        right, bottom = picture.width - 1, picture.height - 1
        corners = [picture.getpixel(at) for at in ((right, 0), (0, bottom))]
        np.testing.assert_allclose(corners, [(255, 0, 0), (0, 0, 255)], atol=4)


def test_the_pixels_that_came_in_are_not_changed():
    pixels = plain(500, 300)
    pixels.setflags(write=False)
    draw_pictures(pixels, longer=500)
    assert (pixels == BLUE).all()
