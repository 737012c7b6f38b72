"""Files that are there whole or not at all, and never over another."""

import errno
import os
from pathlib import Path

import pytest

from core import whole_files
from core.errors import CoreError
from core.whole_files import (
    is_partial,
    refuse_existing,
    refuse_inputs,
    whole_file,
    write_whole,
)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_gets_its_name_only_once_it_is_whole(tmp_path):
    with whole_file(tmp_path / "out.bin") as file:
        file.write(b"one")
        (partial,) = tmp_path.iterdir()
        assert is_partial(partial)
        file.write(b"two")
    assert names_in(tmp_path) == ["out.bin"]
    assert (tmp_path / "out.bin").read_bytes() == b"onetwo"


def test_it_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()
    write_whole(tmp_path / "out", b"")
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_what_fails_leaves_nothing(tmp_path, failure):
    def write():
        with whole_file(tmp_path / "out") as file:
            file.write(b"half")
            raise failure

    with pytest.raises(failure):
        write()
    assert names_in(tmp_path) == []


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path):
    def write():
        with whole_file(tmp_path / "out") as file:
            file.write(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(
        CoreError, match=r"^cannot write .*out: No space left on device. Name another place$"
    ):
        write()
    assert names_in(tmp_path) == []


def test_an_existing_file_stays_as_it_is(tmp_path):
    (tmp_path / "out").write_text("old")
    with pytest.raises(CoreError, match="it is there already, name another"):
        write_whole(tmp_path / "out", b"new")
    assert (tmp_path / "out").read_text() == "old"
    assert names_in(tmp_path) == ["out"]


def test_a_file_that_comes_while_ours_is_written_stays(tmp_path):
    def write():
        with whole_file(tmp_path / "out") as file:
            file.write(b"new")
            (tmp_path / "out").write_text("theirs")

    with pytest.raises(CoreError, match="there already"):
        write()
    assert (tmp_path / "out").read_text() == "theirs"


def test_it_gives_way_where_that_is_asked_for(tmp_path):
    (tmp_path / "out").write_text("old")
    write_whole(tmp_path / "out", b"new", replace=True)
    assert (tmp_path / "out").read_bytes() == b"new"


@pytest.fixture
def without_hard_links(monkeypatch):
    def refuse(*_):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", refuse)


@pytest.mark.usefixtures("without_hard_links")
def test_disks_without_hard_links_are_written_and_not_written_over(tmp_path):
    write_whole(tmp_path / "out", b"one")
    with pytest.raises(CoreError, match="there already"):
        write_whole(tmp_path / "out", b"two")
    assert (tmp_path / "out").read_bytes() == b"one"
    assert names_in(tmp_path) == ["out"]


@pytest.mark.parametrize("target", ["missing/out", "file/out", "x" * 300])
def test_what_cannot_be_made_is_one_sentence(tmp_path, target):
    (tmp_path / "file").touch()
    with pytest.raises(CoreError, match=r"^cannot write "):
        write_whole(tmp_path / target, b"")
    assert names_in(tmp_path) == ["file"]


def test_the_longest_name_has_room_for_what_is_written_before(tmp_path):
    write_whole(tmp_path / ("x" * 255), b"whole")
    assert (tmp_path / ("x" * 255)).read_bytes() == b"whole"


def test_a_partial_file_may_lie_elsewhere(tmp_path):
    (tmp_path / "inner").mkdir()
    with whole_file(tmp_path / "inner" / "out", folder=tmp_path):
        assert names_in(tmp_path / "inner") == []
    assert names_in(tmp_path / "inner") == ["out"]


@pytest.mark.parametrize("name", ["file", "folder", "dangling"])
def test_what_is_there_is_refused_early(tmp_path, name):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(CoreError, match="there already"):
        refuse_existing(tmp_path / "new", tmp_path / name)


def test_a_missing_folder_is_refused_early(tmp_path):
    with pytest.raises(CoreError, match=r"there is no folder .*missing"):
        refuse_existing(tmp_path / "missing" / "out")
    refuse_existing(tmp_path / "out")


def test_only_our_own_leftovers_are_partial():
    assert not is_partial(Path("photo.part"))
    assert not is_partial(Path(".groupsight-notes"))
    assert whole_files._PREFIX.startswith(".")


def test_a_file_that_is_read_is_found_by_any_of_its_names(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "own.csv").touch()
    (tmp_path / "link.csv").symlink_to(tmp_path / "own.csv")
    for name in (tmp_path / "own.csv", str(tmp_path / "link.csv"), "~/own.csv"):
        with pytest.raises(CoreError, match=r"cannot write .*own\.csv: it would replace"):
            refuse_inputs(tmp_path / "own.csv", ["digits", name])
    refuse_inputs(tmp_path / "own.csv", ["digits", "~nobody/own.csv", "\0", tmp_path / "new.csv"])
