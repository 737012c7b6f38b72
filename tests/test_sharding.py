"""From images to shards on this machine: complete, resumable, and as the cache has them."""

from dataclasses import replace

import numpy as np
import pytest
from seeded import png

from core.cache import Cache
from core.engines.local_engine import LocalEngine
from core.engines.sharding import extract_shards, open_engine
from core.errors import Cancelled, CoreError
from core.images import identify
from core.progress import Watch
from core.recipe import StudyParams
from core.shards.shards import ROW_COLUMNS, Shards
from core.shards.storage import Folder
from core.sources.remote import RemoteSource, Unreachable
from core.study import open_study


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Four images in two labelled folders, one of them twice, and one that is none."""
    folder = tmp_path_factory.mktemp("photos")
    for name, data in {
        "a/1.png": png(1),
        "a/2.png": png(2),
        "b/3.png": b"no image",
        "b/4.png": png(1),
        "b/5.png": png(5),
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def asked(photos):
    return StudyParams(str(photos), weights="embedded", device="cpu", precision="fp32")


def extract(photos, out, **options):
    options = {"shard_rows": 2, **options}
    return extract_shards(asked(photos), Folder(str(out)), LocalEngine(), **options)


@pytest.fixture(scope="module")
def finished(photos, tmp_path_factory):
    """A folder of three shards, and what was said of it."""
    out = tmp_path_factory.mktemp("shards") / "out"
    return out, extract(photos, out)


def test_every_image_is_a_row_in_the_order_of_the_source(finished, photos):
    out, made = finished
    rows = [row for _, table in Shards(str(out)).tables(ROW_COLUMNS) for row in table.to_pylist()]
    assert [row["uri"] for row in rows] == [
        str(photos / name) for name in ("a/1.png", "a/2.png", "b/3.png", "b/4.png", "b/5.png")
    ]
    assert [row["label"] for row in rows] == ["a", "a", "b", "b", "b"]
    assert [row["id"] for row in rows] == [
        identify(data) for data in (png(1), png(2), b"no image", png(1), png(5))
    ]
    assert [row["width"] for row in rows] == [64, 64, 0, 64, 64]
    assert rows[2]["problem"].startswith("not an image: begins with b'no image'")
    assert (made.n_new, made.n_unreadable, made.making.n_images) == (3, 1, 5)


def test_the_features_are_those_that_the_cache_would_hold(finished, photos, tmp_path):
    out, made = finished
    with Cache(tmp_path / "cache.sqlite") as cache:
        study = open_study(asked(photos), cache)
        study.extract()
        ids = study.images.ids
        expected = cache.features(
            study.recipe.fingerprint, ids, dtype=np.float32, n_features=made.making.dimension
        )
        thumbnails = cache.thumbnails(ids)
    shards = Shards(str(out))
    assert shards.making.recipe.fingerprint == study.recipe.fingerprint
    for block in shards.blocks():
        for row, image_id, vector in zip(block.rows, block.ids, block.features, strict=True):
            # Other images went through the network beside it.
            np.testing.assert_allclose(vector, expected[ids.index(image_id)], rtol=1e-4, atol=1e-6)
            assert shards.thumbnail(int(row)) == thumbnails[image_id]


def test_a_finished_folder_is_not_touched_again(finished, photos, monkeypatch):
    out, _ = finished
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    monkeypatch.setattr(LocalEngine, "make", None)
    again = extract(photos, out)
    assert (again.n_new, again.n_unreadable) == (0, 1)
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == before


def test_what_was_stopped_goes_on_where_it_was(finished, photos, tmp_path):
    out, steps = tmp_path / "out", []

    def stop():
        return steps[-1].done == 2

    with pytest.raises(Cancelled):
        extract(photos, out, watch=Watch(steps.append, stop))
    assert [path.name for path in sorted(out.glob("part*"))] == ["part-00000.parquet"]
    steps.clear()
    assert extract(photos, out, watch=Watch(steps.append)).n_new == 2
    assert [step.done for step in steps] == [2, 4, 5]
    whole, _ = finished
    for path in sorted(whole.glob("part*")):
        assert (out / path.name).read_bytes() == path.read_bytes()


def test_partial_files_of_the_killed_are_cleared_at_the_end(photos, tmp_path):
    (tmp_path / ".part-00000.parquet-12ab.partial").write_bytes(b"PAR1")
    extract(photos, tmp_path, shard_rows=5)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "groupsight.json",
        "part-00000.parquet",
    ]


def test_a_folder_of_other_weights_is_left_alone(finished, photos):
    out, _ = finished
    params = replace(asked(photos), layer="conv4")
    with pytest.raises(CoreError, match=r"was made by .* conv5 1x1.* and asked for is .* conv4"):
        extract_shards(params, Folder(str(out)), LocalEngine())


@pytest.fixture
def unreachable(tmp_path, monkeypatch):
    """A manifest of two images at an address that gives those of some names, and no others."""

    def opened(*names):
        def read(self, position):
            entry = self.entries[position]
            if entry.path.rpartition("/")[2] in names:
                return png(1)
            raise Unreachable("cannot be read: timed out")

        monkeypatch.setattr(RemoteSource, "read", read)
        manifest = tmp_path / "list.csv"
        manifest.write_text("url\nmemory://x/1.png\nmemory://x/2.png\n", encoding="utf-8")
        return manifest

    return opened


def test_an_image_that_could_not_be_had_is_a_row_with_its_reason(unreachable, tmp_path):
    extract(unreachable("1.png"), tmp_path / "out")
    [(_, table)] = Shards(str(tmp_path / "out")).tables(("id", "uri", "problem"))
    assert table.to_pylist() == [
        {"id": identify(png(1)), "uri": "memory://x/1.png", "problem": None},
        {"id": None, "uri": "memory://x/2.png", "problem": "cannot be read: timed out"},
    ]


def test_an_address_that_is_down_makes_no_shard_of_failures(unreachable, tmp_path):
    reason = r"none of 2 images could be had: memory://x/1\.png cannot be read: timed out"
    with pytest.raises(CoreError, match=reason):
        extract(unreachable(), tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["groupsight.json"]


def test_without_parameters_of_ray_the_engine_is_this_machine():
    with open_engine(None) as engine:
        assert isinstance(engine, LocalEngine)
