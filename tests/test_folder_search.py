"""When all images of shards are searched exactly, when by an index, and what is said of it."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.caching import turns
from core.errors import Cancelled, CoreError
from core.progress import Watch
from core.reduction import ReductionParams, reduce_features
from core.shards import folder_search
from core.shards.folder_search import FolderSearch, open_search
from core.shards.full_search import Prepared
from core.shards.index_facts import IndexFacts, IndexParams
from core.shards.search_index import Index
from core.shards.shards import Shards
from tests.sharded import making_of, write_folder

PLAIN = reduce_features(np.zeros((2, 3), dtype=np.float32), ReductionParams("none", None))
FEW = IndexParams(from_images=7, nearest=2, n_queries=3)
EXACT = "exact: the distance to every image was taken"


@pytest.fixture
def shards(tmp_path):
    """Seven images; image n lies at (n, n, n)."""
    write_folder(tmp_path / "shards", making_of(7, 2))
    return Shards(str(tmp_path / "shards"))


@pytest.fixture
def beside(tmp_path):
    return tmp_path / "cache.sqlite"


def test_from_two_million_images_on_there_is_an_index_for_the_nearest_24():
    assert IndexParams() == IndexParams(2_000_000, 0.99, 24, 100, 42)


@pytest.mark.parametrize(
    ("params", "exact"), [(IndexParams(from_images=8), False), (FEW, True), (None, False)]
)
def test_few_images_and_who_asks_for_it_are_searched_exactly(
    shards, beside, monkeypatch, params, exact
):
    monkeypatch.setattr(folder_search, "make_index", None)  # asked for, it would fail
    made = open_search(shards, PLAIN, beside=beside, exact=exact, params=params)
    assert made.describe(2) == EXACT
    assert made.find(np.full(3, 4.9, dtype=np.float32), 2).rows.tolist() == [5, 4]


def test_without_faiss_all_is_exact_and_its_install_command_is_said(shards, beside, monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    made = open_search(shards, PLAIN, beside=beside, params=FEW)
    assert made.describe(2) == (
        f"{EXACT}. `pip install -r requirements-faiss.txt` brings an index, by which 7 images are "
        "searched quicker"
    )
    assert made.find(np.full(3, 4.9, dtype=np.float32), 3).rows.tolist() == [5, 4, 6]


class Part:
    """Stands for FAISS' index of four images: it finds what it was given."""

    ntotal = 4

    def __init__(self, distances, ids):
        self.found = np.array([distances], np.float32), np.array([ids], np.int64)

    def search(self, ones, wanted, params):
        assert (wanted, params) == (2 * 4 + 32, 3)
        return self.found


@pytest.fixture
def search(monkeypatch):
    """Four images at 0, 1, 2, 3 on a line, and a function that gives an index that finds some."""
    faiss = SimpleNamespace(SearchParametersIVF=lambda nprobe: nprobe)
    monkeypatch.setitem(sys.modules, "faiss", faiss)
    values = np.arange(4, dtype=np.float32)[:, None]
    prepared = Prepared(values, values[:, 0] ** 2, np.arange(4) * 10)
    facts = IndexFacts(FEW, (4, 1), n_lists=16, n_probes=3, recall=0.99499)

    def make(*ids):
        index = Index(facts, (Part(np.zeros(len(ids)), ids),))
        return FolderSearch(prepared, index, facts.describe())

    return make


def test_candidates_are_ranked_by_their_exact_distances(search):
    found = search(3, 0, 2, -1, 0).find(np.array([0.9], dtype=np.float32), 2)
    assert found.rows.tolist() == [0, 20]  # 10 is no candidate
    np.testing.assert_allclose(found.distances, [0.9, 1.1], atol=1e-6)
    assert found.n_images == 4


def test_what_is_approximate_says_so_and_more_than_was_measured_is_exact(search):
    made = search(3, 0, 2, -1)
    assert made.describe(2) == "approximate: found 99.4 % of the exact 2 nearest of 3 images"
    assert made.describe(3) == EXACT
    assert made.find(np.zeros(1, dtype=np.float32), 2).how == made.describe(2)
    assert made.find(np.array([0.9], dtype=np.float32), 3).rows.tolist() == [10, 0, 20]
    with pytest.raises(CoreError, match="the 0 nearest images"):
        made.find(np.zeros(1, dtype=np.float32), 0)


def test_where_the_index_finds_too_few_all_are_looked_at(search):
    found = search(3, -1, -1).find(np.array([0.9], dtype=np.float32), 2)
    assert found.rows.tolist() == [10, 0]


def test_where_the_index_is_damaged_all_are_looked_at_and_it_is_given_up(search, tmp_path):
    (tmp_path / "index.json").write_bytes(b"")
    made = replace(search(3, 4), folder=tmp_path)
    found = made.find(np.array([0.9], dtype=np.float32), 2)
    assert found.rows.tolist() == [10, 0]
    assert found.how == (
        f"{EXACT}, for the index is damaged: its part 0 names images beyond its 4. The next search "
        "makes it anew"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_index_that_stays_is_told(search, tmp_path):
    (tmp_path / "index.json").mkdir()  # which cannot be removed like a file
    found = replace(search(3, 4), folder=tmp_path).find(np.zeros(1, dtype=np.float32), 2)
    assert found.rows.tolist() == [0, 10]
    assert "It cannot be removed (" in found.how
    assert found.how.endswith("`python -m core cache clear results` does that")


def test_what_faiss_refuses_is_damage(search, monkeypatch):
    def refuse(self, *_, **__):
        raise RuntimeError("Error in\n  faiss")

    made = search(3, 0)
    monkeypatch.setattr(Part, "search", refuse)
    found = made.find(np.array([0.9], dtype=np.float32), 2)
    assert found.rows.tolist() == [10, 0]
    assert "the index is damaged: Error in faiss. " in found.how


def test_where_no_index_can_be_made_all_are_looked_at_and_why_is_said(shards, beside, monkeypatch):
    def fail(*_):
        raise CoreError("the index: No space left on device")

    monkeypatch.setitem(sys.modules, "faiss", SimpleNamespace())
    monkeypatch.setattr(folder_search, "make_index", fail)
    found = open_search(shards, PLAIN, beside=beside, params=FEW).find(
        np.full(3, 4.9, dtype=np.float32), 2
    )
    assert found.rows.tolist() == [5, 4]
    assert found.how == (
        f"{EXACT}, for the index cannot be made: the index: No space left on device"
    )


def test_who_stops_the_making_of_an_index_stops_the_search(shards, beside, monkeypatch):
    def stop(*_):
        raise Cancelled("stopped")

    monkeypatch.setitem(sys.modules, "faiss", SimpleNamespace())
    monkeypatch.setattr(folder_search, "make_index", stop)
    with pytest.raises(Cancelled):
        open_search(shards, PLAIN, beside=beside, params=FEW)


def test_the_nearest_come_from_all_parts(search):
    facts = search(0).index.facts
    parts = tuple(Part(distances, ids) for distances, ids in (([1, 4], [0, 1]), ([2, 3], [3, -1])))
    (places,) = Index(facts, parts).candidates(np.zeros((1, 1), dtype=np.float32), 2)
    assert places.tolist() == [0, (1 << 20) + 3, 1]


def test_what_a_killed_search_has_left_is_removed(shards, beside):
    place = open_search(shards, PLAIN, beside=beside).prepared.values.filename.parent
    left = place.with_name(f".{place.name}-0123abcd")
    left.mkdir()
    open_search(shards, PLAIN, beside=beside)
    assert list(place.parent.iterdir()) == [place]


def test_what_two_ask_for_at_once_is_made_once(shards, beside, monkeypatch):
    monkeypatch.setattr(turns, "_PAUSE_SECONDS", 0.001)
    begun, waited, read = threading.Event(), threading.Event(), []

    def blocks(self):
        read.append(1)
        begun.set()
        assert waited.wait(10)
        return kept(self)

    kept = Shards.blocks
    monkeypatch.setattr(Shards, "blocks", blocks)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(open_search, shards, PLAIN, beside=beside)
        assert begun.wait(10)
        second = open_search(shards, PLAIN, beside=beside, watch=Watch(lambda _: waited.set()))
    np.testing.assert_array_equal(second.prepared.values, first.result().prepared.values)
    assert read == [1]
