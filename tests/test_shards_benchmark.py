"""The benchmark of shards on few images: they are what they say, and every part has its lines."""

import sys

import numpy as np
import pytest
from benchmarks.planted import Planted
from benchmarks.planted_shards import plant_shards
from benchmarks.shard_search import measure_exact, measure_faiss, measure_index, measure_opening

from core.shards.shards import Shards

COUNT = 50


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("benchmark")
    plant_shards(made / "shards", COUNT)
    return made


def test_the_shards_hold_what_is_planted(folder):
    shards = Shards(str(folder / "shards"))
    assert (shards.n_rows, shards.n_readable, shards.making.n_shards) == (COUNT, COUNT, 13)
    blocks = list(shards.blocks())
    values = np.concatenate([block.features for block in blocks])
    np.testing.assert_array_equal(values, Planted(COUNT).all().astype(np.float16))
    assert len({one for block in blocks for one in block.ids}) == COUNT


def test_what_is_there_stays(folder):
    file = folder / "shards" / "part-00003.parquet"
    before = file.stat().st_mtime_ns
    plant_shards(folder / "shards", COUNT)
    assert file.stat().st_mtime_ns == before


def test_each_part_has_its_lines(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    opening = [row.name for row in measure_opening(folder, COUNT)]
    assert opening[0] == "opened: 50 rows read, 50 drawn"
    assert "13 thumbnails of 13 row groups, second time" in opening
    assert opening[-1] == "reduction to 256"
    exact = {row.name: row.value for row in measure_exact(folder, 30)}
    assert "prepared once: 50 x 30 float32" in exact
    assert "ms of processor" in exact["exact search, from memory"]
    for part in (measure_index, measure_faiss):
        (row,) = part(folder, 30)
        assert "not installed" in row.value


def test_with_faiss_its_figures_are_there(folder):
    pytest.importorskip("faiss", reason="FAISS is not installed: make test-faiss installs it")
    list(measure_exact(folder, 30))
    index = {row.name.strip(): row.value for row in measure_index(folder, 30)}
    assert "index of 7 lists made and measured once" in index
    assert "search by the index" in index
    names = [row.name for row in measure_faiss(folder, 30)]
    assert names[-1] == "FAISS IVF, 32 lists looked into"
