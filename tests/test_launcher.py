"""`python -m dashboard`: where it listens, and what it makes of the source it is given."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import dashboard.__main__ as launcher
from dashboard.roots import writable_roots

ROOT = Path(launcher.__file__).parents[1]


def test_a_relative_path_stays_right_in_whatever_folder_the_page_looks(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    monkeypatch.chdir(tmp_path)
    assert launcher._as_source("photos") == str(tmp_path / "photos")


def test_a_path_that_goes_up_is_shown_without_the_detour(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert launcher._as_source("../photos") == str(tmp_path / "photos")
    assert launcher._as_source("parquet:../photos") == f"parquet:{tmp_path / 'photos'}"


@pytest.mark.parametrize("beside_the_link", [True, False])
def test_a_path_that_goes_up_from_behind_a_link_is_left_as_it_is(tmp_path, beside_the_link):
    (tmp_path / "far" / "photos").mkdir(parents=True)
    (tmp_path / "far" / "room").mkdir()
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "link").symlink_to(tmp_path / "far" / "room")
    if beside_the_link:
        (tmp_path / "near" / "photos").mkdir()  # another folder, where the detour seems to lead
    source = f"{tmp_path}/near/link/../photos"
    assert launcher._as_source(source) == source


def test_a_root_that_goes_up_is_told_without_the_detour(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert launcher._as_root("../photos") == str(tmp_path / "photos")
    assert launcher._as_root("~/here/../photos") == str(tmp_path / "photos")
    assert launcher._as_root("../none") == f"{tmp_path}/here/../none"  # it may come to be a link


def test_what_is_no_path_is_left_alone():
    assert launcher._as_source("digits") == "digits"
    assert launcher._as_source("torchvision:CIFAR10:test") == "torchvision:CIFAR10:test"
    assert launcher._as_source("") == ""


@pytest.mark.parametrize(
    "asked",
    [{"source": "~nobody-here"}, {"source": "digits", "root": ["~nobody-here"]},
     {"source": "", "images": "~nobody-here"}, {"source": "digits", "cache": "~nobody-here"}],
)  # fmt: skip
def test_the_home_of_nobody_is_refused_before_anything_listens(asked):
    with pytest.raises(typer.BadParameter, match=r"no such (folder|cache).*: '~nobody-here'"):
        launcher.open_dashboard(**asked, browser=False)


def test_a_port_in_use_is_passed_over(monkeypatch):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        monkeypatch.setattr(launcher, "_FIRST_PORT", port)
        assert launcher._free_port() > port


def test_ctrl_c_ends_it_without_a_trace(tmp_path):
    command = [sys.executable, "-m", "dashboard", "--no-browser", "--cache", str(tmp_path / "c")]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
        said = [server.stderr.readline()]
        server.send_signal(signal.SIGINT)
        said += server.stderr.readlines()
    assert said[0].startswith("Groupsight is at http://localhost:")
    assert "Traceback" not in "".join(said)
    assert server.returncode == 0


def test_the_page_may_open_what_was_named_and_else_ones_own(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "list.csv").write_text("path\n")
    photos, manifest = str(tmp_path / "photos"), str(tmp_path / "list.csv")
    assert launcher._default_roots(photos, "") == [tmp_path / "photos"]
    assert launcher._default_roots(manifest, "") == [tmp_path]
    assert launcher._default_roots(manifest, photos) == [tmp_path, tmp_path / "photos"]
    for nothing in ("", "digits", "torchvision:CIFAR10"):
        assert launcher._default_roots(nothing, "") == [Path.home()]


def test_a_limit_that_is_none_is_said_at_the_start(monkeypatch):
    monkeypatch.setenv("GROUPSIGHT_MAX_PIXELS", "many")
    with pytest.raises(typer.BadParameter, match="'many' is no number of pixels"):
        launcher._check_limits()


def test_shards_are_opened_where_they_lie_and_nothing_beside_them(tmp_path, monkeypatch):
    (tmp_path / "shards").mkdir()
    monkeypatch.chdir(tmp_path)
    source = launcher._as_source("parquet:shards")
    assert source == f"parquet:{tmp_path / 'shards'}"
    assert launcher._default_roots(source, "") == [tmp_path / "shards"]
    remote = "parquet:s3://bucket/shards"
    assert launcher._as_source(remote) == remote
    assert launcher._default_roots(remote, "") == ["s3://bucket/shards"]
    assert launcher._as_root("s3://bucket/shards") == "s3://bucket/shards"
    assert launcher._as_root("shards") == str(tmp_path / "shards")


def test_no_configuration_of_streamlits_loosens_what_is_enforced(monkeypatch):
    asked = []
    monkeypatch.setattr(launcher.cli, "main", lambda args, **_: asked.extend(args))
    launcher._serve("localhost", 8501, ["https://photos.example"])
    assert {
        "--server.enableCORS=true",
        "--server.enableXsrfProtection=true",
        "--server.xsrfCookieSameSite=strict",
        "--server.enableStaticServing=false",
        "--server.enableAgentApi=false",
        "--client.showErrorDetails=none",
        "--server.corsAllowedOrigins=https://photos.example",
        "--runner.postScriptGC=false",
    } <= set(asked)


@pytest.fixture
def unserved(monkeypatch):
    """Nothing listens; what the launcher tells the page by the environment is forgotten after."""
    monkeypatch.setattr(launcher, "_serve", lambda *_: None)
    monkeypatch.setattr(launcher, "_announce", lambda *_: None)
    for name in ("ROOTS", "WRITABLE", "HOSTS", "PRESET", "LOG_LEVEL", "CACHE"):
        monkeypatch.setenv(f"GROUPSIGHT_{name}", "[]")


@pytest.mark.usefixtures("unserved")
def test_folders_are_confined_only_where_roots_were_named(tmp_path):
    launcher.open_dashboard(str(tmp_path), browser=False)
    assert not writable_roots().folders
    launcher.open_dashboard(str(tmp_path), root=[tmp_path], browser=False)
    assert writable_roots().folders == (str(tmp_path),)


@pytest.mark.usefixtures("unserved")
def test_a_cache_may_lie_in_ones_own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    launcher.open_dashboard(cache="~/own.sqlite", browser=False)
    assert os.environ["GROUPSIGHT_CACHE"] == str(tmp_path / "own.sqlite")
