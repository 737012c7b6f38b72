"""A CSV manifest: which column names the images, and every row kept just as it stands."""

import csv
import io
import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import CoreError
from core.pictures.decoding import ImageProblem
from core.sources import open_source


@pytest.fixture
def manifest(tmp_path):
    """Open a manifest of the given lines; its file lies in an empty folder."""

    def opened(text, *, images=None, encoding="utf-8"):
        path = tmp_path / "manifest.csv"
        path.write_bytes(text.encode(encoding))
        return open_source(str(path), images=images)

    return opened


def paths(source):
    return [entry.path for entry in source.entries]


def test_paths_are_taken_in_the_order_of_the_rows(manifest, tmp_path, save_image):
    file = save_image(tmp_path / "sub" / "b.png")
    source = manifest("path\nsub/b.png\na.png\n")
    assert paths(source) == ["sub/b.png", "a.png"]
    assert source.read(0) == file.read_bytes()
    assert source.name == str(tmp_path / "manifest.csv")


def test_an_absolute_path_is_taken_as_it_is(manifest, tmp_path, save_image):
    file = save_image(tmp_path / "elsewhere" / "a.png")
    assert manifest(f"path\n{file}\n").read(0) == file.read_bytes()


@pytest.mark.parametrize("column", ["path", "Filename", "FILE_PATH", " image "])
def test_a_column_of_paths_goes_by_several_names(manifest, column):
    assert paths(manifest(f"note,{column}\nx,a.png\n")) == ["a.png"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_that_of_the_header(manifest, separator):
    source = manifest(f"path{separator}note\n{separator.join(['a.png', 'x'])}\n")
    assert source.table.to_dict("records") == [{"path": "a.png", "note": "x"}]


def test_a_quoted_cell_may_hold_the_separator_and_a_line_break(manifest):
    source = manifest('path,note\n"a,b.png","two\nlines"\n')
    assert source.table.to_dict("records") == [{"path": "a,b.png", "note": "two\nlines"}]


def test_a_byte_order_mark_is_not_part_of_the_header(manifest):
    assert list(manifest("path\na.png\n", encoding="utf-8-sig").table.columns) == ["path"]


def test_lines_may_end_as_on_windows_and_be_blank(manifest):
    assert paths(manifest("path\r\n\r\na.png\r\n\r\n")) == ["a.png"]


def test_the_table_keeps_every_cell_as_text(manifest):
    table = manifest("path,n,empty\na.png,007,\nb.png,1e3,NA\n").table
    assert table.to_numpy().tolist() == [["a.png", "007", ""], ["b.png", "1e3", "NA"]]


def test_ids_lead_to_files_in_the_folder_of_images(manifest, tmp_path, save_image):
    images = tmp_path / "images"
    for name in ("007.jpg", "8.png", "9.tif"):
        save_image(images / name)
    source = manifest("ImageID\n007\n8\n9.tif\n", images=images)
    assert paths(source) == ["007.jpg", "8.png", "9.tif"]
    assert source.read(1) == (images / "8.png").read_bytes()


def test_an_id_without_a_file_is_a_jpg_that_is_missing(manifest, tmp_path):
    source = manifest("ImageID\n42\n", images=tmp_path)
    assert paths(source) == ["42.jpg"]
    with pytest.raises(ImageProblem, match=r"no such file: .*42\.jpg"):
        source.read(0)


def test_an_id_that_no_file_can_have_is_only_a_missing_file(manifest, tmp_path):
    source = manifest("ImageID\n" + "9" * 300 + "\n", images=tmp_path)
    with pytest.raises(ImageProblem):
        source.read(0)


def test_ids_need_the_folder_of_images(manifest):
    with pytest.raises(CoreError, match="names its images by ImageID: add --images DIR"):
        manifest("ImageID\n1\n")


def test_paths_go_before_ids(manifest):
    assert paths(manifest("ImageID,path\n1,a.png\n")) == ["a.png"]


def test_paths_start_at_the_folder_of_images_where_one_is_given(manifest, tmp_path, save_image):
    file = save_image(tmp_path / "images" / "a.png")
    assert manifest("path\na.png\n", images=tmp_path / "images").read(0) == file.read_bytes()


def test_the_folder_of_images_must_be_there(manifest, tmp_path):
    with pytest.raises(
        CoreError, match=r"no such folder: .*gone\. Name that of the images with --images"
    ):
        manifest("ImageID\n1\n", images=tmp_path / "gone")


def test_a_folder_as_the_source_takes_no_folder_of_images(tmp_path, save_image):
    save_image(tmp_path / "a.png")
    with pytest.raises(CoreError, match="--images goes with a CSV manifest"):
        open_source(str(tmp_path), images=tmp_path)


def test_labels_come_from_their_column_and_may_be_missing(manifest):
    source = manifest("path,Label\na.png,cat\nb.png,\n")
    assert [entry.label for entry in source.entries] == ["cat", None]


def test_without_a_column_of_labels_there_are_none(manifest):
    assert manifest("path,labels\na.png,cat\n").entries[0].label is None


def test_the_row_of_a_missing_file_is_kept_with_its_problem(manifest, tmp_path, save_image):
    save_image(tmp_path / "b.png")
    source = manifest("path\na.png\nb.png\n")
    assert paths(source) == ["a.png", "b.png"]
    with pytest.raises(ImageProblem, match=r"no such file: .*a\.png"):
        source.read(0)


@pytest.mark.parametrize("cell", ["", "  ", "a\0b"], ids=["empty", "blank", "with a NUL"])
def test_a_row_that_names_no_image_is_kept_with_its_problem(manifest, cell):
    source = manifest(f"note,path\nx,{cell}\n")
    with pytest.raises(ImageProblem, match="the row names no image"):
        source.read(0)


def test_a_folder_in_the_place_of_an_image_is_a_problem(manifest):
    with pytest.raises(ImageProblem, match="not a regular file"):
        manifest("path\n.\n").read(0)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", ["a pipe", "a link to a pipe", "a device"])
def test_what_is_no_regular_file_is_a_problem_and_does_not_block(manifest, tmp_path, kind):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    name = {"a pipe": "pipe", "a link to a pipe": "link", "a device": "/dev/zero"}[kind]
    with pytest.raises(ImageProblem, match="not a regular file"):
        manifest(f"path\n{name}\n").read(0)


def n_open():
    """How many files this process holds open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc what is open")
def test_no_file_stays_open(manifest, tmp_path, save_image):
    save_image(tmp_path / "a.png")
    os.mkfifo(tmp_path / "pipe")
    source = manifest("path\na.png\npipe\n.\ngone.png\n")
    before = n_open()
    for position in range(4):
        with suppress(ImageProblem):
            source.read(position)
    assert n_open() == before


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name,size\na,1\n", "no column that names images: it has name, size; rename"),
        ("path\n", "has no rows below its header"),
        ("", "has no rows below its header"),
        ("path,note,note\na.png,1,2\n", "two columns of one name: path, note, note"),
        ("path,note\na.png,1\nb.png\n", "row 2 has 1 cells, its header 2"),
        ("path\n" + "x" * 200_000 + "\n", "cannot be read as CSV: field larger"),
    ],
    ids=["no column", "header only", "empty", "duplicate header", "ragged", "endless cell"],
)
def test_what_is_no_manifest_says_why(manifest, text, reason):
    with pytest.raises(CoreError, match=reason):
        manifest(text)


def test_a_manifest_that_is_not_utf8_says_what_to_do(manifest):
    with pytest.raises(CoreError, match="is not UTF-8 text: save it as CSV in UTF-8"):
        manifest("path\ncafé.png\n", encoding="latin-1")


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux")
def test_the_name_of_a_manifest_can_be_written_anywhere(tmp_path):
    file = tmp_path / os.fsdecode(b"\xff.csv")
    file.write_text("path\na.png\n")
    assert open_source(str(file)).name.endswith(r"\xff.csv")


# Any bytes are a manifest, or are refused in words.


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzzed")


def open_or_refuse(folder, data, *, by_id):
    """What a manifest of these bytes gives: the rows that its file has, each readable or not."""
    file = folder / "manifest.csv"
    file.write_bytes(data)
    try:
        source = open_source(str(file), images=folder if by_id else None)
    except CoreError:
        return None
    assert len(source.entries) == len(source.table) > 0
    for row in range(len(source.entries)):
        with suppress(ImageProblem):
            assert isinstance(source.read(row), bytes)
    return source


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.sampled_from([b"", b"path\n", b"path,label\r\n", b"\xef\xbb\xbfImageID;label\n"]),
    st.binary(max_size=200),
    st.booleans(),
)
def test_any_bytes_are_rows_or_refused(folder, head, data, by_id):
    open_or_refuse(folder, head + data, by_id=by_id)


CELLS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", ".", "..", "/", "~", "/dev/zero", "a\0b", "x" * 300, '"', "'", "\ufeff"]),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=5)
    ),
    st.sampled_from(["path", "ImageID", " File_Name ", "none"]),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
)
def test_any_table_gives_its_own_cells_or_is_refused(folder, rows, name, separator, encoding):
    written = io.StringIO(newline="")
    header = [name, *(f"column {number}" for number in range(1, len(rows[0]) if rows else 1))]
    csv.writer(written, delimiter=separator).writerows([header, *rows])
    data = written.getvalue().encode(encoding, "replace")
    source = open_or_refuse(folder, data, by_id=True)
    if source is not None and encoding.startswith("utf-8"):
        assert source.table.to_numpy().tolist() == rows
