"""Images at addresses: listed, named by a manifest, read with patience, refused in a sentence."""

import http.server
import threading
from functools import partial
from pathlib import Path

import fsspec
import pytest

from core.errors import CoreError
from core.pictures.decoding import ImageProblem
from core.sources import remote
from core.sources.remote import Unreachable, names_addresses, open_remote


@pytest.fixture
def store(tmp_path):
    """Write files below an address in memory, and give it."""
    uri = f"memory://{tmp_path.name}"

    def write(**files):
        for name, data in files.items():
            fsspec.filesystem("memory").pipe_file(f"/{tmp_path.name}/{name}", data)
        return uri

    return write


@pytest.fixture
def system(monkeypatch):
    """The file system in memory; nothing waits."""
    monkeypatch.setattr(remote, "_PAUSES", (0, 0))
    return type(fsspec.filesystem("memory"))


FILES = {
    "cats/b.png": b"2",
    "cats/deep/c.JPG": b"3",
    "a.png": b"1",
    "notes.txt": b"no image",
    "cats/.hidden.png": b"4",
}


def test_images_are_listed_downwards_with_their_first_folder_as_label(store):
    uri = store(**FILES)
    source = open_remote(uri)
    assert [(entry.path, entry.label) for entry in source.entries] == [
        (f"{uri.replace('memory://', 'memory:///')}/{name}", label)
        for name, label in [("a.png", None), ("cats/b.png", "cats"), ("cats/deep/c.JPG", "cats")]
    ]
    assert source.passed_over == 2
    assert [source.read(position) for position in range(3)] == [b"1", b"2", b"3"]


def test_labels_can_be_left_out(store):
    source = open_remote(store(**FILES), labels=False)
    assert {entry.label for entry in source.entries} == {None}


def test_an_empty_address_is_refused(store):
    with pytest.raises(CoreError, match="no images in memory://nowhere: it is empty, or not there"):
        open_remote("memory://nowhere")
    with pytest.raises(CoreError, match="1 other files"):
        open_remote(store(**{"notes.txt": b"x"}))


def test_a_manifest_may_lie_beside_its_images_and_name_others(store):
    uri = store(**FILES, **{"list.csv": b"label,path\nx,cats/b.png\n,memory://z/q.png\n,\n"})
    source = open_remote(f"{uri}/list.csv")
    assert [(entry.path, entry.label, entry.problem) for entry in source.entries] == [
        (f"{uri}/cats/b.png", "x", None),
        ("memory://z/q.png", None, None),
        ("", None, "the row names no image"),
    ]
    assert source.read(0) == b"2"
    with pytest.raises(ImageProblem, match="no such file: memory://z/q"):
        source.read(1)
    with pytest.raises(ImageProblem, match="names no image"):
        source.read(2)


def test_a_manifest_here_may_name_addresses(store, tmp_path):
    uri = store(**FILES)
    path = tmp_path / "list.csv"
    (tmp_path / "here.png").write_bytes(b"5")
    path.write_text(f"ImageID,url\n1,{uri}/a.png\n2,here.png\n", encoding="utf-8")
    assert names_addresses(path)
    source = open_remote(str(path))
    assert [source.read(position) for position in (0, 1)] == [b"1", b"5"]


def test_a_manifest_of_paths_names_no_addresses(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("path,note\na.png,https://example.org\n", encoding="utf-8")
    assert not names_addresses(path)


def test_a_manifest_that_is_no_text_is_refused(store):
    with pytest.raises(CoreError, match=r"list\.csv is not UTF-8 text"):
        open_remote(store(**{"list.csv": b"path\n\xff\xfe\n"}) + "/list.csv")


def test_a_read_that_fails_is_tried_again(store, system, monkeypatch):
    source, read, tries = open_remote(store(**FILES)), system.cat_file, []

    def flaky(self, path, **options):
        tries.append(path)
        if len(tries) < 3:
            raise ConnectionError("reset")
        return read(self, path, **options)

    monkeypatch.setattr(system, "cat_file", flaky)
    assert source.read(0) == b"1"
    assert len(tries) == 3


def test_a_read_that_keeps_failing_is_a_problem_of_the_image(store, system, monkeypatch):
    source = open_remote(store(**FILES))

    def refuse(*_, **__):
        raise ConnectionError("reset")

    monkeypatch.setattr(system, "cat_file", refuse)
    with pytest.raises(Unreachable, match=r"^cannot be read: reset$"):
        source.read(0)


def test_missing_credentials_stop_everything(store, system, monkeypatch):
    class NoCredentialsError(Exception):
        pass

    source, tries = open_remote(store(**FILES)), []

    def refuse(*_, **__):
        tries.append(1)
        raise NoCredentialsError("Unable to locate credentials")

    monkeypatch.setattr(system, "cat_file", refuse)
    with pytest.raises(CoreError, match="no valid credentials were found"):
        source.read(0)
    assert len(tries) == 1


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Python's own server of folders: a page of links for each."""

    def log_message(self, *_):
        pass


def test_images_of_an_http_listing(tmp_path):
    pytest.importorskip("aiohttp", reason="aiohttp reads https://: make test-ray installs it")
    for name, data in FILES.items():
        path = Path(tmp_path / name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}/"
        source = open_remote(address)
        assert [(entry.path.removeprefix(address), entry.label) for entry in source.entries] == [
            ("a.png", None),
            ("cats/b.png", "cats"),
            ("cats/deep/c.JPG", "cats"),
        ]
        assert source.read(2) == b"3"
    finally:
        server.shutdown()
        server.server_close()
