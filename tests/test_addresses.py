"""Addresses: told from paths, opened, and every failure one sentence."""

import pytest

from core.addresses import expand, expand_home, explain, is_address, open_address
from core.errors import CoreError


@pytest.mark.parametrize(
    ("name", "expected"),
    [("s3://a/b", True), ("https://a", True), ("/a/b", False), ("a.csv", False),
     ("file:///a", False), ("torchvision:CIFAR10", False)],
)  # fmt: skip
def test_addresses_are_told_from_paths(name, expected):
    assert is_address(name) is expected


def test_a_path_is_opened_as_it_stands(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    system, path = open_address(f"{tmp_path}/")
    assert path == str(tmp_path)
    assert system.cat_file(f"{path}/a") == b"1"


def test_an_address_of_no_known_kind_is_refused():
    with pytest.raises(CoreError, match="nowhere://x is no address that can be opened"):
        open_address("nowhere://x")


def test_a_path_may_begin_at_the_users_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert expand("~/not there", "image") == tmp_path / "not there"
    assert expand("a/b.png", "image").as_posix() == "a/b.png"


@pytest.mark.parametrize("name", ["~nobody-of-that-name/a.png", "x" * 300, "a\0b"])
def test_a_path_that_cannot_be_is_refused(name):
    with pytest.raises(CoreError) as refused:
        expand(name, "image")
    assert str(refused.value).startswith(f"no such image: {name!r} (")
    assert str(refused.value).endswith("). Name another")


def test_where_the_home_alone_is_asked_for_nobody_looks_at_the_disk():
    long = "x" * 300
    assert expand_home(long, "image").as_posix() == long
    for name in ("~nobody-of-that-name/a.png", "a\0b"):
        with pytest.raises(CoreError, match="no such image"):
            expand_home(name, "image")


class NoCredentialsError(Exception):
    """Called as the one of botocore."""


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NoCredentialsError("Unable to locate"), "no valid credentials were found"),
        (PermissionError("Forbidden"), "access is denied"),
        (NotImplementedError(), "are only read"),
        (ImportError("Install s3fs"), "s3://bucket needs s3fs: pip install s3fs"),
        (ConnectionError("no route\nto host"), "no route to host"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_each_failure_is_one_line(error, reason):
    said = explain("s3://bucket", error)
    assert reason in said
    assert "\n" not in said
