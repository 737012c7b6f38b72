"""Shards by Ray's workers: the same as this machine makes, whatever dies meanwhile."""

import threading
from contextlib import nullcontext

import numpy as np
import pytest

pytest.importorskip("ray", reason="Ray is not installed: make test-ray installs and tests it")

import ray
from ray.cluster_utils import Cluster
from seeded import png
from sharded import write_values

from core.clusters.streaming import StreamParams
from core.engines.labelling import group_shards
from core.engines.local_engine import LocalEngine
from core.engines.ray_engine import RayEngine, RayParams
from core.engines.sharding import extract_shards
from core.errors import Cancelled, CoreError
from core.progress import Watch
from core.recipe import StudyParams
from core.shards.shards import Shards
from core.shards.storage import Folder

# Ray's own imports, subprocesses and sockets warn of themselves.
pytestmark = pytest.mark.filterwarnings("default")
N_IMAGES, ROWS = 40, 4


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Forty images of a seed each, of which number 7 is damaged."""
    folder = tmp_path_factory.mktemp("photos")
    for number in range(N_IMAGES):
        data = b"no image" if number == 7 else png(number)
        (folder / f"{number:02}.png").write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def cluster():
    """A head that does no work, and two nodes of one core each."""
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    made.workers = [made.add_node(num_cpus=1) for _ in range(2)]
    ray.init(address=made.address, log_to_driver=False, logging_level="ERROR")
    yield made
    ray.shutdown()
    made.shutdown()


def extract(photos, out, engine, watch=Watch()):  # noqa: B008 - frozen
    params = StudyParams(str(photos), weights="embedded", device="cpu", precision="fp32")
    return extract_shards(params, Folder(str(out)), engine, shard_rows=ROWS, watch=watch)


@pytest.fixture(scope="module")
def expected(photos, tmp_path_factory):
    """What this machine makes by itself."""
    out = tmp_path_factory.mktemp("local")
    extract(photos, out, LocalEngine())
    return {path.name: path.read_bytes() for path in out.glob("part*")}


def parts_of(out):
    return {path.name: path.read_bytes() for path in out.glob("part*")}


def test_two_workers_make_the_very_bytes_that_one_machine_makes(
    cluster, photos, expected, tmp_path
):
    with RayEngine(RayParams(fewest=2, most=2)) as engine:
        made = extract(photos, tmp_path, engine)
    assert (made.n_new, made.n_unreadable) == (10, 1)
    assert parts_of(tmp_path) == expected


def test_only_what_is_missing_is_made(cluster, photos, expected, tmp_path):
    def stop():
        return True

    with RayEngine(RayParams()) as engine:
        with pytest.raises(Cancelled):  # the folder is planned, and nothing is made yet
            extract(photos, tmp_path, engine, Watch(should_stop=stop))
        for name in sorted(expected)[:8]:
            (tmp_path / name).write_bytes(expected[name])
        steps = []
        assert extract(photos, tmp_path, engine, Watch(steps.append)).n_new == 2
    assert [step.done for step in steps] == [32, 36, 40]
    assert parts_of(tmp_path) == expected


def test_a_workers_own_sentence_is_what_is_raised(cluster, photos, tmp_path):
    def break_folder(step):
        (tmp_path / "out" / "part-00003.parquet").write_bytes(b"PAR1")

    with (
        RayEngine(RayParams()) as engine,
        pytest.raises(CoreError, match=r"^\S+part-00003\.parquet is half-written or damaged"),
    ):
        extract(photos, tmp_path / "out", engine, Watch(break_folder))
    assert (tmp_path / "out" / "part-00003.parquet").read_bytes() == b"PAR1"


def test_two_workers_label_shards_as_one_machine_does(cluster, tmp_path):
    values = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    found = []
    for name, engine in (("ray", RayEngine(RayParams(fewest=2, most=2))), ("here", None)):
        write_values(tmp_path / name, values, 16, broken=(0, 25))
        with engine or nullcontext(LocalEngine()) as opened:
            made = group_shards(str(tmp_path / name), StreamParams(4), opened)
        labels = tmp_path / name / "clusters-k4-seed42"
        found.append({path.name: path.read_bytes() for path in labels.iterdir()})
        assert made.n_new == 4
    assert found[0] == found[1]
    (tmp_path / "ray" / "clusters-k4-seed42" / "part-00002.parquet").unlink()
    with RayEngine(RayParams()) as engine:
        assert group_shards(str(tmp_path / "ray"), StreamParams(4), engine).n_new == 1


def test_a_node_that_dies_costs_no_image_and_doubles_none(cluster, photos, expected, tmp_path):
    killing = []

    def kill(step):
        if step.done >= 2 * ROWS and not killing:
            node = cluster.workers.pop()
            killing.append(threading.Thread(target=cluster.remove_node, args=(node, False)))
            killing[0].start()

    with RayEngine(RayParams(fewest=2, most=2)) as engine:
        made = extract(photos, tmp_path, engine, Watch(kill))
    killing[0].join()
    assert made.n_new == 10
    assert parts_of(tmp_path) == expected
    uris = [
        uri
        for _, table in Shards(str(tmp_path)).tables(("uri",))
        for uri in table.column("uri").to_pylist()
    ]
    assert uris == [str(photos / f"{number:02}.png") for number in range(N_IMAGES)]


def test_a_device_that_no_worker_has_is_told_by_the_worker(cluster):
    with RayEngine(RayParams()) as engine, pytest.raises(CoreError, match="no mps device"):
        engine.choose_device("mps", "auto")


def test_an_address_at_which_no_cluster_answers_is_refused(monkeypatch):
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    with (
        pytest.raises(CoreError, match=r"no Ray cluster at 127\.0\.0\.1:1: .*refused"),
        RayEngine(RayParams(address="127.0.0.1:1")),
    ):
        pass
