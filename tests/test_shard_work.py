"""One shard's work: not done twice, and only by workers of the same version."""

from dataclasses import replace
from pathlib import Path

import pytest
from sharded import making_of, write_part

from core.device import Device
from core.engines.shard_work import ShardWorker, WorkParams, load_network
from core.errors import CoreError
from core.network.download import file_digest
from core.network.layers import Cut
from core.network.pretrained import find_weights
from core.network.transforms import Transform
from core.recipe import CODE_VERSION, Recipe
from core.reduction import ReductionParams
from core.shards.planning import Task
from core.shards.storage import Folder
from core.sources import Entry
from core.sources.files import FileSource

RECIPE = Recipe(
    find_weights("embedded", digest=file_digest),
    Cut("conv3"),
    Transform("embedded", 64),
    Device("cpu", "fp32"),
    ReductionParams(),
)
GONE = FileSource("gone", [Entry("a", file=Path("/no/a.png")), Entry("b", file=Path("/no/b.png"))])


def work(tmp_path, making):
    return WorkParams(Folder(str(tmp_path)), making, RECIPE, None, readers=1)


@pytest.fixture(scope="module")
def network():
    return load_network(RECIPE)


def test_a_shard_that_is_there_is_taken_as_it_is(tmp_path, network):
    making = making_of()
    written = write_part(Folder(str(tmp_path)), making, 1)
    worker = ShardWorker(work(tmp_path, making), network)
    assert worker.make(Task(1, GONE)) == written


def test_a_half_written_shard_is_not_written_over(tmp_path, network):
    (tmp_path / "part-00001.parquet").write_bytes(b"PAR1")
    worker = ShardWorker(work(tmp_path, making_of()), network)
    with pytest.raises(CoreError, match="half-written"):
        worker.make(Task(1, GONE))
    assert (tmp_path / "part-00001.parquet").read_bytes() == b"PAR1"


def test_files_that_are_gone_are_rows_of_their_own(tmp_path, network):
    stamp = ShardWorker(work(tmp_path, making_of(dimension=256)), network).make(Task(1, GONE))
    assert (stamp.number, stamp.n_readable) == (1, 0)


def test_a_worker_of_another_version_refuses(tmp_path, network):
    making = making_of()
    other = replace(making, recipe=replace(making.recipe, code=CODE_VERSION + 1))
    with pytest.raises(CoreError, match="install the same on every node"):
        ShardWorker(work(tmp_path, other), network)
