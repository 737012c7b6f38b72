"""The same as one ZIP: read back, always the same bytes, never half of it."""

import errno
import hashlib
import io
import json
import os
import tracemalloc
import zipfile

import pytest

from core import __version__
from core.errors import Cancelled, CoreError
from core.export.export_plan import MAKING, Placed, Written
from core.export.export_zip import fill_zip, stream_zip, write_zip
from core.images import identify
from core.pictures.decoding import ImageProblem
from core.progress import Watch

BYTES = {"cluster 0/a.png": b"first" * 100, "cluster 1 🌹/b, c.png": b"second", "cluster 1/c": b""}
PLACED = [
    Placed(file, f"in/{number}.png", identify(data), number, None)
    for number, (file, data) in enumerate(BYTES.items())
]
MADE_BY = {"seed": 42}


def read(image_id):
    return {identify(data): data for data in BYTES.values()}[image_id]


def test_it_comes_back(tmp_path):
    assert write_zip(PLACED, tmp_path / "out.zip", read=read, made_by=MADE_BY) == Written(3)
    with zipfile.ZipFile(tmp_path / "out.zip") as found:
        assert found.testzip() is None
        assert found.namelist() == [*BYTES, MAKING]
        assert {name: found.read(name) for name in BYTES} == BYTES
        facts = json.loads(found.read(MAKING))
    assert (facts["groupsight"], facts["seed"]) == (__version__, 42)
    assert [one["file"] for one in facts["files"]] == list(BYTES)
    assert [path.name for path in tmp_path.iterdir()] == ["out.zip"]


def test_the_same_images_give_the_same_bytes(tmp_path, monkeypatch):
    for name, time in (("one.zip", 1_000_000_000), ("two.zip", 2_000_000_000)):
        monkeypatch.setattr("time.time", lambda time=time: time)
        write_zip(PLACED, tmp_path / name, read=read, made_by=MADE_BY)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as found:
        assert {entry.date_time for entry in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_can_no_longer_be_read_is_left_out_and_told(tmp_path):
    def fail(image_id):
        if image_id == PLACED[1].id:
            raise ImageProblem("no such file")
        return read(image_id)

    written = write_zip(PLACED, tmp_path / "out.zip", read=fail, made_by=MADE_BY)
    assert written == Written(2, ((PLACED[1].file, "no such file"),))
    with zipfile.ZipFile(tmp_path / "out.zip") as found:
        assert found.namelist() == [PLACED[0].file, PLACED[2].file, MAKING]
        assert json.loads(found.read(MAKING))["left_out"][0]["reason"] == "no such file"


def test_an_existing_file_stays(tmp_path):
    (tmp_path / "out.zip").write_text("mine")
    with pytest.raises(CoreError, match="there already"):
        write_zip(PLACED, tmp_path / "out.zip", read=read, made_by=MADE_BY)
    assert (tmp_path / "out.zip").read_text() == "mine"


def test_a_stop_leaves_nothing(tmp_path):
    stop = Watch(should_stop=iter([False, True]).__next__)
    with pytest.raises(Cancelled):
        write_zip(PLACED, tmp_path / "out.zip", read=read, made_by=MADE_BY, watch=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("room", [0, 50, 700])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch, room):
    """With room for nothing, for half an image, for all but the list of contents."""
    used = 0
    opened = io.open

    class Full(io.FileIO):
        def write(self, data):
            nonlocal used
            used += len(data)
            if used > room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(data)

    monkeypatch.setattr(
        io, "open", lambda name, mode, *_: Full(name, "x") if mode == "xb" else opened(name, mode)
    )
    with pytest.raises(
        CoreError, match=r"^cannot write .*out\.zip: No space left on device\. Name"
    ):
        write_zip(PLACED, tmp_path / "out.zip", read=read, made_by=MADE_BY)
    monkeypatch.undo()
    assert used > room
    assert list(tmp_path.iterdir()) == []


def test_it_goes_through_a_pipe():
    class Pipe(io.BytesIO):
        def seekable(self):
            return False

        def seek(self, *_):
            raise OSError("cannot seek")

        def tell(self):
            raise OSError("cannot tell")

    pipe = Pipe()
    fill_zip(PLACED, pipe, read=read, made_by=MADE_BY)
    with zipfile.ZipFile(io.BytesIO(pipe.getvalue())) as found:
        assert found.testzip() is None
        assert {name: found.read(name) for name in BYTES} == BYTES


def test_one_image_at_a_time_is_in_memory(tmp_path):
    size = 4 << 20
    contents = {hashlib.sha256(bytes([n])).hexdigest(): n for n in range(12)}
    placed = [Placed(f"{n}", f"{n}", image_id, 0, None) for image_id, n in contents.items()]
    tracemalloc.start()
    write_zip(placed, tmp_path / "o", read=lambda i: bytes([contents[i]]) * size, made_by={})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "o").stat().st_size > 12 * size
    assert peak < 3 * size


def test_a_stream_holds_the_same_one_image_at_a_time():
    """Three images of 100 kB: no part is larger than one of them and what stands around it."""
    contents = {f"{number}": bytes([number]) * 100_000 for number in range(3)}
    placed = [Placed(f"cluster {n}/{n}.png", n, n, int(n), None) for n in contents]
    parts = list(stream_zip(placed, read=contents.__getitem__, made_by={"k": 3}))
    assert max(map(len, parts)) < 102_000
    with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as found:
        assert found.testzip() is None
        for name, data in contents.items():
            assert found.read(f"cluster {name}/{name}.png") == data
        assert json.loads(found.read("making.json"))["k"] == 3


def test_a_stream_leaves_out_what_cannot_be_read():
    def read(image_id):
        if image_id == "1":
            raise ImageProblem("is gone")
        return b"data"

    placed = [Placed(f"{n}.png", n, n, 0, None) for n in ("0", "1")]
    whole = b"".join(stream_zip(placed, read=read, made_by={}))
    with zipfile.ZipFile(io.BytesIO(whole)) as found:
        assert set(found.namelist()) == {"0.png", "making.json"}
        left_out = json.loads(found.read("making.json"))["left_out"]
    assert left_out == [{"file": "1.png", "reason": "is gone"}]
