"""Every format becomes upright 8-bit RGB, or a problem in words; nothing else can happen."""

import io
import struct
import subprocess
import sys
import zlib
from contextlib import suppress

import hostile_bytes
import numpy as np
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from core.pictures import colors
from core.pictures.decoding import (
    DECODER,
    SUFFIXES,
    ImageProblem,
    decode,
    decode_scaled,
    judges,
    portable_pixmap,
)
from core.pictures.limits import FILE_SIZE_VARIABLE, PIXELS_VARIABLE
from core.pictures.progressive import count_scans

RED, GREEN, BLACK, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 0), (255, 255, 255)


def encode(image, kind="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def row(mode, *values):
    """An image one pixel high."""
    image = Image.new(mode, (len(values), 1))
    for x, value in enumerate(values):
        image.putpixel((x, 0), value)
    return image


def row_of(data):
    """The first row of what was decoded, as (red, green, blue)."""
    image = decode(data)
    assert image.mode == "RGB"
    return [tuple(pixel) for pixel in np.asarray(image)[0].tolist()]


def greys(*values):
    return [(value, value, value) for value in values]


def palette_row(**options):
    image = row("P", 0, 1)
    image.putpalette([0, 0, 255, *RED])
    return encode(image, "PNG", **options)


def array_row(kind, dtype, *values):
    return encode(Image.fromarray(np.array([values], dtype)), kind)


def noise(side=64):
    """Pixels that do not compress, so that a cut file lacks some of them."""
    values = np.random.default_rng(0).integers(0, 256, (side, side, 3), dtype=np.uint8)
    return Image.fromarray(values)


def to(share):
    """Any image may be scaled while it is decoded, down to this share of its sides."""
    return lambda _shorter, _longer: share


# 257 = 65535 / 255, and 51 = 0.2 * 255: a fifth of a colour over four fifths of white.
MODES = {
    "8-bit grey": (encode(row("L", 0, 7)), greys(0, 7)),
    "16-bit grey PNG": (array_row("PNG", np.uint16, 0, 32896, 60000), greys(0, 128, 233)),
    "16-bit grey TIFF": (array_row("TIFF", np.uint16, 257, 514, 771), greys(1, 2, 3)),
    "16-bit grey PGM": (b"P5 2 1 65535\n\x80\x80\xff\xff", greys(128, 255)),
    "32-bit grey TIFF": (array_row("TIFF", np.int32, 0, 32896, 65535), greys(0, 128, 255)),
    "float within 0 to 1": (array_row("TIFF", np.float32, 0, 0.2), greys(0, 51)),
    "float beyond": (array_row("TIFF", np.float32, -1, 0, 4), greys(0, 51, 255)),
    "float all alike": (array_row("TIFF", np.float32, 7, 7), greys(0, 0)),
    "1 bit": (encode(row("1", 0, 1)), [BLACK, WHITE]),
    "palette": (palette_row(), [(0, 0, 255), RED]),
    "palette, one colour hidden": (palette_row(transparency=0), [WHITE, RED]),
    "palette with alpha": (palette_row(transparency=b"\0\x33"), [WHITE, (255, 204, 204)]),
    "RGBA": (encode(row("RGBA", (*RED, 51), (9, 9, 9, 0))), [(255, 204, 204), WHITE]),
    "LA": (encode(row("LA", (0, 51), (0, 255))), greys(204, 0)),
    "grey, one shade hidden": (encode(row("L", 7, 8), transparency=7), greys(255, 8)),
    "CMYK": (encode(row("CMYK", (255, 0, 0, 0), (0, 0, 0, 255)), "TIFF"), [(0, 255, 255), BLACK]),
    "RGB": (encode(row("RGB", RED, (1, 2, 3))), [RED, (1, 2, 3)]),
    "RGB, one colour hidden": (encode(row("RGB", RED, BLACK), transparency=RED), [WHITE, BLACK]),
}


@pytest.mark.parametrize("name", MODES)
def test_every_mode_becomes_rgb(name):
    data, expected = MODES[name]
    assert row_of(data) == expected


def test_lab_is_converted_and_not_reinterpreted():
    # sRGB red in CIELAB under D50 is L* 54.3, a* 80.8, b* 69.9; 138 = 54.3 % of 255.
    data = encode(row("LAB", (138, 128 + 81, 128 + 70), (255, 128, 128)), "TIFF")
    assert np.allclose(row_of(data), [RED, WHITE], atol=6)


def test_heic_is_read():
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (48, 32), RED)).save(buffer, quality=-1)
    assert np.allclose(np.asarray(decode(buffer.getvalue())), RED, atol=3)


def test_of_an_animation_the_first_frame_is_taken():
    green = Image.new("RGB", (2, 1), GREEN)
    data = encode(Image.new("RGB", (2, 1), RED), "GIF", save_all=True, append_images=[green])
    assert row_of(data) == [RED, RED]


# Where the pixels stored at the top left and at the top right belong, as (left, top) in units of
# the far edge: EXIF 2.32, tag 274.
ORIENTATIONS = {
    1: ((0, 0), (1, 0)),
    2: ((1, 0), (0, 0)),
    3: ((1, 1), (0, 1)),
    4: ((0, 1), (1, 1)),
    5: ((0, 0), (0, 1)),
    6: ((1, 0), (1, 1)),
    7: ((1, 1), (1, 0)),
    8: ((0, 1), (0, 0)),
}


def oriented(orientation, kind):
    image = Image.new("RGB", (3, 2))
    image.putpixel((0, 0), RED)
    image.putpixel((2, 0), GREEN)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return encode(image, kind, exif=exif)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_image_is_turned_upright(orientation, kind):
    image = decode(oriented(orientation, kind))
    assert image.size == ((3, 2) if orientation < 5 else (2, 3))
    right, bottom = image.width - 1, image.height - 1
    corners = [image.getpixel((x * right, y * bottom)) for x, y in ORIENTATIONS[orientation]]
    assert corners == [RED, GREEN]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_the_size_that_is_told_is_that_of_the_upright_image(orientation, kind):
    decoded = decode_scaled(oriented(orientation, kind), to(1))
    expected = (3, 2) if orientation < 5 else (2, 3)
    assert (decoded.width, decoded.height) == decoded.image.size == expected


def exif(*fields):
    """A big-endian EXIF block of (tag, type, count, four bytes of value)."""
    entries = b"".join(struct.pack(">HHI4s", *field) for field in fields)
    return b"Exif\0\0MM\0*" + struct.pack(">IH", 8, len(fields)) + entries + bytes(4)


SHORT, ASCII, FLOAT = 3, 2, 11
TURNED = (274, SHORT, 1, b"\0\6\0\0")


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("block", [b"Exif\0\0nonsense", exif(TURNED)[:18], b"Exif\0\0"])
def test_broken_exif_says_nothing_about_the_pixels(block):
    data = encode(Image.new("RGB", (16, 8), RED), "JPEG", exif=block)
    assert decode(data).size == (16, 8)


def test_a_broken_neighbour_of_the_orientation_does_not_matter():
    resolution_as_text = (282, ASCII, 2, b"x\0\0\0")
    data = encode(Image.new("RGB", (16, 8)), "JPEG", exif=exif(TURNED, resolution_as_text))
    assert decode(data).size == (8, 16)


@pytest.mark.parametrize("odd", [(ASCII, 2, b"6\0\0\0"), (FLOAT, 1, struct.pack(">f", np.inf))])
def test_an_orientation_that_is_no_whole_number_is_none(odd):
    data = encode(Image.new("RGB", (16, 8)), "JPEG", exif=exif((274, *odd)))
    assert decode(data).size == (16, 8)


def test_pillow_does_not_warn_past_the_image():
    data = encode(Image.new("RGB", (16, 8)), "JPEG", exif=exif(TURNED)[:18])
    code = "import sys; from core.pictures.decoding import decode; decode(sys.stdin.buffer.read())"
    done = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True)
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"<!DOCTYPE html><html><body>404", "^a web page, not an image: perhaps a download that"),
        (b'<?xml version="1.0"?><svg width="9"/>', "^an SVG drawing, which has no pixels: save it"),
        (b"%PDF-1.7", "^a PDF document, not an image"),
        (b"\x89PNG\r\n\x1a\n", "^damaged: cut short or broken in the head of this PNG file"),
        (b"Dear diary, this is text.", "not an image: begins with b'Dear diary, '"),
        (encode(row("RGB", RED), "EPS"), "not an image: begins with b'%!PS-Adobe"),
    ],
    ids=["empty", "HTML", "SVG", "PDF", "head", "text", "EPS, which is a program"],
)
def test_what_is_no_image_is_refused(data, reason):
    with pytest.raises(ImageProblem, match=reason):
        decode(data)


def test_endings_name_images_only():
    assert {".jpg", ".jpeg", ".png", ".tiff", ".heic", ".webp", ".gif"} <= SUFFIXES
    assert not SUFFIXES & {".eps", ".ps", ".pdf", ".txt", ".csv", ""}


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
@pytest.mark.parametrize("kept", [10, 700, 1500, 2700, -3, -1])
def test_a_cut_jpeg_never_decodes(options, kept):
    data = encode(noise(), "JPEG", **options)  # about 3,000 bytes, 600 of them header
    with pytest.raises(ImageProblem, match=r"^(damaged: .*[Tt]runcated|not an image: )"):
        decode(data[:kept])


# What a JPEG becomes while it is decoded: its sides are halved up to three times.


@pytest.mark.parametrize(
    ("size", "share", "expected"),
    [
        ((1000, 600), 1, (1000, 600)),
        ((1000, 600), 0.51, (1000, 600)),
        ((1000, 600), 0.5, (500, 300)),
        ((1000, 600), 0.26, (500, 300)),
        ((1000, 600), 0.25, (250, 150)),
        ((1000, 600), 0.01, (125, 75)),
        ((1001, 603), 0.3, (501, 302)),
        ((3, 1), 0.1, (3, 1)),
    ],
)
def test_a_jpeg_shrinks_by_halves_to_no_less_than_what_is_needed(size, share, expected):
    decoded = decode_scaled(encode(Image.new("RGB", size, RED), "JPEG"), to(share))
    assert decoded.image.size == expected
    assert (decoded.width, decoded.height) == size
    assert np.allclose(np.asarray(decoded.image), RED, atol=3)


def test_the_scale_is_asked_with_the_shorter_and_the_longer_side():
    asked = []
    decode_scaled(encode(noise(8).resize((4, 9)), "JPEG"), lambda *sides: asked.append(sides) or 1)
    assert asked == [(4, 9)]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP", "GIF", "WEBP"])
def test_no_other_format_shrinks(kind):
    decoded = decode_scaled(encode(Image.new("RGB", (64, 48)), kind), to(0.1))
    assert (decoded.width, decoded.height) == decoded.image.size == (64, 48)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_turned_jpeg_that_shrinks_keeps_its_own_upright_size(orientation):
    # Stored as 640 x 480, red at the left and green at the right.
    image = Image.new("RGB", (640, 480), RED)
    image.paste(GREEN, (320, 0, 640, 480))
    block = Image.Exif()
    block[ExifTags.Base.Orientation] = orientation
    decoded = decode_scaled(encode(image, "JPEG", exif=block), to(0.25))
    upright = (640, 480) if orientation < 5 else (480, 640)
    assert (decoded.width, decoded.height) == upright
    assert decoded.image.size == (upright[0] // 4, upright[1] // 4)
    right, bottom = decoded.image.width - 1, decoded.image.height - 1
    corners = [
        decoded.image.getpixel((x * right, y * bottom)) for x, y in ORIENTATIONS[orientation]
    ]
    assert np.allclose(corners, [RED, GREEN], atol=3)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_jpeg_of_another_mode_shrinks_too(mode):
    decoded = decode_scaled(encode(Image.new(mode, (640, 480)), "JPEG"), to(0.25))
    assert (decoded.image.mode, decoded.image.size) == ("RGB", (160, 120))
    assert (decoded.width, decoded.height) == (640, 480)


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_cut_jpeg_does_not_pass_by_shrinking(options, kept):
    data = encode(noise(1024), "JPEG", **options)
    assert decode_scaled(data, to(0.125)).image.size == (128, 128)
    with pytest.raises(ImageProblem, match=r"^damaged: .*[Tt]runcated"):
        decode_scaled(data[: int(len(data) * kept)], to(0.125))


def test_a_float_image_with_a_gap_is_refused():
    with pytest.raises(ImageProblem, match="not finite"):
        decode(array_row("TIFF", np.float32, 0.5, np.nan))


@pytest.fixture
def limit(monkeypatch):
    """Set the most pixels that an image may have."""
    return lambda pixels: monkeypatch.setenv(PIXELS_VARIABLE, str(pixels))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_too_many_pixels_are_refused_with_their_number_and_what_to_do(kind, limit):
    limit(5)
    reason = "^3 x 2 pixels, over the limit of 5: raise it with --max-pixels"
    with pytest.raises(ImageProblem, match=reason):
        decode_scaled(encode(Image.new("RGB", (3, 2)), kind), to(0.1))


@pytest.mark.parametrize("limit_now", [6, 0])
def test_as_many_pixels_as_allowed_are_read(limit, limit_now):
    limit(limit_now)
    assert decode(encode(Image.new("RGB", (3, 2)))).size == (3, 2)


def test_formats_that_take_more_memory_are_refused_earlier(limit):
    data = encode(Image.new("RGB", (3, 2)), "WEBP")
    limit(12)
    assert decode(data).size == (3, 2)
    limit(11)
    with pytest.raises(
        ImageProblem, match=r"^3 x 2 pixels \(WEBP takes 2 times the memory\), over"
    ):
        decode(data)


def png_header(width, height):
    """The first bytes of a PNG of 8-bit grey, and no pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT"


@pytest.mark.parametrize(
    "data",
    [
        b"P6 30000 30000 255\n",
        png_header(30_000, 30_000),
        b"BM" + struct.pack("<IIIIIIHHII", 0, 0, 54, 40, 30_000, 30_000, 1, 24, 0, 0) + bytes(16),
    ],
    ids=["PPM", "PNG", "BMP"],
)
def test_a_bomb_is_refused_by_its_header(data):
    with pytest.raises(ImageProblem, match=r"^30000 x 30000 pixels, over the limit of 125,000,000"):
        decode(data)


@pytest.mark.parametrize("size", [(11_200, 11_200), (30_000, 30_000)])
def test_the_default_limit_is_named_whether_pillow_or_we_are_first(size):
    with pytest.raises(ImageProblem, match=f"^{size[0]} x {size[1]} pixels, over the limit of 125"):
        decode(png_header(*size))


def test_a_bomb_within_an_icon_is_refused():
    bomb = png_header(30_000, 30_000)
    entry = struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(bomb), 22)  # says that it has 16 x 16
    with pytest.raises(ImageProblem, match=r"^900,000,000 pixels, over the limit of 125,000,000"):
        decode(b"\0\0\1\0\1\0" + entry + bomb)


def test_who_judges_depends_on_the_limit_only_where_the_limit_decides(limit):
    limit(5)
    large, cut = encode(Image.new("RGB", (3, 2))), encode(Image.new("RGB", (2, 2)))[:45]
    assert [judge_of(data) for data in (large, cut, b"text", b"")] == [
        f"{DECODER}, at most 5 px", DECODER, DECODER, DECODER,
    ]  # fmt: skip
    assert judges() == (DECODER, f"{DECODER}, at most 5 px")


def judge_of(data):
    with pytest.raises(ImageProblem) as caught:
        decode(data)
    return caught.value.judge


def test_too_many_bytes_are_refused_and_nobody_has_judged_them(monkeypatch):
    data = encode(noise())
    monkeypatch.setenv(FILE_SIZE_VARIABLE, "1KB")
    with pytest.raises(
        ImageProblem, match=r"^the file has 12 KB, over the limit of 1.0 KB: raise"
    ) as e:
        decode(data)
    assert e.value.judge is None


def test_no_memory_is_of_the_moment(monkeypatch):
    def load(_):
        raise MemoryError

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", load)
    with pytest.raises(
        ImageProblem, match=r"^too large for this machine's memory: 3 x 2$"
    ) as caught:
        decode(encode(Image.new("RGB", (3, 2))))
    assert caught.value.judge is None


# Bands: what is large is converted some rows at a time.


@pytest.mark.parametrize("name", MODES)
def test_an_image_is_the_same_converted_whole_or_in_bands(name, monkeypatch):
    data, expected = MODES[name]
    wide = Image.open(io.BytesIO(data))
    tall = wide.resize((wide.width, 5), Image.Resampling.NEAREST)
    tall.info = wide.info
    monkeypatch.setattr(colors, "_BAND_PIXELS", 2 * wide.width)  # 2, 2 and 1 rows
    made = colors.to_rgb(tall)
    assert (made.mode, made.size) == ("RGB", tall.size)
    assert [[tuple(one) for one in line] for line in np.asarray(made).tolist()] == [expected] * 5


def test_the_extremes_of_a_float_image_are_those_of_all_bands(monkeypatch):
    monkeypatch.setattr(colors, "_BAND_PIXELS", 1)
    data = encode(Image.fromarray(np.array([[0], [-1], [4]], np.float32)), "TIFF")
    assert np.asarray(decode(data))[:, 0, 0].tolist() == [51, 0, 255]


def test_an_array_is_the_same_taken_whole_or_in_bands(monkeypatch):
    image = noise(7)
    monkeypatch.setattr(colors, "_BAND_PIXELS", 14)  # 2, 2, 2 and 1 rows
    made = colors.to_array(image)
    assert (made == np.array(image)).all()
    assert made.flags.writeable


# Scans of a progressive JPEG.


def with_scans(data, times):
    """A progressive JPEG that walks over its image so often more."""
    start = data.rindex(b"\xff\xda")
    return data[:start] + data[start:-2] * (times + 1) + data[-2:]


def test_a_jpeg_of_endless_scans_is_refused():
    data = encode(Image.new("RGB", (64, 48)), "JPEG", progressive=True)
    usual = count_scans(data)
    assert usual == data.count(b"\xff\xda") == 10
    assert decode(with_scans(data, 50)).size == (64, 48)
    assert count_scans(with_scans(data, 50)) == usual + 50
    with pytest.raises(
        ImageProblem, match=r"^a JPEG of 5,010 scans, at most 100 are read: save it"
    ):
        decode(with_scans(data, 5000))


def test_what_only_looks_like_scans_is_none():
    marks = b"\xff\xda" * 200
    data = encode(Image.new("RGB", (64, 48)), "JPEG", progressive=True, comment=marks)
    assert decode(data + marks).size == (64, 48)  # a video follows in the photos of some phones


@pytest.mark.parametrize(
    ("pixels", "maximum", "expected"),
    [
        ([[1, 2, 3], [4, 5, 6]], 255, b"P5 3 2 255\n\1\2\3\4\5\6"),
        ([[0, 16]], 16, b"P5 2 1 16\n\0\x10"),
        ([[[1, 2, 3], [4, 5, 6]]], 255, b"P6 2 1 255\n\1\2\3\4\5\6"),
    ],
    ids=["grey", "grey in 17 shades", "colour"],
)
def test_a_portable_pixmap_byte_by_byte(pixels, maximum, expected):
    assert portable_pixmap(np.array(pixels, np.uint8), maximum=maximum) == expected


def test_a_portable_pixmap_follows_the_rows_of_a_view():
    turned = np.array([[1, 2], [3, 4]], np.uint8).T
    assert portable_pixmap(turned) == b"P5 2 2 255\n\1\3\2\4"


# Files that are cut or changed.


@pytest.mark.parametrize("kind", hostile_bytes.FORMATS.values())
def test_a_file_cut_at_any_tenth_byte_is_refused_or_has_all_of_its_pixels(kind):
    data = encode(noise(16), kind)
    whole = np.asarray(decode(data))
    n_refused = 0
    for kept in range(0, len(data), 10):
        try:
            assert (np.asarray(decode(data[:kept])) == whole).all()
        except ImageProblem:
            n_refused += 1
    assert n_refused >= len(data) // 10 - 2  # of a PNG only what follows the pixels may lack


def read_or_refuse(data):
    for share in (1, 0.5):
        with suppress(ImageProblem):
            assert decode_scaled(data, to(share)).image.mode == "RGB"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(data):
    read_or_refuse(data)


SMALL = [encode(noise(8), kind) for kind in (*hostile_bytes.FORMATS.values(), "JPEG2000", "ICO")]
SMALL += [oriented(6, "JPEG"), oriented(6, "TIFF"), encode(noise(8), "JPEG", progressive=True)]
SMALL += [encode(noise(8), "TIFF", compression=one) for one in ("tiff_deflate", "tiff_lzw", "jpeg")]


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's own, of a header out of order
@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.sampled_from(SMALL),
    st.lists(st.tuples(st.integers(0, 4000), st.binary(max_size=5), st.booleans()), max_size=4),
    st.integers(0, 4000),
)
def test_a_mutated_image_is_read_or_refused(limit, data, changes, kept):
    limit(10**6)  # a mutated size may be any
    mutated = bytearray(data)
    for position, values, insert in changes:
        at = position % len(mutated)
        mutated[at : at if insert else at + len(values)] = values
    read_or_refuse(bytes(mutated[: kept or None]))
