"""A folder at any address: what is written is whole, and every failure is one sentence."""

import pickle

import fsspec
import pytest

from core.errors import CoreError
from core.shards.storage import Folder


@pytest.fixture(params=["local", "memory"])
def folder(request, tmp_path):
    where = tmp_path / "a" / "b" if request.param == "local" else f"memory://{tmp_path.name}/b"
    return Folder(str(where))


def test_what_is_written_is_read_and_listed(folder):
    assert folder.names() == []
    folder.write("two", b"2")
    folder.write("one", b"1")
    assert folder.names() == ["one", "two"]
    assert folder.read("two") == b"2"
    with folder.open("one") as file:
        assert file.read() == b"1"


def test_a_folder_can_be_sent_elsewhere(folder):
    folder.write("one", b"1")
    assert pickle.loads(pickle.dumps(folder)).read("one") == b"1"  # noqa: S301 - our own


def test_a_relative_folder_stays_where_it_was_in_a_process_that_works_elsewhere(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    sent = pickle.dumps(Folder("out"))
    monkeypatch.chdir("/")
    assert pickle.loads(sent).uri == str(tmp_path / "out")  # noqa: S301 - our own


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    folder = Folder(str(tmp_path))
    system = fsspec.filesystem("file")

    def refuse(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(type(system), "mv", refuse)
    with pytest.raises(CoreError, match=r"one cannot be written: disk full"):
        folder.write("one", b"1")
    assert list(tmp_path.iterdir()) == []


def test_a_file_has_another_name_until_it_is_whole(tmp_path, monkeypatch):
    folder = Folder(str(tmp_path))
    system = type(fsspec.filesystem("file"))
    seen, move = [], system.mv

    def look(self, *names, **options):
        seen.append([path.name for path in tmp_path.iterdir()])
        return move(self, *names, **options)

    monkeypatch.setattr(system, "mv", look)
    folder.write("one", b"1")
    [[partial]] = seen
    assert partial.startswith(".one-")
    assert partial.endswith(".partial")


def test_what_killed_writers_left_is_cleared_and_nothing_else(tmp_path):
    for name in (".one-1234.partial", ".hidden", "one"):
        (tmp_path / name).touch()
    Folder(str(tmp_path)).clear_partials()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hidden", "one"]


def test_a_file_that_is_not_there_is_named(folder):
    with pytest.raises(CoreError, match="gone cannot be read: there is nothing of that name"):
        folder.read("gone")
