"""Folders of images: whole files, originals untouched, nothing overwritten, and going on."""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import core
from core import __version__, whole_files
from core.errors import Cancelled, CoreError
from core.export.export_folders import Link, refuse_target, write_folders
from core.export.export_plan import MAKING, Placed, Written
from core.images import identify
from core.pictures.decoding import ImageProblem
from core.progress import Watch

BYTES = {"a.png": b"first", "b.png": b"second", "c.png": b"third"}
FILES = {"a.png": "cluster 0/a.png", "b.png": "cluster 1/b.png", "c.png": "cluster 1/c.png"}
MADE_BY = {"seed": 42}
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def source(tmp_path):
    """Three files with a time of their own."""
    for number, (name, data) in enumerate(BYTES.items()):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_bytes(data)
        os.utime(tmp_path / "in" / name, (1_000_000_000, 1_000_000_000 + number))
    return tmp_path / "in"


@pytest.fixture
def placed(source):
    return [
        Placed(FILES[name], name, identify(data), int(FILES[name][8]), source / name)
        for name, data in BYTES.items()
    ]


@pytest.fixture
def write(tmp_path, placed):
    """Write the three images to `out`, or what a test says otherwise."""

    def call(given=placed, *, target=tmp_path / "out", link=Link.COPY, **options):
        read = options.pop("read", read_of(given))
        return write_folders(given, target, read=read, made_by=MADE_BY, link=link, **options)

    return call


def read_of(placed):
    """The bytes by id, from the files themselves."""
    files = {one.id: one.original for one in placed}
    data = {identify(one): one for one in BYTES.values()}
    return lambda image_id: (
        data[image_id] if files[image_id] is None else files[image_id].read_bytes()
    )


def tree(folder):
    """Every file below a folder, with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def images_in(folder):
    return {name: data for name, data in tree(folder).items() if name != MAKING}


EXPECTED = {FILES[name]: data for name, data in BYTES.items()}


@pytest.mark.parametrize("link", Link)
def test_every_image_is_in_the_folder_of_its_cluster(write, tmp_path, source, link):
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in source.iterdir()}
    assert write(link=link) == Written(3)
    assert images_in(tmp_path / "out") == EXPECTED
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in source.iterdir()} == before


def test_a_copy_is_a_file_of_its_own_with_the_time_of_its_original(write, tmp_path, source):
    write()
    copy = tmp_path / "out" / FILES["b.png"]
    assert not copy.is_symlink()
    assert not copy.samefile(source / "b.png")
    assert copy.stat().st_nlink == 1
    assert copy.stat().st_mtime_ns == (source / "b.png").stat().st_mtime_ns


def test_a_hard_link_is_the_original_itself(write, tmp_path, source):
    write(link=Link.HARD)
    found = tmp_path / "out" / FILES["b.png"]
    assert not found.is_symlink()
    assert found.samefile(source / "b.png")


def test_a_hard_link_to_a_symlink_leads_to_the_file(write, tmp_path, source, placed):
    (source / "b.png").rename(source / "real.png")
    (source / "b.png").symlink_to("real.png")
    write(link=Link.HARD)
    assert not (tmp_path / "out" / FILES["b.png"]).is_symlink()
    assert (tmp_path / "out" / FILES["b.png"]).samefile(source / "real.png")


def test_a_symlink_leads_to_the_original_wherever_one_stands(write, tmp_path, source, monkeypatch):
    monkeypatch.chdir(tmp_path)
    relative = [
        Placed(FILES[name], name, identify(data), 0, Path("in", name))
        for name, data in BYTES.items()
    ]
    write(relative, link=Link.SYM)
    assert (tmp_path / "out" / FILES["b.png"]).readlink() == source / "b.png"
    assert images_in(tmp_path / "out") == EXPECTED


@pytest.mark.parametrize("link", Link)
def test_images_without_a_file_are_written_from_their_bytes(write, tmp_path, link):
    bare = [Placed(FILES[n], n, identify(data), 0, None) for n, data in BYTES.items()]
    assert write(bare, link=link) == Written(3)
    assert images_in(tmp_path / "out") == EXPECTED
    assert not (tmp_path / "out" / FILES["a.png"]).is_symlink()


def test_the_making_says_what_it_is_and_which_image_each_file_is(write, tmp_path):
    write()
    facts = json.loads((tmp_path / "out" / MAKING).read_bytes())
    assert (facts["groupsight"], facts["seed"], facts["link"]) == (__version__, 42, "copy")
    assert facts["complete"] is True
    assert [one["file"] for one in facts["files"]] == list(FILES.values())
    assert [one["path"] for one in facts["files"]] == list(FILES)


def test_what_can_no_longer_be_read_is_left_out_and_told(write, tmp_path, placed):
    def read(image_id):
        if image_id == placed[1].id:
            raise ImageProblem("no such file: b.png")
        return read_of(placed)(image_id)

    assert write(read=read) == Written(2, ((FILES["b.png"], "no such file: b.png"),))
    assert set(images_in(tmp_path / "out")) == {FILES["a.png"], FILES["c.png"]}
    facts = json.loads((tmp_path / "out" / MAKING).read_bytes())
    assert facts["left_out"] == [{"file": FILES["b.png"], "reason": "no such file: b.png"}]


@pytest.mark.parametrize("link", [Link.HARD, Link.SYM])
def test_no_link_leads_to_a_file_that_is_gone(write, source, link):
    (source / "b.png").unlink()
    assert write(link=link) == Written(2, ((FILES["b.png"], "no such file: b.png"),))


def test_an_empty_plan_makes_an_empty_export(write, tmp_path):
    assert write([]) == Written(0)
    assert set(tree(tmp_path / "out")) == {MAKING}


# Where it may go.


def test_an_empty_folder_is_used(write, tmp_path):
    (tmp_path / "out").mkdir()
    refuse_target(tmp_path / "out")
    write()
    assert images_in(tmp_path / "out") == EXPECTED


def test_what_was_killed_before_its_first_file_begins_anew(write, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".groupsight-0123.part").write_bytes(b"half")
    refuse_target(tmp_path / "out")
    write()
    assert images_in(tmp_path / "out") == EXPECTED


@pytest.mark.parametrize("inside", ["notes.txt", MAKING])
def test_a_folder_that_holds_something_else_is_refused(write, tmp_path, inside):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / inside).write_text("mine")
    for refused in (write, lambda: refuse_target(tmp_path / "out")):
        with pytest.raises(CoreError, match="is not empty: name a new folder"):
            refused()
    assert tree(tmp_path / "out") == {inside: b"mine"}


def test_a_finished_export_is_not_written_again(write, tmp_path):
    write()
    before = tree(tmp_path / "out")
    for refused in (write, lambda: refuse_target(tmp_path / "out")):
        with pytest.raises(CoreError, match="holds a finished export"):
            refused()
    assert tree(tmp_path / "out") == before


def test_a_file_is_refused(write, tmp_path):
    (tmp_path / "out").write_text("mine")
    for refused in (write, lambda: refuse_target(tmp_path / "out")):
        with pytest.raises(CoreError, match="out is a file: name a folder"):
            refused()
    assert (tmp_path / "out").read_text() == "mine"


def test_a_folder_whose_parent_is_missing_is_refused(write, tmp_path):
    target = tmp_path / "missing" / "out"
    for refused in (lambda: write(target=target), lambda: refuse_target(target)):
        with pytest.raises(CoreError, match="cannot write"):
            refused()
    assert not target.parent.exists()


def refuse_when(monkeypatch, bad):
    """Let the disk refuse to open files of these numbers, the first being 0."""
    met, opened = iter(range(100)), Path.open

    def open_file(self, mode="r", *rest, **more):
        if mode == "xb" and next(met) in bad:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return opened(self, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", open_file)


@pytest.mark.parametrize("bad", [0, 1])
@pytest.mark.parametrize("is_there", [False, True])
def test_where_nothing_can_be_written_nothing_is_left(write, tmp_path, monkeypatch, bad, is_there):
    if is_there:
        (tmp_path / "out").mkdir()
    refuse_when(monkeypatch, {bad})
    with pytest.raises(
        CoreError, match=r"cannot write .*: Read-only file system\. Name another place$"
    ):
        write()
    assert (tmp_path / "out").exists() == is_there
    assert not is_there or list((tmp_path / "out").iterdir()) == []


# Stopped, and going on.


class FullDisk:
    """A file whose disk takes some bytes and then no more."""

    def __init__(self, file, room):
        self.file, self.room, self.name = file, room, file.name

    def write(self, data):
        self.file.write(data[: self.room])
        raise FULL


@pytest.fixture
def full_disk(monkeypatch):
    """Let the disk be full while the second image is written, in its middle."""
    whole = whole_files.whole_file

    class Some:
        def __init__(self, path, **options):
            self.path, self.inner = path, whole(path, **options)

        def __enter__(self):
            file = self.inner.__enter__()
            return FullDisk(file, 2) if self.path.name == "b.png" else file

        def __exit__(self, *error):
            return self.inner.__exit__(*error)

    monkeypatch.setattr("core.export.export_folders.whole_file", Some)


def test_a_full_disk_leaves_whole_files_and_the_export_goes_on(
    write, tmp_path, full_disk, monkeypatch
):
    with pytest.raises(
        CoreError, match=r"No space left on device\. Name another place; 1 of 3 images are there"
    ):
        write()
    assert images_in(tmp_path / "out") == {FILES["a.png"]: b"first"}
    assert json.loads((tmp_path / "out" / MAKING).read_bytes())["complete"] is False
    monkeypatch.undo()
    assert write() == Written(3)
    assert images_in(tmp_path / "out") == EXPECTED


@pytest.mark.parametrize("link", Link)
def test_what_was_stopped_goes_on_without_touching_what_is_there(write, tmp_path, link):
    reports = []
    stop = Watch(reports.append, lambda: len(reports) == 3)
    with pytest.raises(Cancelled):
        write(link=link, watch=stop)
    there = tmp_path / "out" / FILES["a.png"]
    before = there.lstat()
    assert set(images_in(tmp_path / "out")) == {FILES["a.png"], FILES["b.png"]}
    refuse_target(tmp_path / "out")
    assert write(link=link) == Written(3)
    assert images_in(tmp_path / "out") == EXPECTED
    assert (there.lstat().st_ino, there.lstat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def stopped(write, **options):
    with pytest.raises(Cancelled):
        write(watch=Watch(should_stop=iter([False, True]).__next__), **options)


def test_another_export_does_not_go_on_with_it(write, placed):
    stopped(write)
    with pytest.raises(CoreError, match="holds another export, unfinished"):
        write(placed[:2])
    with pytest.raises(CoreError, match="holds another export, unfinished"):
        write(link=Link.SYM)


@pytest.mark.parametrize("link", Link)
def test_what_someone_put_there_meanwhile_stays(write, tmp_path, link):
    stopped(write, link=link)
    (tmp_path / "out" / "cluster 1").mkdir()
    (tmp_path / "out" / FILES["b.png"]).write_text("mine")
    with pytest.raises(CoreError, match=r"b\.png is there already and something else"):
        write(link=link)
    assert (tmp_path / "out" / FILES["b.png"]).read_text() == "mine"


SCRIPT = """
import os, signal, sys
from pathlib import Path
from core import whole_files
from core.export import export_folders
from core.export.export_plan import Placed
from core.images import identify

source, target = map(Path, sys.argv[1:])
placed = [
    Placed(f"cluster 0/{n:02}.png", f"{n:02}.png", identify(b"%d" % n * 9), 0, source)
    for n in range(20)
]
data = {identify(b"%d" % n * 9): b"%d" % n * 9 for n in range(20)}
give_name = whole_files._give_name

def kill(partial, path, **options):
    if path.name == "07.png":
        os.kill(os.getpid(), signal.SIGKILL)
    give_name(partial, path, **options)

whole_files._give_name = kill if os.environ["KILL"] else give_name
print(export_folders.write_folders(placed, target, read=data.__getitem__, made_by={}))
"""


def test_what_was_killed_in_the_middle_of_a_file_goes_on(tmp_path):
    (tmp_path / "original").touch()
    line = [sys.executable, "-c", SCRIPT, str(tmp_path / "original"), str(tmp_path / "out")]
    root = Path(core.__file__).parent.parent

    def run(kill):
        env = os.environ | {"KILL": kill}
        return subprocess.run(line, cwd=root, env=env, capture_output=True, text=True, check=False)

    assert run("yes").returncode == -signal.SIGKILL
    left = images_in(tmp_path / "out")
    assert len([name for name in left if name.endswith(".part")]) == 1
    assert {name for name in left if name.endswith(".png")} == {
        f"cluster 0/{n:02}.png" for n in range(7)
    }
    assert "images=20" in run("").stdout
    assert images_in(tmp_path / "out") == {
        f"cluster 0/{n:02}.png": b"%d" % n * 9 for n in range(20)
    }


@pytest.mark.parametrize("link", [Link.HARD, Link.SYM])
def test_a_disk_without_links_is_said_in_one_sentence(write, tmp_path, monkeypatch, link):
    def refuse(*_):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    link_as_usual = Path.hardlink_to
    name = "hardlink_to" if link is Link.HARD else "symlink_to"
    monkeypatch.setattr(
        Path, name, lambda self, to: link_as_usual(self, to) if ".part" in str(to) else refuse()
    )
    with pytest.raises(CoreError, match="cross-device link: copy the images instead"):
        write(link=link)
    assert not (tmp_path / "out").exists()
