"""A folder of shards opened like a folder of images: what it holds, and what it refuses."""

import hashlib
from dataclasses import replace
from pathlib import Path

import fsspec
import numpy as np
import pytest

from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.errors import CoreError
from core.extraction import Extraction
from core.pictures.decoding import ImageProblem
from core.recipe import StudyParams
from core.shards.making import ShardRecipe
from core.sources import Roots, open_source
from core.study import open_study
from tests.shard_copies import write_copy

QUICK = {"weights": "embedded", "device": "cpu", "precision": "fp32"}
COLORS = {"red": (200, 0, 0), "dark": (90, 0, 0), "blue": (0, 0, 200), "sea": (0, 60, 200)}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Images in two folders, a copy and a damaged file among them; extracted, and in shards."""
    from PIL import Image  # noqa: PLC0415

    place = tmp_path_factory.mktemp("house")
    for name, color in COLORS.items():
        folder = place / "photos" / ("warm" if color[0] else "cold")
        folder.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (60, 40), color).save(folder / f"{name}.png")
    (place / "photos" / "warm" / "copy.png").write_bytes(
        (place / "photos" / "warm" / "red.png").read_bytes()
    )
    (place / "photos" / "cold" / "broken.png").write_bytes(b"no image")
    with Cache(place / "first.sqlite") as cache:
        study = open_study(StudyParams(str(place / "photos"), **QUICK), cache)
        study.extract()
        write_copy(study, place / "shards", shard_rows=4)
        yield place, study


@pytest.fixture
def opened(house, cache):
    """The shards, opened with a cache that knows nothing, and their features taken over."""
    study = open_study(StudyParams(f"parquet:{house[0] / 'shards'}"), cache)
    study.extract()
    return study


def no_network(self):
    raise AssertionError("no network is needed")


def test_it_is_the_study_of_the_images_without_a_network(house, cache, monkeypatch):
    monkeypatch.setattr(Extraction, "_extractor", no_network)
    study = open_study(StudyParams(f"parquet:{house[0] / 'shards'}"), cache)
    study.extract()
    first = house[1]
    assert study.images.records == first.images.records
    assert study.recipe == replace(first.recipe, weights=study.recipe.weights)
    assert study.recipe.weights.sha256 == first.recipe.weights.sha256
    np.testing.assert_array_equal(study.reduction.values, first.reduction.values)
    params = KMeansParams(2)
    np.testing.assert_array_equal(study.clusters(params), first.clusters(params))
    assert study.labels == ["cold", "cold", "warm", "warm", "warm"]
    assert [one.path for one in study.images.problems] == ["cold/broken.png"]


def test_the_folder_is_left_as_it_is(house, cache):
    def state():
        files = sorted((house[0] / "shards").iterdir())
        return [(one.name, hashlib.sha256(one.read_bytes()).hexdigest()) for one in files]

    before = state()
    study = open_study(StudyParams(f"parquet:{house[0] / 'shards'}"), cache)
    study.extract()
    study.thumbnails(study.images.ids)
    assert state() == before


def test_thumbnails_come_from_the_shards_once_with_their_neighbours(opened, house, cache):
    ids = opened.images.ids
    wanted = house[1].cache.thumbnails(ids)
    assert cache.thumbnails(ids) == {}
    in_group = [one.id for one in opened.images.records[:4] if one.problem is None]
    first = in_group[1]
    assert opened.thumbnails([first]) == {first: wanted[first]}
    assert set(cache.thumbnails(ids)) == set(in_group)
    opened.source.shards.take = no_network  # what is known is not asked for again
    assert opened.thumbnails([first]) == {first: wanted[first]}


def test_a_thumbnail_that_is_known_is_not_replaced(opened, cache):
    one, two = opened.images.ids[:2]
    seen = cache.seen([one], decoder="any")[one]
    cache.remember_images({one: replace(seen, thumbnail=b"mine")})
    assert opened.thumbnails([two, one])[one] == b"mine"
    assert cache.thumbnail(one) == b"mine"


def test_an_image_is_read_from_where_it_lay(opened, house):
    image = opened.images.by_id[opened.images.ids[0]][0]
    assert opened.read(image.id) == (house[0] / "photos" / image.path).read_bytes()


def test_what_lies_outside_of_the_roots_is_not_read_in_full(house, cache):
    roots = Roots.below([house[0] / "shards"])
    study = open_study(StudyParams(f"parquet:{house[0] / 'shards'}"), cache, roots=roots)
    study.extract()
    one = study.images.ids[0]
    with pytest.raises(ImageProblem, match="lies outside"):
        study.read(one)
    assert study.thumbnails([one])[one].startswith(b"\xff\xd8")
    with pytest.raises(CoreError, match="outside of what this server may open"):
        open_source(f"parquet:{house[0] / 'photos'}", roots=roots)


def test_other_bytes_than_those_of_the_shards_are_not_shown(house, cache, tmp_path):
    copy = write_copy(house[1], tmp_path / "shards", base=str(tmp_path / "moved"))
    (tmp_path / "moved" / "cold").mkdir(parents=True)
    (tmp_path / "moved" / "cold" / "blue.png").write_bytes(b"private")
    study = open_study(StudyParams(f"parquet:{copy.uri}"), cache)
    blue = next(one for one in study.images.records if one.path == "cold/blue.png")
    with pytest.raises(ImageProblem, match="changed"):
        study.read(blue.id)


def test_labels_can_be_left_out(house):
    source = open_source(f"parquet:{house[0] / 'shards'}", labels=False)
    assert {one.label for one in source.entries} == {None}


def test_a_folder_with_more_images_is_drawn_from(house, cache):
    name = f"parquet:{house[0] / 'shards'}"
    study = open_study(StudyParams(name, sample=3, seed=7), cache)
    drawn = np.sort(np.random.default_rng(7).choice(6, 3, replace=False, shuffle=False))
    all_paths = [one.path for one in house[1].images.records]
    assert [one.path for one in study.images.records] == [all_paths[at] for at in drawn]
    study.extract()
    assert study.missing() == []
    assert study.describe()["sample"] == "3 of 6 images, drawn with seed 7"
    assert set(study.thumbnails(study.images.ids)) == set(study.images.ids)
    drawings = [open_source(name, sample=3, seed=seed).rows.tolist() for seed in (7, 7, 8)]
    assert drawings[0] == drawings[1] != drawings[2]


def test_as_many_as_there_are_is_no_sample(opened, house):
    assert opened.source.sample == ""
    assert "sample" not in opened.describe()
    assert open_source(f"parquet:{house[0] / 'shards'}", sample=6).sample == ""


def test_what_was_taken_over_is_not_read_again(house, cache, monkeypatch):
    name = f"parquet:{house[0] / 'shards'}"
    study = open_study(StudyParams(name), cache)
    given = study.source.give(study.recipe.fingerprint, study.missing())
    study._keep(next(given))  # the first shard, then killed
    again = open_study(StudyParams(name), cache)
    read, blocks = [], again.source.shards.blocks

    def watched(numbers):
        read.extend(numbers)
        return blocks(numbers)

    monkeypatch.setattr(again.source.shards, "blocks", watched)
    again.extract()
    assert read == [1]
    again.extract()
    assert read == [1]
    assert len(again.reduction.values) == 4


def test_another_layer_is_not_taken_from_the_shards(opened):
    assert opened.source.give("0" * 32, opened.images.ids) is None


def test_an_address_in_memory(house, cache):
    write_copy(house[1], "memory://bucket/shards", base="memory://bucket/photos")
    system = fsspec.filesystem("memory")
    red = house[0] / "photos" / "warm" / "red.png"
    system.pipe_file("/bucket/photos/warm/red.png", red.read_bytes())
    study = open_study(StudyParams("parquet:memory://bucket/shards"), cache)
    study.extract()
    by_path = {one.path: one.id for one in study.images.records}
    assert study.read(by_path["warm/red.png"]) == red.read_bytes()
    with pytest.raises(ImageProblem, match=r"blue\.png cannot be read: there is nothing"):
        study.read(by_path["cold/blue.png"])


def test_a_server_opens_no_address_that_it_was_not_told_of(house, cache, tmp_path):
    write_copy(house[1], "memory://mine/shards", base="memory://mine/photos")
    params = StudyParams("parquet:memory://mine/shards")
    for roots in (Roots.below([tmp_path]), Roots.below(["memory://mine/shard", "memory://other"])):
        with pytest.raises(CoreError, match="no address that this server may open"):
            open_study(params, cache, roots=roots)
    study = open_study(params, cache, roots=Roots.below(["memory://mine/shards"]))
    with pytest.raises(ImageProblem, match="no address that this server may open"):
        study.read(study.images.ids[0])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "name the folder of the shards"),
        ("memory://nothing/here", "holds no groupsight.json: it is empty, or not there"),
        ("nowhere://x", "is no address that can be opened"),
        ("simplecache::file:///etc", "leads through another address|no such|cannot be opened"),
        ("s3://b::file:///etc", "leads through another address"),
        ("/no\0where", "no such folder"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_line(address, said):
    with pytest.raises(CoreError, match=said) as refused:
        open_source(f"parquet:{address}")
    assert "\n" not in str(refused.value)


def test_a_folder_of_images_is_no_folder_of_shards(house):
    with pytest.raises(CoreError, match=r"holds no groupsight\.json: 2 other files"):
        open_source(f"parquet:{house[0] / 'photos'}")
    with pytest.raises(CoreError, match="--images goes with a CSV manifest"):
        open_source(f"parquet:{house[0] / 'shards'}", images=Path("x"))


def test_shards_that_do_not_belong_together_are_refused(house, cache, tmp_path):
    own, other = (write_copy(house[1], tmp_path / name, shard_rows=2) for name in ("a", "b"))
    foreign = replace(ShardRecipe.of(house[1].recipe), fingerprint="0" * 32, weights="others.pth")
    write_copy(house[1], other.uri, shard_rows=2, recipe=foreign)
    last = Path(own.uri) / "part-00002.parquet"
    kept = last.read_bytes()
    last.write_bytes((Path(other.uri) / last.name).read_bytes())
    params = StudyParams(f"parquet:{own.uri}")
    with pytest.raises(CoreError, match=r"part-00002\.parquet was made by others\.pth"):
        open_study(params, cache)
    last.write_bytes(kept[:-100])
    with pytest.raises(CoreError, match=r"part-00002\.parquet is half-written"):
        open_study(params, cache)
    last.unlink()
    with pytest.raises(CoreError, match="lacks 1 of its 3 shards: extract again"):
        open_study(params, cache)


def test_features_that_are_no_numbers_are_refused(house, cache, tmp_path, monkeypatch):
    copy = write_copy(house[1], tmp_path / "shards")
    study = open_study(StudyParams(f"parquet:{copy.uri}"), cache)
    block = next(study.source.shards.blocks())
    broken = replace(block, features=np.full_like(block.features, np.nan))
    monkeypatch.setattr(study.source.shards, "blocks", lambda _: iter([broken]))
    with pytest.raises(CoreError, match="not finite numbers"):
        study.extract()
    assert len(study.missing()) == 4


def test_searching_by_an_image_works_where_the_weights_are(opened, house, save_image, tmp_path):
    guest = save_image(tmp_path / "guest.png", (0, 0, 210), (60, 40)).read_bytes()
    match = opened.search_image(guest, 1, KMeansParams(2))
    nearest = opened.images.by_id[opened.images.ids[match.rows[0]]][0].path
    assert nearest.startswith("cold/")
    assert match.distances[0] < 0.5
