"""The table by which embedded weights are judged: what is measured, on what, and how it is said."""

import embedding_quality
import numpy as np
import pytest
from embeddings import labelled_sets, tables
from embeddings.embedding import (
    Choice,
    draw_random_weights,
    embed,
    embed_pixels,
    suited_choice,
)
from embeddings.labelled_sets import LabelledSet, draw_tiny, gather_sets
from embeddings.scoring import Score, score, vote_across
from embeddings.tables import CIFAR10, TINY, layers_table, scratch_space
from PIL import Image
from safetensors.torch import load_file
from torchvision.models import vgg16

from core.errors import CoreError
from core.network.pretrained import find_weights
from core.sources import open_source

COLORS = {"blue": (20, 30, 220), "red": (220, 40, 30)}


def save_noise(path, color, *, seed):
    noise = np.random.default_rng(seed).normal(0, 25, (32, 32, 3))
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.clip(noise + color, 0, 255).astype(np.uint8)).save(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("sets") / "colors"
    for number, (name, color) in enumerate(COLORS.items()):
        for image in range(12):
            save_noise(made / name / f"{image}.png", color, seed=100 * number + image)
    return made


def test_classes_far_apart_are_told_apart():
    values = np.random.default_rng(0).normal(0, 0.1, (40, 5)).astype(np.float32)
    values[:20, 0] += 5
    values[20:, 1] += 5
    found = score(values, ["a"] * 20 + ["b"] * 20)
    assert found.nmi == (1.0,) * 10
    assert found.knn == 1
    assert str(found) == "1.00 / 1.00"


def test_what_has_nothing_to_do_with_the_classes_is_chance():
    values = np.random.default_rng(0).normal(size=(400, 5)).astype(np.float32)
    found = score(values, ["a", "b"] * 200)
    assert max(found.nmi) < 0.05
    assert 0.4 < found.knn < 0.6


def test_the_mean_over_the_seeds_and_how_far_they_go():
    assert Score((0.2, 0.4), 0.5).spread == "0.30 (0.20 to 0.40) / 0.50"


def test_the_first_half_of_each_class_votes_for_the_second_and_back():
    # By direction: a's halves agree, b's second half lies where a is.
    values = np.array([[1, 0], [1, 0], [2, 0], [9, 0], [0, 1], [0, 1], [1, 0], [1, 0]])
    classes = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    # Of the second halves b's two hear "a" (tied nearest aside, b's own are at right angles);
    # with four known images in a half, every one of them votes: 2 of each, and a wins the tie.
    assert vote_across(values.astype(np.float32), classes) == 0.5
    many = np.repeat(values, 10, axis=0).astype(np.float32)  # 20 known a class, 10 of them vote
    assert vote_across(many, np.repeat(classes, 10)) == (40 + 0) / 80


@pytest.mark.parametrize(
    ("labels", "said"), [(["a"] * 4, "1 classes"), (["a", "a", "b"], "the smallest of 1 images")]
)
def test_too_few_to_tell(labels, said):
    with pytest.raises(CoreError, match=rf"{said}.*two classes of two images"):
        score(np.eye(len(labels), dtype=np.float32), labels)


def test_what_the_embedded_weights_are_used_with(tmp_path, save_image):
    assert suited_choice(LabelledSet("digits", "digits")) == Choice("conv4", 2, 64)
    save_image(tmp_path / "photo.png", size=(33, 20))
    assert str(suited_choice(LabelledSet("own", str(tmp_path)))) == "conv5 1x1, 64 px, l2"
    save_image(tmp_path / "photo.png", size=(32, 20))
    assert str(suited_choice(LabelledSet("own", str(tmp_path)))) == "conv4 2x2, 32 px, l2"


def test_pixels_of_every_readable_image_as_the_network_sees_them(folder, tmp_path):
    (folder / "red" / "broken.png").write_bytes(b"no image")
    found = embed_pixels(LabelledSet("colors", str(folder)))
    (folder / "red" / "broken.png").unlink()
    assert found.labels == ["blue"] * 12 + ["red"] * 12
    assert found.values.shape == (24, 24)  # PCA keeps no more than there are images
    assert score(found.values, found.labels).knn == 1


def test_random_weights_are_vggs_and_the_same_for_a_seed(tmp_path):
    states = []  # clones: safetensors may map the file, which the next one overwrites
    for seed in (0, 0, 1):
        file = draw_random_weights(tmp_path, seed=seed)
        states.append(
            {name.removeprefix("features."): one.clone() for name, one in load_file(file).items()}
        )
    first, same, other = states
    shapes = vgg16(init_weights=False).features.state_dict()
    assert {name: one.shape for name, one in first.items()} == {
        name: one.shape for name, one in shapes.items()
    }
    assert (first["0.weight"] == same["0.weight"]).all()
    assert (first["0.weight"] != other["0.weight"]).any()
    assert first["28.weight"].std().item() == pytest.approx((2 / (512 * 9)) ** 0.5, rel=0.01)


@pytest.fixture
def tiny(tmp_path):
    """Twelve classes of two images, laid out as Tiny-ImageNet's validation set."""
    lines = []
    for number in range(24):
        save_noise(tmp_path / "val" / "images" / f"val_{number}.JPEG", (9, 9, 9), seed=number)
        lines.append(f"val_{number}.JPEG\tn{number % 12:02}\t0\t0\t62\t57")
    (tmp_path / "val" / "val_annotations.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


def test_ten_classes_of_tiny_imagenet_are_drawn_and_always_the_same(tiny, tmp_path):
    one, again = draw_tiny(tiny, tmp_path), draw_tiny(tiny, tmp_path)
    assert one == again
    assert one.name == TINY
    source = open_source(one.source, images=one.images)
    labels = [entry.label for entry in source.entries]
    assert len(set(labels)) == 10
    assert len(labels) == 20
    for position, entry in enumerate(source.entries):
        assert int(entry.path[4:-5]) % 12 == int(entry.label[1:])
        assert source.read(position)


def test_folders_that_are_none(tmp_path):
    with pytest.raises(CoreError, match=r"not laid out as Tiny-ImageNet: val/val_annotations"):
        draw_tiny(tmp_path, tmp_path)
    with pytest.raises(CoreError, match=r"no folder .*nowhere: CIFAR-10 needs one"):
        gather_sets([(CIFAR10, tmp_path / "nowhere")], None, tmp_path)


def test_the_table_says_what_was_not_measured(folder, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(labelled_sets, "DIGITS", LabelledSet("digits", str(folder)))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))  # ImageNet's weights are nowhere
    given = find_weights("embedded").file
    embedding_quality.main(["--weights", str(given)])
    head, rule, digits, *absent = capsys.readouterr().out.splitlines()
    name = given.name
    assert head == f"| set, NMI / kNN | raw pixels | random VGG-16 | embedded | {name} |"
    assert rule == "| --- | --- | --- | --- | --- |"
    cells = digits.strip("| ").split(" | ")
    assert cells[0] == "digits, 24"
    assert cells[1] == "1.00 / 1.00"
    assert cells[3] == cells[4]  # the same weights by another name, used alike
    assert absent == [f"| {one} |{' not measured |' * 4}" for one in (CIFAR10, TINY)]


def test_layers_and_sizes_beside_each_other(folder, monkeypatch):
    monkeypatch.setattr(tables, "SIZES", (32, 48))
    monkeypatch.setattr(tables, "CUTS", (("conv3", 1),))
    said = []
    with scratch_space() as (_, cache):
        one = LabelledSet("colors", str(folder))
        lines = list(layers_table(one, "embedded", cache, report=said.append))
    assert lines[:2] == ["| colors | conv3 1x1 |", "| --- | --- |"]
    rows = ["| 32 px, l2", "| 32 px, none", "| 48 px, l2", "| 48 px, none"]
    assert [line.split(" | ")[0] for line in lines[2:]] == rows
    assert said[0] == "colors: 2 extractions"
    assert said[1].startswith("colors, conv3 1x1, 32 px, l2: ")


@pytest.mark.parametrize("normalize", ["l2", "none"])
def test_features_are_normalized_as_asked_for(folder, normalize):
    with scratch_space() as (_, cache):
        choice = Choice("conv5", 1, 32, normalize)
        found = embed(LabelledSet("colors", str(folder)), "embedded", cache, choice=choice)
    lengths = np.linalg.norm(found.values, axis=1)  # of what PCA has centred
    assert (lengths.max() <= 1) == (normalize == "l2")


def test_weights_that_are_not_there(tmp_path):
    with pytest.raises(SystemExit, match=r"no such weights: .*x\.safetensors"):
        embedding_quality.main(["--weights", str(tmp_path / "x.safetensors")])
