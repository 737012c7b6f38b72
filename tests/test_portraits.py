"""Portraits of clusters: what they hold, their key, and the spelling of parameters."""

from dataclasses import replace

import numpy as np
import pytest
from journals import group, image, images

from core.clusters.clustering import KMeansParams
from core.clusters.edits import Merge, Split
from core.errors import CoreError
from core.journal.portraits import mark, mark_one, portray, read_marks, read_params, write_params


def first_bytes(*names):
    return sorted(int(image(name)[:16], 16) for name in names)


def test_a_portrait_holds_the_marks_of_its_images_and_of_the_others():
    made = group([0, 1, 0, 1, 1], cluster=0, medoid=2)
    assert (made.number, made.size, made.n_images, made.medoid) == (0, 2, 5, image(2))
    assert read_marks(made.members).tolist() == first_bytes(0, 2)
    assert read_marks(made.others).tolist() == first_bytes(1, 3, 4)


def test_of_a_large_cluster_the_lowest_marks_are_kept():
    made = group([0] * 600 + [1] * 520, cluster=0)
    assert read_marks(made.members).tolist() == first_bytes(*range(600))[:512]
    assert read_marks(made.others).tolist() == first_bytes(*range(600, 1120))[:512]
    assert (made.size, made.n_images) == (600, 1120)


def test_the_key_follows_from_everything_and_from_nothing_else():
    made = group([0, 1, 0], cluster=0)
    assert made.key == group([0, 1, 0], cluster=0).key
    others = [
        group([0, 1, 1], cluster=0),
        group([0, 1, 0], cluster=1),
        group([0, 1, 0, 1], cluster=0),
        group([0, 1, 0], cluster=0, medoid=2),
        group([0, 1, 0], cluster=0, params=KMeansParams(2, 7)),
        group([0, 1, 0], cluster=0, params=KMeansParams(2, 42, (Split(0, 2),))),
        group([0, 1, 0], cluster=0, recipe="r"),
        group([0, 1, 0], cluster=0, setting="r"),
    ]
    assert len({made.key, *(one.key for one in others)}) == 9
    assert made.key.startswith("c")


def test_a_cluster_without_images_has_no_portrait():
    labels = np.array([0, 2], dtype=np.int32)
    with pytest.raises(CoreError, match="no images are in cluster 1"):
        portray(1, labels, images(0, 1), params=KMeansParams(3), medoid=0)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 0},
        {"size": 3},
        {"n_images": 4},
        {"members": b"1234567"},
        {"others": b""},
        {"medoid": ""},
        {"medoid": "no hexadecimal digits"},
    ],
)
def test_what_is_no_portrait_is_refused(change):
    with pytest.raises(CoreError):
        replace(group([0, 1, 0]), **change)


def test_marks_are_the_first_bytes_of_ids():
    assert mark(images("a", "b")).tolist() == [int(image(one)[:16], 16) for one in "ab"]
    assert mark_one(image("a")).tolist() == first_bytes("a")
    assert mark(()).tolist() == []


@pytest.mark.parametrize(
    ("params", "text"),
    [
        (KMeansParams(8, 42), "k=8 seed=42"),
        (KMeansParams(1, 0), "k=1 seed=0"),
        (
            KMeansParams(8, 7, (Split(3, 2), Merge(7, 1))),
            "k=8 seed=7 edits=split-3-2,merge-7-1",
        ),
    ],
)
def test_parameters_are_read_as_they_were_written(params, text):
    assert write_params(params) == text
    assert read_params(text) == params


@pytest.mark.parametrize(
    "text", ["", "k=8", "k=8 seed=x", "k=-1 seed=2", "k=8 seed=1 more=2", "k=0 seed=1", "8 42"]
)
def test_what_spells_no_parameters_is_refused(text):
    with pytest.raises(CoreError):
        read_params(text)
