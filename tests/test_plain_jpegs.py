"""Only JPEGs that every decoder reads alike are called plain, and whole ones."""

import io

import numpy as np
import pytest
from encoded import encode, turned
from PIL import Image, JpegImagePlugin

from core.pictures.jpeg_segments import end_of_head, walk_head
from core.pictures.limits import PIXELS_VARIABLE
from core.pictures.plain_jpegs import choose_shrink, find_plain

COLORS = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
PHOTO = Image.fromarray(COLORS).resize((70, 50), Image.Resampling.BICUBIC)
START_OF_FRAME = 0xC0


def saved(image=PHOTO, kind="JPEG", **options):
    return encode(image, kind, **options)


def find(data):
    return find_plain(data, lambda _width, _height: 1.0)


def changed(data, marker, place, value):
    """With another byte in the segment of that marker; -3 is the second byte of the marker."""
    [segment] = [one for one in walk_head(data) if one.marker == marker]
    at = segment.start + place
    return data[:at] + bytes([value]) + data[at + 1 :]


def with_segment(data, marker, payload):
    return data[:2] + bytes([0xFF, marker]) + (len(payload) + 2).to_bytes(2) + payload + data[2:]


RGB = saved()
GREY = saved(PHOTO.convert("L"))
PROGRESSIVE = saved(progressive=True)

PLAIN = {
    "colours at half the width and height": RGB,
    "colours at half the width": saved(subsampling=1),
    "colours in full": saved(subsampling=0),
    "progressive": PROGRESSIVE,
    "grey": GREY,
    "one pixel": saved(PHOTO.crop((0, 0, 1, 1))),
    "with a profile": saved(icc_profile=b"profile"),
    "with a comment": saved(comment=b"\xff\xd9 is the end"),
    "with restart markers": saved(restart_marker_blocks=2),
    "with a video behind it": RGB + b"video" * 99,
    "Adobe's YCbCr": with_segment(RGB, 0xEE, b"Adobe\0\x64\0\0\0\0\1"),
    "what only begins like Adobe's": with_segment(RGB, 0xEE, b"Ado"),
}

PECULIAR = {
    "nothing": b"",
    "a PNG": saved(kind="PNG"),
    "only its first bytes": RGB[:3],
    "CMYK": saved(PHOTO.convert("CMYK")),
    "RGB that was kept": saved(keep_rgb=True),
    "RGB by its planes' names": changed(RGB, START_OF_FRAME, 6, ord("R")),
    "RGB by Adobe's word": with_segment(RGB, 0xEE, b"Adobe\0\x64\0\0\0\0\0"),
    "12 bits": changed(RGB, START_OF_FRAME, 0, 12),
    "lossless": changed(RGB, START_OF_FRAME, -3, 0xC3),
    "arithmetic-coded": changed(RGB, START_OF_FRAME, -3, 0xC9),
    "no frame": changed(RGB, START_OF_FRAME, -3, 0xFE),
    "two frames": with_segment(RGB, START_OF_FRAME, b"another"),
    "planes that are not there": changed(RGB, START_OF_FRAME, 5, 4),
    "brightness coarser than a colour": changed(RGB, START_OF_FRAME, 10, 0x21),
    "four times the brightness": changed(RGB, START_OF_FRAME, 7, 0x41),
    "no height": changed(changed(RGB, START_OF_FRAME, 1, 0), START_OF_FRAME, 2, 0),
    "two pictures": saved(kind="MPO", save_all=True, append_images=[PHOTO]),
    "a segment of length 0": RGB[:2] + b"\xff\xe1\0\0" + RGB[2:],
    "a segment beyond the end": RGB[:2] + b"\xff\xe1\xff\xff" + RGB[2:],
    "very many scans": PROGRESSIVE[:-2] + PROGRESSIVE[PROGRESSIVE.rindex(b"\xff\xda") : -2] * 100
    + PROGRESSIVE[-2:],
    "a file too large to wait": RGB + bytes(16 << 20),
}  # fmt: skip


@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN)
def test_usual_jpegs_are_plain(data):
    found = find(data)
    assert (found.data, found.orientation, found.shrink) == (data, 1, 1)
    with Image.open(io.BytesIO(data)) as image:
        assert (found.width, found.height) == image.size


@pytest.mark.parametrize("data", PECULIAR.values(), ids=PECULIAR)
def test_everything_else_is_not(data):
    assert find(data) is None


@pytest.mark.parametrize("data", [RGB, PROGRESSIVE, GREY], ids=["RGB", "progressive", "grey"])
def test_no_jpeg_is_plain_that_was_cut_short_anywhere(data):
    assert data.endswith(b"\xff\xd9")
    assert [length for length in range(len(data)) if find(data[:length]) is not None] == []


def test_an_image_beyond_the_limit_is_not(monkeypatch):
    monkeypatch.setenv(PIXELS_VARIABLE, "3500")
    assert find(RGB) is not None  # 70 x 50
    monkeypatch.setenv(PIXELS_VARIABLE, "3499")
    assert find(RGB) is None


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_that_of_the_exif(orientation):
    found = find(saved(exif=turned(orientation)))
    assert found.orientation == orientation
    assert (found.width, found.height) == (70, 50)
    assert found.upright_size == ((50, 70) if orientation > 4 else (70, 50))


def test_the_scale_is_asked_with_the_sides():
    asked = []
    find_plain(RGB, lambda *sides: asked.append(sides) or 0.2)
    assert asked == [(70, 50)]
    assert find_plain(RGB, lambda *_: 0.2).shrink == 4  # 70 / 14 = 50 / 10 = 5


@pytest.mark.parametrize("share", [2, 1, 0.51, 0.5, 0.49, 0.3, 0.25, 0.13, 0.125, 0.1, 0.01])
@pytest.mark.parametrize("size", [(64, 48), (65, 33), (1, 90), (400, 3), (1001, 751)])
def test_an_image_is_shrunk_as_pillow_does_it(size, share):
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(saved(Image.new("L", size))))
    if share < 1:
        image.draft(None, (-int(-size[0] * share // 1), -int(-size[1] * share // 1)))
    shrink = choose_shrink(*size, share)
    assert image.size == tuple(-(-side // shrink) for side in size)


def test_the_head_ends_where_the_scans_begin():
    assert RGB[end_of_head(RGB) :].startswith(b"\xff\xda")
    assert next(walk_head(RGB)).marker == 0xE0  # JFIF
    assert [one.marker for one in walk_head(GREY)].count(START_OF_FRAME) == 1


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff\xd8\xff", b"\xff\xd8" + b"\xff" * 99])
def test_the_walk_ends_on_any_bytes(data):
    assert len(list(walk_head(data))) <= 1 + len(data) // 2
