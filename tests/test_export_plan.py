"""Where each image goes: by number and name, every file under one of its own."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.export.export_plan import Placed, describe_files, digest_plan, plan_folders
from core.images import ImageRecord, ImageSet


def plan(paths, clusters, names, *, ids=None, rows=None, with_files=True, **more):
    ids = [str(number) for number in range(len(paths))] if ids is None else ids
    records = [
        ImageRecord(path, id=own, problem=None if own else "gone")
        for path, own in zip(paths, ids, strict=True)
    ]
    originals = [Path("/in", path) if with_files else None for path in paths]
    of = np.array(clusters, np.int32)
    return plan_folders(ImageSet("in", tuple(records)), originals, of, names, rows=rows, **more)


def files(*given, **options):
    return [one.file for one in plan(*given, **options)]


DEFAULT = ("cluster 0", "cluster 1")


def test_a_folder_a_cluster():
    assert plan(["a.png", "x/b.png"], [1, 0], DEFAULT) == (
        Placed("cluster 1/a.png", "a.png", "0", 1, Path("/in/a.png")),
        Placed("cluster 0/b.png", "x/b.png", "1", 0, Path("/in/x/b.png")),
    )


def test_given_names_follow_the_number_and_numbers_are_padded():
    names = [f"cluster {number}" for number in range(11)]
    names[3] = "roses"
    assert files(["a.png", "b.png"], [3, 10], names) == [
        "cluster 03 roses/a.png",
        "cluster 10/b.png",
    ]


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("../../etc", "cluster 0 .._.._etc"),
        ("a/b", "cluster 0 a_b"),
        ('x\n"y"?', "cluster 0 x__y__"),
        ("roses. ", "cluster 0 roses"),
        ("🌹" * 80, "cluster 0 " + "🌹" * 61),
    ],
)
def test_names_that_people_gave_are_made_safe(name, folder):
    assert files(["a.png"], [0], (name, "cluster 1")) == [f"{folder}/a.png"]


def test_clusters_of_one_name_stay_apart():
    assert files(["a.png", "a.png"], [0, 1], ("Roses", "roses")) == [
        "cluster 0 Roses/a.png", "cluster 1 roses/a.png",
    ]  # fmt: skip


def test_files_of_one_name_stay_apart_in_one_folder_only():
    paths = ["x/a.png", "y/a.png", "y/A.png", "z/a.png"]
    assert files(paths, [0, 0, 0, 1], DEFAULT) == [
        "cluster 0/a.png", "cluster 0/a (2).png", "cluster 0/A (3).png", "cluster 1/a.png",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("a b, c.png", "a b, c.png"),
        ('say "hi".png', "say _hi_.png"),
        ("new\nline.png", "new_line.png"),
        ("🌹.png", "🌹.png"),
        ("=1+1.png", "_=1+1.png"),
        ("-rf.png", "_-rf.png"),
        ("x/..", "_"),
        ("..", "_"),
        ("/", "_"),
        ("aux.png", "_aux.png"),
        ("x" * 300 + ".png", "x" * 251 + ".png"),
    ],
)
def test_names_of_files_are_made_safe(path, file):
    assert files([path], [0], DEFAULT) == [f"cluster 0/{file}"]


def test_copies_go_where_they_belong_and_what_cannot_be_read_goes_nowhere():
    paths, ids = ["a.png", "gone.png", "b.png", "copy.png"], ["A", None, "B", "A"]
    assert files(paths, [1, 0], DEFAULT, ids=ids) == [
        "cluster 1/a.png", "cluster 0/b.png", "cluster 1/copy.png",
    ]  # fmt: skip
    selected = files(paths, [1, 0], DEFAULT, ids=ids, rows=np.array([0]))
    assert selected == ["cluster 1/a.png", "cluster 1/copy.png"]


def test_what_has_no_file_gets_the_ending_of_its_bytes():
    found = files(["CIFAR10/000001", "digits/0001.pgm"], [0, 0], DEFAULT, with_files=False)
    assert found == ["cluster 0/000001.pnm", "cluster 0/0001.pgm"]
    assert files(["001"], [0], DEFAULT) == ["cluster 0/001"]  # a file is called what it is called


def test_the_making_names_every_file_and_what_was_left_out():
    placed = plan(["a.png", "b.png"], [1, 0], DEFAULT)
    found = json.loads(describe_files(placed, {"seed": 1}, [("cluster 0/b.png", "no such file")]))
    assert found == {
        "seed": 1,
        "files": [{"file": "cluster 1/a.png", "path": "a.png", "id": "0", "cluster": 1}],
        "left_out": [{"file": "cluster 0/b.png", "reason": "no such file"}],
    }


def test_a_plan_is_known_again_by_all_that_is_in_it():
    placed = plan(["a.png", "b.png"], [1, 0], DEFAULT)
    digest = digest_plan(placed, {"seed": 1})
    assert digest == digest_plan(plan(["a.png", "b.png"], [1, 0], DEFAULT), {"seed": 1})
    assert digest != digest_plan(placed, {"seed": 2})
    assert digest != digest_plan(placed[:1], {"seed": 1})
    assert digest != digest_plan(plan(["a.png", "b.png"], [0, 0], DEFAULT), {"seed": 1})


EXCLUDED = np.array([True, False, True])


def test_who_was_excluded_is_left_out():
    found = files(["a.png", "b.png", "c.png"], [0, 1, 1], DEFAULT, excluded=EXCLUDED)
    assert found == ["cluster 1/b.png"]


def test_or_has_a_folder_and_belongs_to_no_cluster():
    paths = ["a.png", "b.png", "x/a.png"]
    placed = plan(paths, [0, 1, 1], DEFAULT, excluded=EXCLUDED, keep_excluded=True)
    assert [(one.file, one.cluster) for one in placed] == [
        ("excluded/a.png", None), ("cluster 1/b.png", 1), ("excluded/a (2).png", None),
    ]  # fmt: skip
    told = json.loads(describe_files(placed, {}))["files"]
    assert [one["cluster"] for one in told] == [None, 1, None]


def test_a_cluster_called_excluded_is_another_folder():
    names = ("excluded", "cluster 1")
    placed = files(["a.png", "b.png"], [0, 1], names, excluded=EXCLUDED[1:], keep_excluded=True)
    assert placed == ["cluster 0 excluded/a.png", "excluded/b.png"]
