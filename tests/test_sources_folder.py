"""A folder: every image below it, under the label of its first folder."""

import os
import sys

import pytest

from core.errors import CoreError
from core.images import identify
from core.pictures.decoding import ImageProblem
from core.pictures.limits import FILE_SIZE_VARIABLE
from core.sources import files, open_source

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux")


def paths(source):
    return [entry.path for entry in source.entries]


def labels(source):
    return [entry.label for entry in source.entries]


def test_a_folder_is_searched_downwards_in_the_order_of_paths(tmp_path, save_image):
    for name in ("z.png", "b/y.png", "b/a/x.png", "a/w.png"):
        save_image(tmp_path / name)
    source = open_source(str(tmp_path))
    assert paths(source) == ["a/w.png", "b/a/x.png", "b/y.png", "z.png"]
    assert source.name == str(tmp_path)


def test_the_first_folder_is_the_label(tmp_path, save_image):
    for name in ("cats/1.png", "cats/old/2.png", "dogs/3.png", "4.png"):
        save_image(tmp_path / name)
    assert labels(open_source(str(tmp_path))) == [None, "cats", "cats", "dogs"]


def test_labels_can_be_left_out(tmp_path, save_image):
    save_image(tmp_path / "cats" / "1.png")
    source = open_source(str(tmp_path), labels=False)
    assert labels(source) == [None]
    assert list(source.table.columns) == ["path", "ImageID"]


def test_the_table_names_each_image_by_path_and_stem(tmp_path, save_image):
    save_image(tmp_path / "cats" / "007.png")
    save_image(tmp_path / "x.y.png")
    table = open_source(str(tmp_path)).table
    assert table.to_dict("records") == [
        {"path": "cats/007.png", "ImageID": "007", "label": "cats"},
        {"path": "x.y.png", "ImageID": "x.y", "label": ""},
    ]


def test_bytes_are_those_of_the_file(tmp_path, save_image):
    file = save_image(tmp_path / "a.png")
    save_image(tmp_path / "b.png", (0, 255, 0))
    assert open_source(str(tmp_path)).read(0) == file.read_bytes()


def test_hidden_files_are_not_met(tmp_path, save_image):
    for name in ("seen.png", ".hidden.png", ".git/inside.png", "a/.thumbs/deep.png"):
        save_image(tmp_path / name)
    source = open_source(str(tmp_path))
    assert (paths(source), source.passed_over) == (["seen.png"], 0)


def test_endings_count_in_any_case(tmp_path, save_image):
    save_image(tmp_path / "a.JPG")
    assert paths(open_source(str(tmp_path))) == ["a.JPG"]


def test_other_files_are_counted(tmp_path, save_image):
    save_image(tmp_path / "a.png")
    for name in ("notes.txt", "page.eps", "png"):
        (tmp_path / name).touch()
    source = open_source(str(tmp_path))
    assert (paths(source), source.passed_over) == (["a.png"], 3)


@pytest.mark.timeout(20)
def test_a_loop_of_links_is_walked_once(tmp_path, save_image):
    save_image(tmp_path / "a" / "1.png")
    (tmp_path / "a" / "back").symlink_to(tmp_path, target_is_directory=True)
    assert paths(open_source(str(tmp_path))) == ["a/1.png"]


def test_a_linked_folder_is_entered(tmp_path, save_image):
    save_image(tmp_path / "elsewhere" / "1.png")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert paths(open_source(str(tmp_path / "here"))) == ["link/1.png"]


def test_which_of_two_names_a_linked_folder_gets_does_not_depend_on_the_disk(
    tmp_path, save_image, monkeypatch
):
    save_image(tmp_path / "b" / "1.png")
    (tmp_path / "a").symlink_to(tmp_path / "b", target_is_directory=True)
    met = []
    for backwards in (False, True):
        with monkeypatch.context() as disk:
            disk.setattr(os, "scandir", lambda path, b=backwards: Listing(path, b))
            met.append(paths(open_source(str(tmp_path))))
    assert met[0] == met[1]


class Listing:
    """What `os.scandir` gives, in alphabetical order or backwards."""

    scandir = staticmethod(os.scandir)

    def __init__(self, path, backwards):
        with self.scandir(path) as found:
            self._found = iter(sorted(found, key=lambda one: one.name, reverse=backwards))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._found)


@linux_only
def test_a_name_that_is_not_utf8_can_be_written_anywhere(tmp_path, save_image):
    file = save_image(tmp_path / os.fsdecode(b"caf\xe9") / os.fsdecode(b"\xff.png"))
    source = open_source(str(tmp_path))
    assert paths(source) == [r"caf\xe9/\xff.png"]
    assert labels(source) == [r"caf\xe9"]
    assert source.read(0) == file.read_bytes()


@linux_only
@pytest.mark.timeout(20)
def test_a_pipe_is_listed_and_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    source = open_source(str(tmp_path))
    assert paths(source) == ["pipe.jpg"]
    with pytest.raises(ImageProblem, match="not a regular file"):
        source.read(0)


def test_a_folder_that_is_called_like_an_image_is_a_folder(tmp_path, save_image):
    save_image(tmp_path / "album.jpg" / "1.png")
    source = open_source(str(tmp_path))
    assert (paths(source), labels(source)) == (["album.jpg/1.png"], ["album.jpg"])


@linux_only
@pytest.mark.timeout(20)
def test_a_file_that_becomes_a_pipe_or_a_folder_is_a_problem(tmp_path, save_image):
    files = [save_image(tmp_path / name) for name in ("a.png", "b.png")]
    source = open_source(str(tmp_path))
    for file, make in zip(files, (os.mkfifo, os.mkdir), strict=True):
        file.unlink()
        make(file)
    for position in range(2):
        with pytest.raises(ImageProblem, match="not a regular file"):
            source.read(position)


def test_a_dangling_link_is_listed_with_its_reason(tmp_path):
    (tmp_path / "a.png").symlink_to(tmp_path / "gone.png")
    source = open_source(str(tmp_path))
    with pytest.raises(ImageProblem, match=r"no such file: .*a\.png"):
        source.read(0)


def test_a_folder_that_cannot_be_read_is_a_row(tmp_path, save_image, monkeypatch):
    save_image(tmp_path / "a.png")
    (tmp_path / "locked").mkdir()
    scandir = os.scandir

    def refuse(path):
        if os.fspath(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)  # root may read everything
    source = open_source(str(tmp_path))
    assert paths(source) == ["a.png", "locked/"]
    with pytest.raises(ImageProblem, match="the folder cannot be read: Permission denied"):
        source.read(1)


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(CoreError, match=r"no images in .*: it is empty"):
        open_source(str(tmp_path))


def test_a_folder_without_images_says_what_it_holds(tmp_path):
    for name in ("notes.txt", "page.html"):
        (tmp_path / name).touch()
    with pytest.raises(CoreError, match=r"no images in .*: 2 other files"):
        open_source(str(tmp_path))


def test_a_missing_path_is_an_error_that_names_it():
    with pytest.raises(CoreError, match="no such folder or CSV file: 'not/here'"):
        open_source("not/here")


@pytest.mark.parametrize("name", ["x" * 300, "~nobody-of-that-name/images"])
def test_a_path_that_cannot_be_is_a_missing_path(name):
    with pytest.raises(CoreError, match="no such folder or CSV file"):
        open_source(name)


def test_a_file_has_the_id_of_its_bytes_however_large_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_PIECE", 7)
    contents = [b"", b"short", b"x" * 7, b"several pieces long"]
    for number, data in enumerate(contents):
        (tmp_path / f"{number}.png").write_bytes(data)
    source = open_source(str(tmp_path))
    assert [source.identify(row) for row in range(4)] == list(map(identify, contents))
    assert [source.read(row) for row in range(4)] == contents


def test_a_file_over_the_limit_is_a_problem_and_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setenv(FILE_SIZE_VARIABLE, "1KB")
    (tmp_path / "a.png").write_bytes(bytes(1000))
    with (tmp_path / "b.png").open("wb") as sparse:
        sparse.truncate(10**12)
    source = open_source(str(tmp_path))
    assert source.read(0) == bytes(1000)
    for ask in (source.read, source.identify):
        with pytest.raises(ImageProblem, match=r"^the file has 1.0 TB, over the limit of 1.0 KB"):
            ask(1)


@linux_only
@pytest.mark.timeout(20)
@pytest.mark.parametrize("endless", ["/proc/self/pagemap", "/proc/self/maps", "/proc/kmsg"])
def test_a_file_that_has_more_bytes_than_it_says_is_a_problem(tmp_path, endless):
    (tmp_path / "a.png").symlink_to(endless)
    source = open_source(str(tmp_path))
    for ask in (source.read, source.identify):
        with pytest.raises(ImageProblem, match=r"^(grew while it was being read|cannot be read: )"):
            ask(0)


def test_a_file_without_permission_is_a_problem(tmp_path, save_image, monkeypatch):
    save_image(tmp_path / "a.png")

    def refuse(path, *_):
        raise PermissionError(13, "Permission denied", path)

    source = open_source(str(tmp_path))
    monkeypatch.setattr(os, "open", refuse)  # root may read everything
    with pytest.raises(ImageProblem, match=r"^cannot be read: Permission denied$"):
        source.read(0)


@linux_only
@pytest.mark.timeout(20)
def test_a_link_to_itself_is_a_problem(tmp_path):
    (tmp_path / "a.png").symlink_to("a.png")
    with pytest.raises(ImageProblem, match=r"^cannot be read: Too many levels of symbolic links$"):
        open_source(str(tmp_path)).read(0)


@pytest.mark.parametrize(
    "name",
    ["line\nbreak.png", "'\"`;$(x).png", "-rf.png", "😀.png", "\u202egnp.png", "x" * 251 + ".png"],
)
@linux_only
def test_a_name_of_any_characters_is_that_of_its_row(tmp_path, save_image, name):
    file = save_image(tmp_path / name)
    source = open_source(str(tmp_path))
    assert paths(source) == [name]
    assert source.read(0) == file.read_bytes()
