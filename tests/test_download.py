"""A download goes on where it stopped, gives up on silence, and is checked by its hash."""

import gc
import hashlib
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.errors import Cancelled, CoreError
from core.network import download as download_module
from core.network.download import download, file_digest
from core.progress import Progress, Watch

DATA = bytes(range(250)) * 4  # 1,000 bytes
SHA256 = hashlib.sha256(DATA).hexdigest()


class Host(ThreadingHTTPServer):
    """Serves DATA under any path but /gone; the test says how it misbehaves."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges = True  # whether it knows the Range header
        self.cut_after = None  # bytes after which it hangs up
        self.silent_after = None  # bytes after which it says nothing more
        self.released = threading.Event()
        self.asked = []  # the Range header of every request

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/vgg16.pth"

    @property
    def gone(self):
        return f"http://127.0.0.1:{self.server_address[1]}/gone"


class Handler(BaseHTTPRequestHandler):
    """One response of Host."""

    def do_GET(self):
        wanted = self.headers.get("Range")
        self.server.asked.append(wanted)
        start = int(wanted[len("bytes=") : -1]) if wanted and self.server.ranges else 0
        if self.path == "/gone":
            self.send_error(404)
        elif start >= len(DATA):
            self.send_error(416)
        else:
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(DATA) - start))
            self.end_headers()
            self.send_body(DATA[start:])

    def send_body(self, body):
        host = self.server
        with suppress(ConnectionError):
            self.wfile.write(body[: host.silent_after or host.cut_after])
            self.wfile.flush()
        if host.silent_after is not None:
            host.released.wait(10)

    def log_message(self, *_):
        pass


@pytest.fixture
def host():
    with Host() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()
    gc.collect()  # a connection left open is the fault of this test and not of the next


@pytest.fixture
def target(tmp_path):
    """Where it goes: a folder that does not exist yet."""
    return tmp_path / "checkpoints" / "vgg16.pth"


@pytest.fixture
def part(target):
    return target.with_name("vgg16.pth.part")


def start_with(part, data):
    part.parent.mkdir()
    part.write_bytes(data)


def test_the_whole_file_arrives_and_nothing_else(host, target):
    download(host.url, target, sha256_prefix=SHA256[:8], watch=Watch())
    assert target.read_bytes() == DATA
    assert list(target.parent.iterdir()) == [target]


def test_a_wrong_hash_leaves_neither_target_nor_part(host, target, part):
    found = f"its SHA-256 begins with {SHA256[:8]}"
    with pytest.raises(CoreError, match=f"arrived damaged: {found}"):
        download(host.url, target, sha256_prefix="00000000", watch=Watch())
    assert not target.exists()
    assert not part.exists()


def test_a_cut_download_says_how_much_came_and_goes_on_there(host, target, part):
    host.cut_after = 300
    with pytest.raises(CoreError, match="the connection ended after 300 of 1,000 bytes"):
        download(host.url, target, sha256_prefix=SHA256, watch=Watch())
    assert part.read_bytes() == DATA[:300]
    host.cut_after = None
    download(host.url, target, sha256_prefix=SHA256, watch=Watch())
    assert target.read_bytes() == DATA
    assert host.asked == [None, "bytes=300-"]


def test_a_server_that_knows_no_ranges_sends_it_all_again(host, target, part):
    host.ranges = False
    start_with(part, b"of a former attempt")
    download(host.url, target, sha256_prefix=SHA256, watch=Watch())
    assert target.read_bytes() == DATA
    assert host.asked == ["bytes=19-"]


def test_a_part_that_is_whole_already_becomes_the_target(host, target, part):
    start_with(part, DATA)
    download(host.url, target, sha256_prefix=SHA256, watch=Watch())
    assert target.read_bytes() == DATA
    assert not part.exists()


def test_a_part_of_other_content_is_thrown_away(host, target, part):
    start_with(part, b"x" * 300)
    with pytest.raises(CoreError, match="arrived damaged"):
        download(host.url, target, sha256_prefix=SHA256, watch=Watch())
    download(host.url, target, sha256_prefix=SHA256, watch=Watch())
    assert target.read_bytes() == DATA


@pytest.mark.timeout(20)
def test_silence_is_given_up_on_and_what_came_is_kept(host, target, part, monkeypatch):
    monkeypatch.setattr(download_module, "SILENCE_SECONDS", 0.3)
    host.silent_after = 400
    with pytest.raises(
        CoreError, match=r"(no byte came for 0\.3 seconds|timed out)\. Try again, and it goes on$"
    ):
        download(host.url, target, sha256_prefix=SHA256, watch=Watch())
    assert part.read_bytes() == DATA[:400]
    assert not target.exists()


@pytest.mark.timeout(20)
def test_a_name_that_is_never_found_is_given_up_on(host, target, monkeypatch):
    def look_up_for_ever(*_, **__):
        host.released.wait(10)
        raise OSError

    monkeypatch.setattr(download_module, "SILENCE_SECONDS", 0.3)
    monkeypatch.setattr("urllib.request.urlopen", look_up_for_ever)
    with pytest.raises(
        CoreError, match=r"no byte came for 0\.3 seconds\. Try again, and it goes on$"
    ):
        download(host.url, target, sha256_prefix=SHA256, watch=Watch())


def test_what_the_server_refuses_is_said(host, target, part):
    with pytest.raises(CoreError, match=r"cannot download .+ from .+: .*404"):
        download(host.gone, target, sha256_prefix=SHA256, watch=Watch())
    assert not part.exists()


def test_a_refusal_leaves_no_connection_open(host, target):
    with suppress(CoreError):
        download(host.gone, target, sha256_prefix=SHA256, watch=Watch())
    gc.collect()


def test_a_server_that_is_not_there_is_an_error(target):
    with Host() as host:
        url = host.url
    with pytest.raises(CoreError, match=r"cannot download .+ from .+: .*refused"):
        download(url, target, sha256_prefix=SHA256, watch=Watch())


def test_a_stop_keeps_what_came(host, target, part, monkeypatch):
    monkeypatch.setattr(download_module, "_CHUNK", 100)
    steps = []
    watch = Watch(steps.append, lambda: len(steps) == 3)
    with pytest.raises(Cancelled):
        download(host.url, target, sha256_prefix=SHA256, watch=watch)
    assert part.read_bytes() == DATA[:300]
    assert not target.exists()


def test_progress_counts_what_was_there_before(host, target, part, monkeypatch):
    monkeypatch.setattr(download_module, "_CHUNK", 100)
    monkeypatch.setattr(download_module, "_MEGABYTE", 100)
    start_with(part, DATA[:700])
    steps = []
    download(host.url, target, sha256_prefix=SHA256, watch=Watch(steps.append))
    assert steps == [Progress("download", done, 10, "MB") for done in (8, 9, 10)]


def test_a_target_that_cannot_be_written_is_an_error(host, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CoreError):
        download(host.url, tmp_path / "file" / "x.pth", sha256_prefix=SHA256, watch=Watch())


def test_the_digest_of_a_file_is_its_sha256(tmp_path):
    (tmp_path / "file").write_bytes(DATA)
    assert file_digest(tmp_path / "file") == SHA256
