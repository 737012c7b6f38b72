"""Images and shards in buckets, as far as a server that behaves like S3's can show."""

import pytest

pytest.importorskip("s3fs", reason="s3fs is not installed: make test-ray installs and tests it")
pytest.importorskip("moto", reason="moto is not installed: make test-ray installs it")

import boto3
import s3fs
from moto.server import ThreadedMotoServer
from seeded import png

from core.engines.local_engine import LocalEngine
from core.engines.sharding import extract_shards
from core.errors import CoreError
from core.recipe import StudyParams
from core.shards.shards import Shards
from core.shards.storage import Folder
from core.sources.remote import open_remote

# botocore and moto warn of themselves.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def buckets():
    """`photos` with three images in two folders, and the empty `out`."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "x")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        client = boto3.client("s3")
        for bucket in ("photos", "out"):
            client.create_bucket(Bucket=bucket)
        for number, name in enumerate(("a/1.png", "a/2.png", "b/3.png")):
            client.put_object(Bucket="photos", Key=f"set/{name}", Body=png(number))
        yield client
    server.stop()
    s3fs.S3FileSystem.clear_instance_cache()


def extract(source, out):
    params = StudyParams(source, weights="embedded", device="cpu", precision="fp32")
    return extract_shards(params, Folder(out), LocalEngine(), shard_rows=2)


def test_shards_are_made_of_a_bucket_in_a_bucket(buckets):
    made = extract("s3://photos/set", "s3://out/shards")
    assert (made.n_new, made.n_unreadable) == (2, 0)
    keys = [one["Key"] for one in buckets.list_objects_v2(Bucket="out")["Contents"]]
    assert keys == [
        f"shards/{name}" for name in ("groupsight.json", "part-00000.parquet", "part-00001.parquet")
    ]
    shards = Shards("s3://out/shards")
    rows = shards.take([0, 2], ("uri", "label")).to_pylist()
    assert rows == [
        {"uri": "s3://photos/set/a/1.png", "label": "a"},
        {"uri": "s3://photos/set/b/3.png", "label": "b"},
    ]
    assert [block.features.shape for block in shards.blocks()] == [(2, 512), (1, 512)]
    assert extract("s3://photos/set", "s3://out/shards").n_new == 0


def test_an_empty_bucket_is_refused(buckets):
    buckets.create_bucket(Bucket="empty")
    with pytest.raises(CoreError, match="no images in s3://empty: it is empty"):
        open_remote("s3://empty")


def test_a_bucket_that_is_not_there_is_refused_and_not_made(buckets):
    with pytest.raises(CoreError, match="s3://nowhere/x cannot be read: there is nothing"):
        open_remote("s3://nowhere/x")
    with pytest.raises(CoreError, match="cannot be written: there is no such bucket"):
        Folder("s3://nowhere/x").write("one", b"1")
    assert "nowhere" not in {one["Name"] for one in buckets.list_buckets()["Buckets"]}


def test_missing_credentials_are_told(buckets, monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    s3fs.S3FileSystem.clear_instance_cache()
    with pytest.raises(CoreError, match="s3://photos/set cannot be read: no valid credentials"):
        open_remote("s3://photos/set")
    s3fs.S3FileSystem.clear_instance_cache()
