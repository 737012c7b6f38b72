"""The bytes of an image from where shards say it lies, or why there are none."""

import fsspec
import pytest

from core.pictures.decoding import ImageProblem
from core.sources import EVERYWHERE, Roots
from core.sources.originals import read_original


@pytest.fixture
def bucket():
    fsspec.filesystem("memory").pipe_file("/originals/a.png", b"bytes")
    return "memory://originals"


def test_a_file_by_its_path_and_by_its_address(tmp_path):
    (tmp_path / "a b.png").write_bytes(b"bytes")
    for uri in (f"{tmp_path}/a b.png", f"file://{tmp_path}/a b.png"):
        assert read_original(uri, EVERYWHERE) == b"bytes"
        assert read_original(uri, Roots.below([tmp_path])) == b"bytes"
        with pytest.raises(ImageProblem, match="lies outside"):
            read_original(uri, Roots.below([tmp_path / "elsewhere"]))


def test_an_address_that_was_named(bucket):
    for roots in (EVERYWHERE, Roots.below([bucket]), Roots.below([f"{bucket}/"])):
        assert read_original(f"{bucket}/a.png", roots) == b"bytes"


@pytest.mark.parametrize(
    "uri", ["memory://originals2/a.png", "memory://other", "http://10.0.0.1/", "memory://a/../x"]
)
def test_an_address_that_was_not_named(bucket, uri):
    with pytest.raises(ImageProblem, match="start it with --root"):
        read_original(uri, Roots.below([bucket]))


def test_a_chain_of_addresses_is_never_followed(tmp_path):
    (tmp_path / "a").write_bytes(b"private")
    with pytest.raises(ImageProblem):
        read_original(f"simplecache::file://{tmp_path}/a", EVERYWHERE)
    with pytest.raises(ImageProblem):
        read_original(f"zip://x::file://{tmp_path}/a", EVERYWHERE)


def test_what_is_not_there_is_said(bucket, tmp_path):
    with pytest.raises(ImageProblem, match=r"gone\.png cannot be read: there is nothing"):
        read_original(f"{bucket}/gone.png", EVERYWHERE)
    with pytest.raises(ImageProblem, match="no such file"):
        read_original(f"{tmp_path}/gone.png", EVERYWHERE)
