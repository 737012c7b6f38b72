"""From a source to the shards that are to be made, and folders that are not taken over."""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from sharded import making_of, write_folder, write_part

from core.device import Device
from core.errors import CoreError
from core.network.layers import Cut
from core.network.pretrained import Weights
from core.network.transforms import Transform
from core.recipe import Recipe
from core.reduction import ReductionParams
from core.shards.planning import address_of, digest_plan, list_images, make_plan
from core.shards.storage import Folder
from core.sources import Entry
from core.sources.files import FileSource

RECIPE = Recipe(
    Weights("embedded", Path("w"), "67d99a16" * 8, ("conv5",)),
    Cut("conv5"),
    Transform("embedded", 64),
    Device("cpu", "fp32"),
    ReductionParams(),
)


@pytest.fixture
def photos(tmp_path):
    """Five files, 0.png to 4.png, in the folder `in`."""
    for number in range(5):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / f"{number}.png").write_bytes(b"%d" % number)
    return list_images(str(tmp_path / "in"))


@pytest.fixture
def folder(tmp_path):
    return Folder(str(tmp_path / "out"))


def names(task):
    return [entry.path for entry in task.source.entries]


def test_images_are_dealt_out_in_their_order(photos, folder):
    plan = make_plan(photos, RECIPE, folder, shard_rows=2)
    tasks = list(plan.tasks())
    assert [task.number for task in tasks] == [0, 1, 2]
    assert [names(task) for task in tasks] == [["0.png", "1.png"], ["2.png", "3.png"], ["4.png"]]
    assert (plan.making.n_images, plan.making.dimension) == (5, 512)


def test_a_task_can_be_sent_elsewhere_and_read_there(photos, folder):
    *_, task = make_plan(photos, RECIPE, folder, shard_rows=2).tasks()
    sent = pickle.loads(pickle.dumps(task))  # noqa: S301 - our own
    assert sent.source.read(0) == b"4"


def test_shards_that_are_there_are_not_planned_again(photos, folder):
    plan = make_plan(photos, RECIPE, folder, shard_rows=2)
    write_part(folder, plan.making, 1)
    again = make_plan(photos, RECIPE, folder)
    assert again.missing == [0, 2]
    assert [task.number for task in again.tasks()] == [0, 2]
    assert again.making == plan.making


@pytest.mark.parametrize(
    ("recipe", "rows", "reason"),
    [
        (replace(RECIPE, transform=Transform("embedded", 96)), None, "asked for is .* at 96 px"),
        (RECIPE, 3, "has shards of 2 images, not of 3: leave --shard-size out"),
    ],
)
def test_a_folder_of_another_making_is_left_alone(photos, folder, recipe, rows, reason):
    make_plan(photos, RECIPE, folder, shard_rows=2)
    before = folder.read("groupsight.json")
    with pytest.raises(CoreError, match=reason):
        make_plan(photos, recipe, folder, shard_rows=rows)
    assert folder.read("groupsight.json") == before


def test_a_folder_of_other_images_is_left_alone(photos, folder):
    make_plan(photos, RECIPE, folder)
    fewer = replace(photos, entries=photos.entries[:4])
    with pytest.raises(CoreError, match=r"of 5 images of .*, and now there are 4, or others"):
        make_plan(fewer, RECIPE, folder)


def test_a_folder_of_other_things_is_left_alone(photos, folder):
    folder.write("thesis.doc", b"")
    with pytest.raises(CoreError, match=r"holds 1 other files, such as thesis\.doc"):
        make_plan(photos, RECIPE, folder)
    assert folder.names() == ["thesis.doc"]


def test_shards_without_what_made_them_are_left_alone(photos, tmp_path, folder):
    write_folder(tmp_path / "out", making_of())
    (tmp_path / "out" / "groupsight.json").unlink()
    with pytest.raises(CoreError, match="holds 3 other files"):
        make_plan(photos, RECIPE, folder)


def test_a_shard_of_no_images_is_refused(photos, folder):
    with pytest.raises(CoreError, match="shards of -1 images"):
        make_plan(photos, RECIPE, folder, shard_rows=-1)


def test_the_plan_follows_places_and_labels_and_their_order():
    one, two = Entry("s3://a/1.png"), Entry("s3://a/2.png")
    digests = {
        digest_plan(entries)
        for entries in ([one, two], [two, one], [one], [one, replace(two, label="x")])
    }
    assert len(digests) == 4
    assert digest_plan([one, two]) == digest_plan([Entry("s3://a/1.png"), two])


def test_an_image_on_disk_is_called_by_its_whole_path(photos, tmp_path):
    assert address_of(photos.entries[0]) == str(tmp_path / "in" / "0.png")
    assert address_of(Entry("s3://a/1.png")) == "s3://a/1.png"


def test_the_digits_are_no_files():
    with pytest.raises(CoreError, match="the images of digits are no files"):
        list_images("digits")


def test_the_home_of_nobody_holds_no_images():
    with pytest.raises(CoreError, match="no such folder or CSV file: '~nobody-of-that-name/in'"):
        list_images("~nobody-of-that-name/in")


def test_a_manifest_of_paths_is_read_as_ever(photos, tmp_path):
    (tmp_path / "in" / "list.csv").write_text("path\n3.png\n", encoding="utf-8")
    source = list_images(str(tmp_path / "in" / "list.csv"))
    assert isinstance(source, FileSource)
    assert source.read(0) == b"3"
    assert list_images(f"file://{tmp_path}/in").entries == photos.entries


def test_images_goes_with_no_address(tmp_path):
    with pytest.raises(CoreError, match="--images goes with a CSV manifest on this machine"):
        list_images("s3://bucket", images=tmp_path)
