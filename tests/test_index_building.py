"""FAISS' index: what it finds, when it is of no use, and that it is whole or made anew."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("faiss", reason="FAISS is not installed: make test-faiss installs and tests it")

from core.errors import Cancelled, CoreError
from core.progress import Watch
from core.reduction import ReductionParams, reduce_features
from core.shards import folder_search, index_building, search_index
from core.shards.folder_search import open_search
from core.shards.full_search import Prepared
from core.shards.index_building import make_index
from core.shards.index_facts import IndexParams
from core.shards.search_index import open_index
from core.shards.shards import Shards
from tests.sharded import write_values

COUNT, NEAREST = 2500, 5
PARAMS = IndexParams(from_images=COUNT, goal=0.95, nearest=NEAREST, n_queries=40, seed=1)


def prepared_of(values):
    return Prepared(values, np.square(values).sum(1), np.arange(len(values)))


@pytest.fixture(scope="module")
def clustered():
    """2,500 images in 50 groups far from each other."""
    rng = np.random.default_rng(0)
    centres = rng.normal(0, 10, (50, 8))
    values = centres[rng.integers(0, 50, COUNT)] + rng.normal(0, 1, (COUNT, 8))
    return prepared_of(values.astype(np.float32))


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Three files, of which each is filled by several blocks; centroids of a sample."""
    monkeypatch.setattr(index_building, "_TRAINED_ON", 20)
    monkeypatch.setattr(search_index, "PART_ROWS", 1000)
    monkeypatch.setattr(index_building, "_BLOCK_ROWS", 300)


@pytest.fixture
def made(clustered, tmp_path):
    return make_index(clustered, tmp_path / "index", PARAMS)


def nearest_by_sorting(values, one, k):
    distances = np.sqrt(np.square(values.astype(np.float64) - one).sum(1))
    return np.lexsort((np.arange(len(values)), distances))[:k]


def test_what_it_says_it_finds_is_found_in_few_lists(clustered, made):
    facts = made.facts
    assert (facts.n_lists, len(made.parts)) == (50, 3)
    assert 1 <= facts.n_probes <= 12
    assert facts.recall >= PARAMS.goal
    values, found = clustered.values, 0
    for place in range(0, COUNT, 25):
        (near,) = made.candidates(values[place][None], NEAREST)
        expected = nearest_by_sorting(values, values[place], NEAREST + 1)
        found += len(set(expected[expected != place].tolist()) & set(near.tolist()))
    assert found / (NEAREST * COUNT / 25) == pytest.approx(facts.recall, abs=0.05)


def test_all_lists_hold_every_image(clustered, made):
    (near,) = made.candidates(np.zeros((1, 8), dtype=np.float32), COUNT, made.facts.n_lists)
    assert sorted(near.tolist()) == list(range(COUNT))


def test_at_last_as_many_lists_are_tried_as_are_worth_it(clustered, tmp_path, monkeypatch):
    """Of 50 lists a quarter are 12, between 8 and 16."""
    tried = []

    def candidates(self, ones, k, n_probes):
        tried.append(n_probes)
        return n_probes

    monkeypatch.setattr(search_index.Index, "candidates", candidates)
    monkeypatch.setattr(index_building, "measure_recall", lambda *given: float(given[-1] > 8))
    assert make_index(clustered, tmp_path / "index", PARAMS).facts.n_probes == 12
    assert tried == [1, 2, 4, 8, 12]


def test_the_same_seed_makes_the_same(clustered, made, tmp_path):
    again = make_index(clustered, tmp_path / "again", PARAMS)
    assert again.facts == made.facts
    for name in ("part-00000.faiss", "part-00002.faiss", "index.json"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "index" / name).read_bytes()
    other = make_index(clustered, tmp_path / "other", replace(PARAMS, seed=2))
    assert other.facts.parts != made.facts.parts


def test_where_few_lists_do_not_do_there_is_none_and_that_is_said(tmp_path):
    """Without any groups, in many dimensions, an image's nearest lie in all directions."""
    values = np.random.default_rng(0).standard_normal((900, 64), dtype=np.float32)
    params = replace(PARAMS, goal=0.999)
    index = make_index(prepared_of(values), tmp_path / "index", params)
    assert (index.parts, index.facts.n_probes, index.facts.parts) == ((), 0, ())
    assert index.facts.recall < 0.999
    assert [file.name for file in (tmp_path / "index").iterdir()] == ["index.json"]
    assert open_index(tmp_path / "index", (900, 64), params) == index
    assert index.facts.describe().startswith("exact: the distance to every image was taken, for ")
    assert index.facts.describe().endswith("of 40 images, less than 99.9 %")


def test_images_that_are_all_the_same_are_found(tmp_path):
    values = np.ones((400, 4), dtype=np.float32)
    index = make_index(prepared_of(values), tmp_path / "index", PARAMS)
    assert (index.facts.recall, index.facts.n_probes) == (1, 1)


def flip(file, place):
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: flip(folder / "part-00001.faiss", 200),
        lambda folder: (folder / "part-00001.faiss").write_bytes(b"short"),
        lambda folder: (folder / "part-00001.faiss").unlink(),
        lambda folder: flip(folder / "index.json", 60),
        lambda folder: (folder / "index.json").write_text("{}"),
    ],
)
def test_what_is_damaged_is_not_opened(made, tmp_path, harm):
    shape = made.facts.shape
    assert open_index(tmp_path / "index", shape, PARAMS).facts == made.facts
    harm(tmp_path / "index")
    assert open_index(tmp_path / "index", shape, PARAMS) is None


def test_what_was_made_otherwise_is_not_opened(made, tmp_path):
    assert open_index(tmp_path / "index", (COUNT, 9), PARAMS) is None
    assert open_index(tmp_path / "index", made.facts.shape, replace(PARAMS, goal=0.5)) is None
    assert open_index(tmp_path / "none", made.facts.shape, PARAMS) is None


def test_what_was_stopped_leaves_nothing(clustered, tmp_path):
    with pytest.raises(Cancelled):
        make_index(clustered, tmp_path / "index", PARAMS, Watch(lambda _: None, lambda: True))
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(clustered, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CoreError, match=r"file/index: .*Not a directory"):
        make_index(clustered, tmp_path / "file" / "index", PARAMS)


@pytest.mark.parametrize("error", [RuntimeError("bad\nwrite"), MemoryError()])
def test_what_faiss_cannot_do_is_said_in_one_line(clustered, tmp_path, monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(index_building, "_train", fail)
    with pytest.raises(CoreError, match=r"index: (bad write|memory is full)$"):
        make_index(clustered, tmp_path / "index", PARAMS)
    assert list(tmp_path.iterdir()) == []


def test_an_image_that_cannot_be_in_a_list_is_not_shown_and_the_index_made_anew(
    clustered, tmp_path
):
    """The last of a file's bytes are the number of the last image of its last list."""
    write_values(tmp_path / "shards", clustered.values, 1024)
    shards = Shards(str(tmp_path / "shards"))
    plain = reduce_features(clustered.values[:9], ReductionParams("none", None))
    asked = {"beside": tmp_path / "cache.sqlite", "params": PARAMS}
    open_search(shards, plain, **asked)
    (file,) = (tmp_path / "cache.search").rglob("part-00000.faiss")
    data = file.read_bytes()
    last = int.from_bytes(data[-8:], "little")
    assert last < 1000
    file.write_bytes(data[:-8] + (10**9).to_bytes(8, "little"))
    one = clustered.values[last]
    found = open_search(shards, plain, **asked).find(one, 3)
    assert found.rows.tolist() == nearest_by_sorting(clustered.values, one, 3).tolist()
    assert found.how.startswith("exact: the distance to every image was taken, for the index is ")
    assert open_search(shards, plain, **asked).find(one, 3).how.startswith("approximate: ")


def test_a_folder_is_searched_by_it_and_it_is_made_once(clustered, tmp_path, monkeypatch):
    write_values(tmp_path / "shards", clustered.values, 1024, broken=(7,))
    shards = Shards(str(tmp_path / "shards"))
    plain = reduce_features(clustered.values[:9], ReductionParams("none", None))
    asked = {"beside": tmp_path / "cache.sqlite", "params": replace(PARAMS, from_images=COUNT - 1)}
    first = open_search(shards, plain, **asked)
    said = first.describe(NEAREST)
    assert said.startswith("approximate: found ")
    assert said.endswith(f"of the exact {NEAREST} nearest of 40 images")
    exact = open_search(shards, plain, exact=True, **asked)
    one = clustered.values[100]
    assert first.find(one, 3).rows.tolist() == exact.find(one, 3).rows.tolist()
    monkeypatch.setattr(folder_search, "make_index", None)
    assert open_search(shards, plain, **asked).describe(NEAREST) == said
