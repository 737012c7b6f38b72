"""torchvision's data sets, by the one that it makes up without a network, and by stand-ins."""

import numpy as np
import pytest
from PIL import Image
from torchvision import datasets

from core.errors import CoreError
from core.pictures.decoding import ImageProblem, decode
from core.sources import open_source


def two_images(name, **members):
    """A data set class of two grey pixels, 10 and 20, with further members."""

    def get(self, index):
        return Image.new("L", (1, 1), (10, 20)[index]), 0

    body = {
        "__init__": lambda self, root: None,
        "__len__": lambda self: 2,
        "__getitem__": get,
        "__repr__": lambda self: name,
        **members,
    }
    return type(name, (datasets.VisionDataset,), body)


@pytest.fixture
def provide(monkeypatch):
    """Open a stand-in as if torchvision had it under the name of Tiny."""

    def opened(spec="Tiny", **members):
        monkeypatch.setattr(datasets, "Tiny", two_images("Tiny", **members), raising=False)
        return open_source(f"torchvision:{spec}")

    return opened


def labels(source):
    return [entry.label for entry in source.entries]


def test_images_equal_the_data_sets_own():
    source = open_source("torchvision:FakeData")
    reference = datasets.FakeData()
    assert len(source.entries) == len(reference)
    for position in (0, 999):
        own = np.asarray(reference[position][0])
        assert np.array_equal(np.asarray(decode(source.read(position))), own)


def test_bytes_are_the_same_at_every_reading():
    source = open_source("torchvision:FakeData")
    assert source.read(5) == source.read(5)


def test_grey_images_stay_grey(provide):
    source = provide()
    assert [source.read(0), source.read(1)] == [b"P5 1 1 255\n\x0a", b"P5 1 1 255\n\x14"]
    assert [entry.path for entry in source.entries] == ["Tiny/000000", "Tiny/000001"]
    assert source.name == "torchvision:Tiny"


def test_classes_are_the_labels(provide):
    assert labels(provide(targets=[1, 0], classes=["cat", "dog"])) == ["dog", "cat"]


def test_without_names_of_classes_their_numbers_are_the_labels(provide):
    assert labels(provide(labels=np.array([7, 3]))) == ["7", "3"]


def test_a_data_set_that_lists_no_classes_has_no_labels(provide):
    assert labels(provide()) == [None, None]


def test_an_unlabelled_image_has_no_label(provide):
    assert labels(provide(labels=[0, -1], classes=["cat", "dog"])) == ["cat", None]


def test_synonyms_of_a_class_are_written_as_words(provide):
    source = provide(targets=[0, 1], classes=[("tench", "Tinca tinca"), ("church",)])
    assert labels(source) == ["tench, Tinca tinca", "church"]


@pytest.mark.parametrize("targets", [["1.xml", "2.xml"], [None, None], np.zeros((2, 8))])
def test_targets_that_are_no_classes_are_no_labels(provide, targets):
    assert labels(provide(targets=targets)) == [None, None]


@pytest.mark.parametrize(("split", "train"), [("train", True), ("test", False)])
def test_a_part_is_chosen_by_train(provide, split, train):
    asked = []
    provide(f"Tiny:{split}", __init__=lambda self, root, train=None: asked.append(train))
    assert asked == [train]


def test_a_part_is_chosen_by_its_name(provide):
    asked = []
    provide("Tiny:extra", __init__=lambda self, root, split="train": asked.append(split))
    assert asked == ["extra"]


@pytest.mark.parametrize("spec", ["FakeData:train", "FakeData:extra"])
def test_a_part_that_does_not_exist_is_refused(spec):
    part = spec.partition(":")[2]
    with pytest.raises(CoreError, match=f"torchvision:{spec}: this .* no part named '{part}'"):
        open_source(f"torchvision:{spec}")


@pytest.mark.parametrize("name", ["NoSuchData", "", "folder", "os"])
def test_an_unknown_name_is_refused(name):
    with pytest.raises(CoreError, match=f"torchvision has no data set named '{name}'"):
        open_source(f"torchvision:{name}")


def fail(*_):
    raise RuntimeError("no\nserver")


def test_what_keeps_torchvision_from_providing_is_said_in_one_line(provide):
    with pytest.raises(CoreError, match="could not provide Tiny: no server"):
        provide(__init__=lambda self, root: fail())


def test_what_the_data_set_prints_is_not_data(provide, capsys):
    provide(__init__=lambda self, root: print("Files already downloaded"))  # noqa: T201
    assert capsys.readouterr().out == ""


def test_what_is_no_image_is_a_problem(provide):
    source = provide(__getitem__=lambda self, index: ("text", 0))
    with pytest.raises(ImageProblem, match="torchvision:Tiny yields str, not images"):
        source.read(0)


def test_an_image_that_the_data_set_cannot_read_is_a_problem(provide):
    source = provide(__getitem__=fail)
    with pytest.raises(ImageProblem, match="no server"):
        source.read(0)
