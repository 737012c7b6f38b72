"""Which shards are whole and their folder's own: each other one is named."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sharded import RECIPE, making_of, write_folder, write_part

from core.errors import CoreError
from core.shards.inspection import inspect_shards
from core.shards.storage import Folder


def test_whole_shards_are_found_by_number(tmp_path):
    folder = write_folder(tmp_path, numbers=[2, 0])
    found = inspect_shards(folder, making_of())
    assert list(found) == [0, 2]
    assert [stamp.n_readable for stamp in found.values()] == [2, 1]


def test_a_folder_that_is_not_there_yet_has_none(tmp_path):
    assert inspect_shards(Folder(str(tmp_path / "new")), making_of()) == {}


def test_what_a_killed_writer_left_counts_for_nothing(tmp_path):
    folder = write_folder(tmp_path, numbers=[0])
    (tmp_path / ".part-00001.parquet-12ab.partial").write_bytes(b"PAR1")
    assert list(inspect_shards(folder, making_of())) == [0]


@pytest.mark.parametrize("keep", [0, 3, 500])
def test_a_half_written_shard_is_named(tmp_path, keep):
    folder = write_folder(tmp_path)
    part = tmp_path / "part-00001.parquet"
    part.write_bytes(part.read_bytes()[:keep])
    with pytest.raises(CoreError, match=r"part-00001\.parquet is half-written or damaged: delete"):
        inspect_shards(folder, making_of())


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (
            {"recipe": replace(RECIPE, fingerprint="0" * 32, weights="imagenet")},
            r"part-00001\.parquet was made by imagenet .* and its folder by embedded",
        ),
        ({"plan": "another"}, r"part-00001\.parquet was made of another list of images"),
        ({"n_images": 3}, r"part-00001\.parquet is damaged: it has 1 rows"),
    ],
)
def test_a_shard_of_another_making_is_named(tmp_path, other, reason):
    folder = write_folder(tmp_path, numbers=[0])
    write_part(folder, making_of(**other), 1)
    with pytest.raises(CoreError, match=reason):
        inspect_shards(folder, making_of())


def test_a_shard_under_another_number_is_named(tmp_path):
    folder = write_folder(tmp_path, numbers=[0])
    folder.write("part-00001.parquet", folder.read("part-00000.parquet"))
    with pytest.raises(CoreError, match=r"part-00001\.parquet is a copy of part-00000"):
        inspect_shards(folder, making_of())


def test_a_shard_too_many_is_named(tmp_path):
    folder = write_folder(tmp_path)
    folder.write("part-00009.parquet", folder.read("part-00000.parquet"))
    with pytest.raises(CoreError, match=r"part-00009\.parquet does not belong to the 3 shards"):
        inspect_shards(folder, making_of())


def test_parquet_of_others_is_named(tmp_path):

    folder = write_folder(tmp_path, numbers=[0])
    pq.write_table(pa.table({"a": [1]}), tmp_path / "part-00002.parquet")
    with pytest.raises(CoreError, match=r"part-00002\.parquet is not Groupsight's"):
        inspect_shards(folder, making_of())
