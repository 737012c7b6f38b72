"""What made a folder of shards: written, read again, and refused where it is not ours."""

import json

import pytest
from sharded import RECIPE, making_of

from core.device import Device
from core.errors import CoreError
from core.network.layers import Cut
from core.network.pretrained import Weights
from core.network.transforms import Transform
from core.recipe import Recipe
from core.reduction import ReductionParams
from core.shards.making import Making, ShardRecipe, Stamp, is_part, part_name
from core.shards.storage import Folder


def test_it_is_read_as_it_was_written(tmp_path):
    folder = Folder(str(tmp_path))
    making_of().write(folder)
    assert Making.read(folder) == making_of()


def test_a_recipe_keeps_its_fingerprint_and_its_words(tmp_path):
    weights = Weights("embedded", tmp_path, "67d99a16" * 8, ("conv5",))
    transform, device = Transform("embedded", 64), Device("cuda", "bf16")
    recipe = Recipe(weights, Cut("conv5", 2), transform, device, ReductionParams("none"))
    kept = ShardRecipe.of(recipe)
    assert kept.fingerprint == recipe.fingerprint
    assert (kept.weights_sha256, kept.normalize) == ("67d99a16" * 8, "none")
    assert "embedded (67d99a16), conv5 2x2, embedded at 64 px, bf16" in kept.describe()


def test_five_images_in_twos_are_three_shards():
    making = making_of(5, 2)
    assert making.n_shards == 3
    assert [making.rows_of(number) for number in range(3)] == [2, 2, 1]


def test_shards_are_numbered_by_name():
    assert part_name(7) == "part-00007.parquet"
    assert part_name(123_456) == "part-123456.parquet"
    assert is_part(part_name(7))
    assert not is_part("groupsight.json")


def test_a_stamp_is_read_as_it_was_written():
    stamp = Stamp(3, 2, "list", RECIPE)
    assert Stamp.parse(stamp.dump(), "here") == stamp


def test_an_empty_folder_says_so(tmp_path):
    with pytest.raises(CoreError, match=r"holds no groupsight\.json: it is empty, or not there"):
        Making.read(Folder(str(tmp_path / "none")))


def test_a_folder_of_other_things_says_so(tmp_path):
    (tmp_path / "part-00000.parquet").touch()
    with pytest.raises(CoreError, match=r"holds no groupsight\.json: 1 other files"):
        Making.read(Folder(str(tmp_path)))


def changed(tmp_path, change):
    folder = Folder(str(tmp_path))
    making_of().write(folder)
    facts = json.loads(folder.read("groupsight.json"))
    change(facts)
    return json.dumps(facts).encode()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda facts: facts.update(format=3), "of format 3, and this version reads up to 2"),
        (lambda facts: facts.pop("format"), "is not Groupsight's"),
        (lambda facts: facts.pop("dimension"), "no proper 'dimension'"),
        (lambda facts: facts.update(shard_rows="2"), "no proper 'shard_rows'"),
        (lambda facts: facts.update(n_images=0), "tells of no images"),
        (lambda facts: facts.update(recipe=[]), "no proper 'fingerprint'"),
        (lambda facts: facts["recipe"].pop("size"), "no proper 'size'"),
    ],
)
def test_what_cannot_be_ours_is_refused(tmp_path, change, reason):
    with pytest.raises(CoreError, match=reason):
        Making.parse(changed(tmp_path, change), "here")


def test_a_later_fact_is_no_harm(tmp_path):
    assert Making.parse(changed(tmp_path, lambda facts: facts.update(more=1)), "x") == making_of()


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff"])
def test_what_is_no_json_is_refused(data):
    with pytest.raises(CoreError, match="here is"):
        Making.parse(data, "here")
