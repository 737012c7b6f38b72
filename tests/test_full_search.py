"""Search over all images of shards: exact, whoever is in the sample; made once, whole or not."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import Cancelled, CoreError
from core.progress import Watch
from core.reduction import ReductionParams, reduce_features
from core.shards import full_search, shard_file
from core.shards.full_search import Prepared, place_of
from core.shards.shards import Shards
from tests.sharded import making_of, write_folder, write_values

PLAIN = reduce_features(np.zeros((2, 3), dtype=np.float32), ReductionParams("none", None))


def prepare(shards, reduction, *, beside, **kwargs):
    """As a search does it, in the files beside a cache."""
    place = place_of(shards, reduction, beside=beside)
    return full_search.prepare(shards, reduction, place=place, **kwargs)


@pytest.fixture
def shards(tmp_path):
    """Seven images in shards of two; image 4 could not be read. Image n lies at (n, n, n)."""
    write_folder(tmp_path / "shards", making_of(7, 2), broken={4})
    return Shards(str(tmp_path / "shards"))


@pytest.fixture
def beside(tmp_path):
    return tmp_path / "cache.sqlite"


def test_the_nearest_of_all_by_hand(shards, beside):
    found = prepare(shards, PLAIN, beside=beside).find(np.full(3, 4.9, dtype=np.float32), 3)
    assert found.rows.tolist() == [5, 6, 3]
    np.testing.assert_allclose(found.distances, np.sqrt(3) * np.array([0.1, 1.1, 1.9]), atol=1e-5)
    assert found.n_images == 6


def test_more_than_there_are_and_less_than_one(shards, beside):
    made = prepare(shards, PLAIN, beside=beside)
    assert made.find(np.zeros(3, dtype=np.float32), 50).rows.tolist() == [0, 1, 2, 3, 5, 6]
    with pytest.raises(CoreError, match="the 0 nearest images"):
        made.find(np.zeros(3, dtype=np.float32), 0)


def test_blocks_find_what_one_sort_finds(monkeypatch):
    monkeypatch.setattr(full_search, "_BLOCK_ROWS", 64)
    rng = np.random.default_rng(0)
    values = rng.standard_normal((1000, 8), dtype=np.float32)
    values[500:510] = values[3]  # copies: the lower row first
    made = Prepared(values, np.square(values).sum(1), np.arange(1000) * 2)
    found = made.find(values[3], 15)
    distances = np.sqrt(np.square(values.astype(np.float64) - values[3]).sum(1))
    expected = np.lexsort((np.arange(1000), distances))[:15]
    assert found.rows.tolist() == (expected * 2).tolist()
    np.testing.assert_allclose(found.distances, distances[expected], rtol=1e-6)
    assert found.distances[:11].tolist() == [0.0] * 11


def test_features_are_prepared_as_those_of_the_sample_were(shards, beside):
    sample = np.array([[0, 0, 0], [2, 2, 2], [6, 6, 6], [3, 4, 0]], dtype=np.float32)
    reduction = reduce_features(sample, ReductionParams("l2", 2))
    made = prepare(shards, reduction, beside=beside)
    of_three = reduction.apply(np.full((1, 3), 3, dtype=np.float32))
    np.testing.assert_allclose(made.values[3], of_three[0], atol=1e-6)
    assert made.values.shape == (6, 2)


def test_it_is_made_once_and_again_where_it_is_damaged(shards, beside, monkeypatch):
    first = prepare(shards, PLAIN, beside=beside)
    kept = Shards.blocks
    monkeypatch.setattr(Shards, "blocks", None)
    np.testing.assert_array_equal(prepare(shards, PLAIN, beside=beside).values, first.values)
    (folder,) = (beside.parent / "cache.search").iterdir()
    (folder / "squares.npy").write_bytes(b"short")
    monkeypatch.setattr(Shards, "blocks", kept)
    np.testing.assert_array_equal(prepare(shards, PLAIN, beside=beside).rows, first.rows)


@pytest.mark.parametrize("told", [True, False])
def test_shards_that_were_extracted_anew_are_read_anew(tmp_path, beside, monkeypatch, told):
    """As many images of the same names at the same address; shards of before tell no content."""
    if not told:
        monkeypatch.setattr(shard_file, "_digest", lambda *_: None)
    place = tmp_path / "shards"
    for shift in (0, 10):
        values = np.repeat(np.arange(6, dtype=np.float32)[:, None], 3, axis=1)
        values[4] += shift  # of one image alone
        write_values(place, values, 2)
        made = prepare(Shards(str(place)), PLAIN, beside=beside)
        assert made.values[4].tolist() == [4 + shift] * 3
    again = prepare(Shards(str(place)), PLAIN, beside=beside)
    np.testing.assert_array_equal(again.values, values)
    assert len(list((tmp_path / "cache.search").iterdir())) == 2


@pytest.mark.parametrize("when", ["before", "while"])
def test_shards_that_change_after_they_were_opened_are_not_kept_as_those(
    tmp_path, beside, monkeypatch, when
):
    def change():
        write_values(tmp_path / "shards", values + 1, 2)

    def blocks(self):
        yield from kept(self)
        change()

    values, kept = np.ones((6, 3), dtype=np.float32), Shards.blocks
    write_values(tmp_path / "shards", values, 2)
    opened = Shards(str(tmp_path / "shards"))
    if when == "before":
        change()
        monkeypatch.setattr(Shards, "blocks", None)  # nothing is read
    else:
        monkeypatch.setattr(Shards, "blocks", blocks)
    with pytest.raises(CoreError, match=r"shards were extracted anew since they were opened: open"):
        prepare(opened, PLAIN, beside=beside)
    assert list((tmp_path / "cache.search").glob("*")) == []


def test_what_was_moved_with_its_times_lost_is_still_the_same(shards, tmp_path):
    copied = tmp_path / "copied"
    copied.mkdir()
    for file in (tmp_path / "shards").iterdir():
        (copied / file.name).write_bytes(file.read_bytes())
    assert Shards(str(copied)).content == shards.content


def test_features_that_are_no_numbers_are_named(tmp_path, beside):
    values = np.ones((4, 3), dtype=np.float32)
    values[2, 1] = np.nan
    write_values(tmp_path / "odd", values, 2)
    with pytest.raises(CoreError, match="odd is damaged: it holds features that are not finite"):
        prepare(Shards(str(tmp_path / "odd")), PLAIN, beside=beside)
    assert list((tmp_path / "cache.search").iterdir()) == []


def test_what_was_stopped_leaves_nothing(shards, beside):
    with pytest.raises(Cancelled):
        prepare(shards, PLAIN, beside=beside, watch=Watch(lambda _: None, lambda: True))
    assert list((beside.parent / "cache.search").iterdir()) == []


def test_the_disk_is_not_filled(shards, beside):
    for shift in range(4):
        other = replace(PLAIN, normalize="none", mean=np.full(3, shift, dtype=np.float32),
                        components=np.eye(3, dtype=np.float32))  # fmt: skip
        prepare(shards, other, beside=beside)
    assert len(list((beside.parent / "cache.search").iterdir())) == 2


def test_a_place_that_cannot_be_written_is_named(shards, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(CoreError, match="cannot write"):
        prepare(shards, PLAIN, beside=tmp_path / "file" / "cache.sqlite")
