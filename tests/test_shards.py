"""A folder of shards, read: in blocks, row by row, and counted without being read."""

import pickle

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sharded import making_of, write_folder, write_part

from core.errors import CoreError
from core.shards import shard_file, shards
from core.shards.shards import Shards


@pytest.fixture
def opened(tmp_path):
    """Images 0 to 4, of which 1 could not be read, in twos."""
    write_folder(tmp_path, broken=[1])
    return Shards(str(tmp_path))


def test_blocks_hold_the_readable_images_in_their_order(opened):
    blocks = list(opened.blocks())
    assert [block.rows.tolist() for block in blocks] == [[0], [2, 3], [4]]
    assert [block.ids for block in blocks] == [("id0",), ("id2", "id3"), ("id4",)]
    assert blocks[1].features.tolist() == [[2, 2, 2], [3, 3, 3]]
    assert blocks[1].features.dtype == np.float32


def rewrite_features(file, features):
    table = pq.read_table(file)
    at = table.schema.get_field_index("features")
    field = table.schema.field(at).with_type(features.type)
    pq.write_table(table.set_column(at, field, features), file)


def test_features_of_another_length_are_refused(opened, tmp_path):
    shorter = pa.array([[2.0, 2.0, 2.0], [3.0, 3.0]], pa.large_list(pa.float32()))
    rewrite_features(tmp_path / "part-00001.parquet", shorter)
    told = "part-00001.parquet is damaged: it has 5 values of 2 images, expected are 3 each"
    with pytest.raises(CoreError, match=told):
        list(opened.blocks([1]))


def test_shards_of_the_format_before_are_read(tmp_path):
    write_folder(tmp_path)
    fixed = pa.array([[4.0, 4.0, 5.0]], pa.list_(pa.float32(), 3))
    rewrite_features(tmp_path / "part-00002.parquet", fixed)
    blocks = list(Shards(str(tmp_path)).blocks())
    assert blocks[2].features.tolist() == [[4, 4, 5]]
    rewrite_features(
        tmp_path / "part-00002.parquet", pa.array([[4.0, 4.0]], pa.list_(pa.float32(), 2))
    )
    with pytest.raises(
        CoreError, match=r"features \(fixed_size_list<.*>\[2\]\).* expected are 1 r"
    ):
        Shards(str(tmp_path))


def test_blocks_of_some_shards_alone(opened):
    assert [block.ids for block in opened.blocks([2])] == [("id4",)]


def test_they_can_be_sent_to_another_process_and_are_not_checked_again(opened, monkeypatch):
    monkeypatch.setattr(shards, "inspect_shards", None)
    sent = pickle.loads(pickle.dumps(opened))  # noqa: S301 - our own
    assert [block.ids for block in sent.blocks()] == [block.ids for block in opened.blocks()]
    assert sent.thumbnail(3) == b"jpeg 3"


def test_a_row_group_without_a_readable_image_is_an_empty_block(tmp_path):
    write_folder(tmp_path, making_of(1), broken=[0])
    [block] = Shards(str(tmp_path)).blocks()
    assert (block.ids, block.features.shape) == ((), (0, 3))


def test_memory_is_bounded_by_a_row_group(tmp_path, monkeypatch):
    monkeypatch.setattr(shard_file, "ROW_GROUP", 2)
    monkeypatch.setattr(shards, "ROW_GROUP", 2)
    write_folder(tmp_path, making_of(10, 5), broken=[7])
    opened = Shards(str(tmp_path))
    blocks = [block.rows.tolist() for block in opened.blocks()]
    assert blocks == [[0, 1], [2, 3], [4], [5, 6], [8], [9]]
    assert opened.take([8, 3, 4]).column("id").to_pylist() == ["id8", "id3", "id4"]


def test_rows_come_in_the_order_asked_for(opened):
    rows = opened.take([4, 1, 4]).to_pylist()
    assert [row["uri"] for row in rows] == ["4.png", "1.png", "4.png"]
    assert rows[1] == {"id": None, "uri": "1.png", "label": "odd", "width": 0, "height": 0,
                       "problem": "no such file"}  # fmt: skip
    assert opened.take([3], ("features",)).to_pylist() == [{"features": [3.0, 3.0, 3.0]}]
    assert opened.take([]).num_rows == 0


def test_a_thumbnail_is_there_where_the_image_was(opened):
    assert opened.thumbnail(3) == b"jpeg 3"
    assert opened.thumbnail(1) is None


@pytest.mark.parametrize("row", [-1, 5])
def test_a_row_that_is_not_there_is_a_mistake(opened, row):
    with pytest.raises(IndexError, match=f"row {row} of 5"):
        opened.take([row])


def test_columns_of_all_rows_come_with_their_first_row(opened):
    found = [(first, table.column("uri").to_pylist()) for first, table in opened.tables(("uri",))]
    assert found == [(0, ["0.png", "1.png"]), (2, ["2.png", "3.png"]), (4, ["4.png"])]


def test_counts_need_no_reading(opened, monkeypatch):
    monkeypatch.setattr(opened, "_opened", None)
    assert (opened.n_rows, opened.n_readable, opened.missing) == (5, 4, ())


def test_memory_addresses_are_read_alike(tmp_path):
    uri = f"memory://{tmp_path.name}"
    write_folder(uri)
    assert [block.ids for block in Shards(uri).blocks([1])] == [("id2", "id3")]


def test_an_unfinished_folder_is_refused_unless_it_is_wanted(tmp_path):
    write_folder(tmp_path, numbers=[0, 2])
    with pytest.raises(CoreError, match="lacks 1 of its 3 shards: extract again"):
        Shards(str(tmp_path))
    opened = Shards(str(tmp_path), allow_missing=True)
    assert (opened.n_rows, opened.missing) == (3, (1,))
    assert opened.thumbnail(4) == b"jpeg 4"
    with pytest.raises(CoreError, match=r"part-00001\.parquet is not there yet"):
        opened.thumbnail(2)


def test_a_folder_without_a_single_shard_is_refused(tmp_path):
    write_folder(tmp_path, numbers=[])
    with pytest.raises(CoreError, match="lacks 3 of its 3 shards"):
        Shards(str(tmp_path), allow_missing=True)


def test_what_a_disk_has_damaged_is_found(tmp_path):
    making = making_of(1, dimension=64)
    folder = write_folder(tmp_path, making, numbers=[])
    write_part(folder, making, 0)
    part = tmp_path / "part-00000.parquet"
    data = part.read_bytes()
    at = data.index(np.zeros(64, np.float32).tobytes()) + 9
    part.write_bytes(data[:at] + b"\x01" + data[at + 1 :])
    with pytest.raises(CoreError, match=r"part-00000\.parquet is damaged or cannot be read"):
        list(Shards(str(tmp_path)).blocks())
