"""One shard as Parquet: its columns, its nulls, its metadata."""

import hashlib
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from sharded import RECIPE, making_of, row_of, write_part

from core.errors import CoreError
from core.shards.making import Stamp
from core.shards.shard_file import STAMP, write_shard
from core.shards.storage import Folder


@pytest.fixture
def folder(tmp_path):
    return Folder(str(tmp_path))


def test_any_reader_of_parquet_finds_the_rows(folder, tmp_path):
    write_part(folder, making_of(), 1, broken=[3])
    rows = pq.read_table(tmp_path / "part-00001.parquet").to_pylist()
    assert rows == [
        {"id": "id2", "uri": "2.png", "label": None, "width": 2, "height": 9,
         "features": [2.0, 2.0, 2.0], "thumbnail": b"jpeg 2", "problem": None},
        {"id": None, "uri": "3.png", "label": "odd", "width": 0, "height": 0,
         "features": None, "thumbnail": None, "problem": "no such file"},
    ]  # fmt: skip


def test_the_metadata_tells_what_made_it(folder, tmp_path):
    written = write_part(folder, making_of(), 1, broken=[3])
    metadata = pq.read_metadata(tmp_path / "part-00001.parquet").metadata
    content = hashlib.sha256(b"id2\n" + np.full(3, 2, np.float32).tobytes() + b"None\n")
    expected = Stamp(1, 1, "list", RECIPE, content=content.hexdigest())
    assert Stamp.parse(metadata[STAMP], "here") == written == expected


def test_half_floats_stay_half_floats(folder, tmp_path):
    making = making_of(1, recipe=replace(RECIPE, precision="bf16"))
    write_shard(folder, making, 0, [row_of(7, dtype=np.float16)])
    column = pq.read_table(tmp_path / "part-00000.parquet").column("features")
    assert str(column.type) == "large_list<element: halffloat>"
    assert column.to_pylist() == [[7.0, 7.0, 7.0]]


def test_a_shard_of_nothing_but_failures_is_written(folder, tmp_path):
    assert write_part(folder, making_of(), 0, broken=[0, 1]).n_readable == 0
    assert pq.read_table(tmp_path / "part-00000.parquet").column("features").null_count == 2


def test_a_shard_of_the_wrong_length_is_a_mistake(folder):
    with pytest.raises(ValueError, match="1 rows for a shard of 2"):
        write_shard(folder, making_of(), 0, [row_of(0)])
    assert folder.names() == []


def test_an_address_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CoreError, match=r"file/part-00000\.parquet cannot be written"):
        write_part(Folder(str(tmp_path / "file")), making_of(), 0)
