"""A scan reads and hashes what is new, recalls the rest, and keeps the order of the source."""

import os

import pytest
from PIL import Image

from core.errors import Cancelled
from core.images import identify
from core.pictures import scan as scan_module
from core.pictures.decoding import DECODER, ImageProblem
from core.pictures.limits import PIXELS_VARIABLE
from core.pictures.reading import look
from core.pictures.scan import scan, undecoded
from core.progress import Progress, Watch
from core.sources import Entry, Source


class Files(Source):
    """Files in the order given; notes which of them are read."""

    name = "files"

    def __init__(self, *files):
        self.entries = tuple(Entry(file.name, "any", file) for file in files)
        self.read_names = []

    def read(self, position):
        file = self.entries[position].file
        self.read_names.append(file.name)
        try:
            return file.read_bytes()
        except OSError as error:
            raise ImageProblem("no such file") from error


class Bytes(Source):
    """Images that are no files, as those of a data set."""

    name = "bytes"

    def __init__(self, *images):
        self.entries = tuple(Entry(f"{position}") for position in range(len(images)))
        self.images = images

    def read(self, position):
        return self.images[position]


@pytest.fixture
def three(tmp_path, save_image):
    """C is 4 x 2, a is 1 x 3, b is a copy of c."""
    c = save_image(tmp_path / "c.png", size=(4, 2))
    a = save_image(tmp_path / "a.png", size=(1, 3))
    b = save_image(tmp_path / "b.png", size=(4, 2))
    return Files(c, a, b)


def decoded(source, cache):
    """Scan, and look at every image as an extraction or an inspection does."""
    for record, entry in zip(scan(source, cache).records, source.entries, strict=True):
        if record.id is not None:
            seen = look(record.id, lambda _, file=entry.file: file.read_bytes(), None).seen
            cache.remember_images({record.id: seen})


def test_rows_keep_their_order_and_label(three, cache):
    images = scan(three, cache)
    rows = [(row.path, row.label) for row in images.records]
    assert rows == [("c.png", "any"), ("a.png", "any"), ("b.png", "any")]
    assert images.source == "files"


def test_sizes_are_those_that_decoding_has_told(three, cache):
    assert {(row.width, row.height) for row in scan(three, cache).records} == {(0, 0)}
    decoded(three, cache)
    sizes = [(row.width, row.height) for row in scan(three, cache).records]
    assert sizes == [(4, 2), (1, 3), (4, 2)]


def test_many_files_keep_their_order(cache, monkeypatch):
    monkeypatch.setattr(scan_module, "_BATCH", 70)  # 70, 70 and 60, in shares of 32
    contents = [f"content {number}".encode() for number in range(200)]
    images = scan(Bytes(*contents), cache)
    assert [row.id for row in images.records] == [identify(data) for data in contents]
    assert [row.path for row in images.records] == [str(number) for number in range(200)]


def test_nothing_is_decoded(three, cache, monkeypatch):
    monkeypatch.setattr(Image, "open", None)  # decoding would fail
    assert len(scan(three, cache).ids) == 2


def test_copies_share_the_id_of_their_content(three, cache):
    c, a, b = (row.id for row in scan(three, cache).records)
    assert c == b == identify(three.entries[0].file.read_bytes())
    assert a != c


def test_what_is_no_image_has_an_id_and_once_decoded_a_problem(tmp_path, cache, save_image):
    text = tmp_path / "text.png"
    text.write_bytes(b"text")
    source = Files(text, save_image(tmp_path / "a.png"))
    assert scan(source, cache).ids[0] == identify(b"text")
    decoded(source, cache)
    images = scan(source, cache)
    assert images.records[0].id == identify(b"text")
    assert images.records[0].problem == "not an image: begins with b'text'"
    assert [row.path for row in images.readable] == ["a.png"]


def test_what_cannot_be_read_keeps_its_row(tmp_path, cache):
    record = scan(Files(tmp_path / "gone.png"), cache).records[0]
    assert (record.path, record.id, record.problem) == ("gone.png", None, "no such file")


def test_an_unchanged_file_is_not_read_again(three, cache):
    first = scan(three, cache)
    three.read_names.clear()
    assert scan(three, cache) == first
    assert three.read_names == []


def test_a_known_problem_is_not_read_again(tmp_path, cache):
    text = tmp_path / "text.png"
    text.write_bytes(b"text")
    source = Files(text)
    decoded(source, cache)
    source.read_names.clear()
    assert len(scan(source, cache).problems) == 1
    assert source.read_names == []


def test_another_decoder_judges_a_problem_anew(tmp_path, cache, monkeypatch):
    text = tmp_path / "text.png"
    text.write_bytes(b"text")
    source = Files(text)
    decoded(source, cache)
    assert len(scan(source, cache).problems) == 1
    monkeypatch.setattr(scan_module, "judges", lambda: (f"newer than {DECODER}", "another"))
    assert scan(source, cache).problems == ()


def test_what_was_too_large_is_looked_at_again_under_another_limit(
    tmp_path, cache, save_image, monkeypatch
):
    """And what is damaged is not."""
    text = tmp_path / "text.png"
    text.write_bytes(b"text")
    source = Files(save_image(tmp_path / "large.png", size=(3, 2)), text)
    monkeypatch.setenv(PIXELS_VARIABLE, "5")
    decoded(source, cache)
    before = scan(source, cache)
    assert [row.path for row in before.problems] == ["large.png", "text.png"]
    assert undecoded(before, cache) == []
    monkeypatch.setenv(PIXELS_VARIABLE, "6")
    after = scan(source, cache)
    assert [row.path for row in after.problems] == ["text.png"]
    assert undecoded(after, cache) == list(after.ids) == [before.records[0].id]
    decoded(source, cache)
    assert scan(source, cache).records[0].width == 3
    monkeypatch.setenv(PIXELS_VARIABLE, "5")  # what was read once stays
    assert [row.path for row in scan(source, cache).problems] == ["text.png"]


def test_only_the_file_whose_content_changed_is_read_again(three, cache, save_image):
    before = scan(three, cache)
    three.read_names.clear()
    save_image(three.entries[1].file, size=(7, 7))
    after = scan(three, cache)
    assert three.read_names == ["a.png"]
    assert after.records[1].id == identify(three.entries[1].file.read_bytes())
    assert [before.records[row].id == after.records[row].id for row in range(3)] == [1, 0, 1]


def test_a_file_of_another_time_is_read_again_and_keeps_its_id(three, cache):
    before = scan(three, cache)
    three.read_names.clear()
    # As many bytes as before: only the time tells that they may be others.
    os.utime(three.entries[1].file, ns=(1, 1))
    assert scan(three, cache) == before
    assert three.read_names == ["a.png"]


def test_a_renamed_file_keeps_its_id(three, cache):
    before = scan(three, cache)
    renamed = three.entries[1].file.rename(three.entries[1].file.with_name("z.png"))
    assert scan(Files(renamed), cache).ids == (before.records[1].id,)


def test_a_file_that_went_and_came_back_is_read_again(tmp_path, cache, save_image):
    file = tmp_path / "a.png"
    scan(Files(file), cache)
    save_image(file)
    assert scan(Files(file), cache).problems == ()


def test_images_that_are_no_files_are_read(cache, save_image, tmp_path):
    data = save_image(tmp_path / "a.png", size=(4, 2)).read_bytes()
    images = scan(Bytes(data, b"", data), cache)
    assert [row.id for row in images.records] == [identify(data), identify(b""), identify(data)]


def test_progress_counts_what_was_known_before(three, cache, monkeypatch):
    scan(Files(three.entries[0].file), cache)
    monkeypatch.setattr(scan_module, "_BATCH", 1)
    reports = []
    scan(three, cache, Watch(reports.append))
    assert reports == [Progress("scan", done, 3, "files") for done in (2, 3)]


def test_a_stop_keeps_what_was_read(three, cache, monkeypatch):
    monkeypatch.setattr(scan_module, "_BATCH", 2)
    with pytest.raises(Cancelled, match="stopped at 2 of 3 files"):
        scan(three, cache, Watch(should_stop=lambda: True))
    three.read_names.clear()
    assert len(scan(three, cache).records) == 3
    assert three.read_names == ["b.png"]


def test_an_image_that_was_out_of_reach_once_is_usable_again(tmp_path, cache, save_image):
    file = save_image(tmp_path / "share" / "a.png")
    source = Files(file)
    image_id = scan(source, cache).ids[0]

    def decode_once():
        cache.remember_images({image_id: look(image_id, lambda _: source.read(0), None).seen})

    decode_once()
    before = scan(source, cache)
    away = file.parent.rename(tmp_path / "unmounted")
    decode_once()
    away.rename(file.parent)
    assert before.problems == ()
    assert scan(source, cache) == before
