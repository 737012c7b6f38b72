"""Images are decoded ahead of time, in order, and never more of them than memory allows."""

import io
import threading
import time

import numpy as np
import pytest
from encoded import encode
from PIL import Image, PngImagePlugin

from core.images import Seen, identify
from core.network.transforms import Transform
from core.pictures.decoding import DECODER, ImageProblem, decode
from core.pictures.reading import look, look_ahead, write_behind
from core.pictures.thumbnails import draw_pictures

EMBEDDED = Transform("embedded", 64)


def encoded(shade):
    return encode(Image.new("L", (8, 8), shade), "PNG")


IMAGES = {identify(data): data for data in map(encoded, range(70))}


def test_no_more_than_three_batches_are_read_ahead():
    taken = []
    ids = (taken.append(image_id) or image_id for image_id in IMAGES)
    ahead = look_ahead(ids, IMAGES.__getitem__, None, batch_size=2, workers=4)
    next(ahead)
    assert len(taken) == 6
    next(ahead)
    assert len(taken) == 8
    ahead.close()
    assert len(taken) == 8


def test_batches_keep_the_order_and_the_last_is_what_remains():
    batches = look_ahead(IMAGES, IMAGES.__getitem__, None, batch_size=32, workers=4)
    looks = list(batches)
    assert [len(batch) for batch in looks] == [32, 32, 6]
    assert [one.id for batch in looks for one in batch] == list(IMAGES)


# What one look gives.


def look_at(data, transform=None):
    return look("an id", lambda _: data, transform)


def size_of(picture):
    return Image.open(io.BytesIO(picture)).size


def values_of(picture):
    return np.asarray(Image.open(io.BytesIO(picture))).astype(int)


def test_a_look_gives_size_pictures_and_pixels():
    seen = look_at(encode(Image.new("RGB", (800, 400), (0, 128, 255))), EMBEDDED)
    assert seen.id == "an id"
    assert (seen.seen.width, seen.seen.height, seen.seen.problem) == (800, 400, None)
    assert (size_of(seen.seen.thumbnail), size_of(seen.seen.preview)) == ((128, 64), (384, 192))
    assert seen.seen.decoder == DECODER
    assert seen.pixels.shape == (64, 64, 3)
    np.testing.assert_allclose(seen.pixels, np.broadcast_to((0, 128, 255), (64, 64, 3)), atol=2)


def test_without_a_transform_there_are_no_pixels():
    assert look_at(encode(Image.new("RGB", (8, 8)))).pixels is None


def test_the_size_is_that_of_the_upright_image_before_it_was_scaled():
    turned = Image.Exif()
    turned[274] = 6  # a quarter turn
    seen = look_at(encode(Image.new("RGB", (4000, 2000)), exif=turned), EMBEDDED).seen
    assert (seen.width, seen.height) == (2000, 4000)
    assert (size_of(seen.thumbnail), size_of(seen.preview)) == ((64, 128), (192, 384))


@pytest.mark.parametrize("transform", [None, EMBEDDED, Transform("imagenet", 224)])
def test_a_preview_is_as_sharp_as_if_nothing_had_been_scaled_while_decoding(transform):
    # Stripes of 8 pixels in 3,072 are stripes of 1 in 384: as fine as a preview can show.
    stripes = np.zeros((3072, 3072, 3), np.uint8)
    stripes[:, (np.arange(3072) // 8) % 2 == 1] = 255
    data = encode(Image.fromarray(stripes))
    _, expected = draw_pictures(np.asarray(decode(data)), longer=3072)
    found = look_at(data, transform).seen.preview
    np.testing.assert_allclose(values_of(found), values_of(expected), atol=12)
    assert np.ptp(values_of(expected)) > 150


def test_the_articles_crop_is_cut_at_the_images_own_scale():
    image = Image.new("RGB", (4096, 4096))
    image.paste((255, 255, 255), (1792, 1792, 2304, 2304))  # the 512 pixels of the middle
    pixels = look_at(encode(image), Transform("article", 448)).pixels
    assert pixels.min() > 250


def test_a_cut_file_is_a_problem_that_the_decoder_has_judged():
    data = encode(Image.effect_noise((2000, 2000), 50))[:-9000]
    seen = look_at(data, EMBEDDED)
    assert seen.pixels is None
    assert seen.seen.problem.startswith("damaged: ")
    assert seen.seen == Seen(0, 0, seen.seen.problem, None, DECODER)


def test_what_cannot_be_read_is_a_problem_that_no_decoder_has_judged():
    def read(_):
        raise ImageProblem("the disk is gone")

    assert look("an id", read, EMBEDDED).seen == Seen(0, 0, "the disk is gone")


def test_a_long_comment_does_not_keep_an_image_from_its_pictures():
    note = PngImagePlugin.PngInfo()
    note.add_text("comment", "x" * 70_000)  # longer than a JPEG's may be
    assert look_at(encode(Image.new("RGB", (500, 500)), "PNG", pnginfo=note)).seen.preview


@pytest.mark.parametrize("transform", ["imagenet", "article", "embedded"])
@pytest.mark.parametrize("size", [(65_500, 1), (1, 65_500), (6000, 6000)])
def test_the_largest_jpegs_are_seen_whole(size, transform):
    seen = look_at(encode(Image.new("RGB", size, (255, 255, 255))), Transform(transform, 64))
    assert (seen.seen.width, seen.seen.height, seen.seen.problem) == (*size, None)
    assert max(size_of(seen.seen.preview)) == 384
    assert seen.pixels.shape == (64, 64, 3)


# What is written in the background.


class Writer:
    """Notes what is written, after a while in which others could overtake it."""

    def __init__(self, fails_at=None):
        self.fails_at, self.written, self.threads = fails_at, [], set()

    def __call__(self, item):
        time.sleep(0.02)
        self.threads.add(threading.current_thread())
        if item == self.fails_at:
            raise OSError("the disk is full")
        self.written.append(item)


def test_items_come_in_their_order_each_once_it_is_written():
    write = Writer()
    for item in write_behind(range(5), write):
        assert write.written[: item + 1] == list(range(item + 1))
    assert write.written == list(range(5))
    assert len(write.threads) == 1
    assert threading.current_thread() not in write.threads


def test_where_there_is_nothing_nothing_is_written():
    write = Writer()
    assert list(write_behind([], write)) == []
    assert write.written == []


@pytest.mark.timeout(20)
def test_the_next_item_is_made_while_one_is_written():
    second_is_made = threading.Event()

    def items():
        yield 1
        second_is_made.set()
        yield 2

    def write(item):
        assert second_is_made.wait(10)  # would wait in vain if items were made in between

    assert list(write_behind(items(), write)) == [1, 2]


@pytest.mark.parametrize("fails_at", [0, 2, 4])
def test_an_error_of_writing_comes_out_when_all_before_is_written(fails_at):
    write, given = Writer(fails_at), []
    with pytest.raises(OSError, match="the disk is full"):
        given.extend(write_behind(range(5), write))
    assert write.written[:fails_at] == list(range(fails_at))
    assert fails_at not in write.written


def test_an_error_of_making_comes_out_when_all_before_is_written():
    def items():
        yield from range(3)
        raise OSError("the GPU is gone")

    write = Writer()
    with pytest.raises(OSError, match="the GPU is gone"):
        list(write_behind(items(), write))
    assert write.written == [0, 1, 2]


def test_who_stops_early_has_all_that_was_begun_written():
    write, made = Writer(), []
    items = (made.append(number) or number for number in range(5))
    behind = write_behind(items, write)
    next(behind)
    behind.close()
    assert write.written == made
    assert not any(thread.is_alive() for thread in write.threads)
