"""The commands that look inside the network, as the command line runs them."""

import csv
import io
import json
import os

import numpy as np
import pytest
import torch
from PIL import Image
from seeded import SEEDED, png, seeded_state, torchvisions
from typer.testing import CliRunner

from core import cli
from core.network.predictions import categories
from core.network.transforms import Transform

QUICK = ["--weights", "embedded"]


@pytest.fixture
def run():
    def invoke(*arguments):
        return CliRunner().invoke(cli.app, list(map(str, arguments)))

    return invoke


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "in").mkdir()
    for seed in range(4):
        (tmp_path / "in" / f"{seed}.png").write_bytes(png(seed, side=32 + 16 * (seed % 2)))
    return tmp_path / "in"


@pytest.fixture(scope="module")
def state():
    return seeded_state()


@pytest.fixture
def with_classes(monkeypatch, state):
    """Seeded weights with a classifier, which lie in no file, in the place of ImageNet's."""
    monkeypatch.setattr("core.network.pretrained._imagenet", lambda *_: SEEDED)
    monkeypatch.setattr("core.network.full_network.load_state", lambda _: state)
    return state


def size_of(path):
    with Image.open(path) as picture:
        return picture.size


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_layers_prints_the_table(run):
    result = run("layers", "--size", 224)
    assert (result.exit_code, result.stderr) == (0, "")
    rows = rows_of(result.stdout)
    assert rows[0]["output"] == "64x224x224"
    assert rows[-1]["parameters"] == "138357544"
    assert run("layers").stdout == result.stdout


def test_too_small_a_size_is_refused(run):
    result = run("layers", "--size", 16)
    assert result.exit_code == 1
    assert result.stderr.startswith("groupsight: a size of 16 is too small")


def test_predict_prints_what_torchvision_predicts(run, photos, with_classes):
    line = ["predict", photos / "0.png", photos / "1.png", "--top", 2, "--weights", "imagenet"]
    result = run(*line, "--transform", "embedded", "--size", 64)
    assert result.exit_code == 0
    rows = rows_of(result.stdout)
    assert [(row["path"], row["rank"]) for row in rows] == [
        (str(photos / f"{seed}.png"), rank) for seed in (0, 1) for rank in ("1", "2")
    ]
    pixels = np.asarray(Image.open(photos / "0.png").resize((64, 64), Image.Resampling.BICUBIC))
    batch = Transform("embedded", 64).to_input(torch.from_numpy(pixels[None].copy()))
    with torch.inference_mode():
        expected = torchvisions(with_classes)(batch).softmax(1)[0].max(0)
    assert rows[0]["class"] == categories()[int(expected.indices)]
    assert float(rows[0]["probability"]) == pytest.approx(float(expected.values), abs=0.01)


def test_predict_writes_what_made_it(run, photos, with_classes, tmp_path):
    line = ["predict", photos / "0.png", "--csv", tmp_path / "out.csv", "--size", 64]
    result = run(*line, "--weights", "imagenet")
    assert (result.exit_code, result.stdout) == (0, "")
    assert len(rows_of((tmp_path / "out.csv").read_text())) == 5
    made_by = json.loads((tmp_path / "out.json").read_text())
    assert made_by["weights"] == "seeded (5eed5eed)"
    assert made_by["transform"] == "imagenet, 64 px"


def test_predict_names_an_image_whose_name_is_no_utf_8(run, photos, with_classes, tmp_path):
    image = (photos / "0.png").rename(photos / os.fsdecode(b"caf\xe9.png"))
    line = ["predict", image, "--csv", tmp_path / "out.csv", "--size", 64, "--top", 1]
    assert run(*line, "--weights", "imagenet").exit_code == 0
    [row] = rows_of((tmp_path / "out.csv").read_text())
    assert row["path"] == rf"{photos}/caf\xe9.png"


def test_predict_goes_on_after_an_unreadable_image(run, photos, with_classes):
    (photos / "bad.png").write_bytes(b"no image")
    line = ["predict", photos / "bad.png", photos / "gone.png", photos / "2.png", "--size", 64]
    result = run(*line, "--top", 1, "--weights", "imagenet")
    assert result.exit_code == 0
    assert [row["path"] for row in rows_of(result.stdout)] == [str(photos / "2.png")]
    assert f"unreadable: {photos / 'bad.png'}: not an image" in result.stderr
    assert f"unreadable: {photos / 'gone.png'} cannot be read: No such file" in result.stderr


def test_predict_without_a_readable_image_fails(run, photos, with_classes):
    result = run("predict", photos / "gone.png", "--weights", "imagenet", "--size", 64)
    assert result.exit_code == 1
    assert "groupsight: none of the 1 images can be read" in result.stderr


def test_predict_without_a_classifier_says_what_to_do(run, photos):
    result = run("predict", photos / "0.png", *QUICK)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "take --weights imagenet (a download of 528 MB)" in result.stderr


@pytest.mark.parametrize("scale", ["each", "all"])
def test_maps_draws_a_layer(run, photos, tmp_path, scale):
    out = tmp_path / "maps.png"
    result = run(
        "maps", photos / "0.png", "--layer", "conv3_2", "--out", out, "--scale", scale, *QUICK
    )
    assert (result.exit_code, result.stdout) == (0, "")
    assert "conv3_2: 256 maps of 16 x 16, each value sees 32 x 32 pixels" in result.stderr
    assert size_of(out) == (16 * 16 + 15, 16 * 16 + 15)
    assert [one.name for one in tmp_path.glob("*.part")] == []


def test_maps_may_be_drawn_into_ones_own_folder(run, photos, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    line = ["maps", photos / "0.png", "--layer", "conv1_1", *QUICK]
    assert run(*line, "--out=~/maps.png").exit_code == 0
    assert (tmp_path / "maps.png").is_file()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"--layer": "conv6_1"}, "no layer with maps named 'conv6_1': choose one of conv1_1"),
        ({"--out": "maps.jpg"}, "cannot write 'maps.jpg': name a file such as maps.png"),
        (
            {"--out": "no/such/folder/maps.png"},
            "cannot write no/such/folder/maps.png: No such file",
        ),
        ({"--scale": "both"}, "no scale named 'both': choose one of each, all"),
        ({"--weights": "none.pth"}, "no such weights: none.pth"),
    ],
    ids=str,
)
def test_maps_refuses_what_cannot_be_done(run, photos, monkeypatch, change, said):
    monkeypatch.chdir(photos.parent)
    options = {"--layer": "conv1_1", "--out": "maps.png", "--weights": "embedded"} | change
    result = run("maps", photos / "0.png", *[word for pair in options.items() for word in pair])
    assert result.exit_code == 1
    assert f"groupsight: {said}" in result.stderr
    assert list(photos.parent.glob("maps*")) == []


@pytest.mark.parametrize(
    "line",
    [
        ["predict", "0.png", "--csv", "0.png"],
        ["maps", "0.png", "--layer", "conv1_1", "--out", "0.png"],
        ["why", ".", "0.png", "--out", "0.png"],
    ],
    ids=lambda line: line[0],
)
def test_an_image_that_is_looked_at_is_never_written(run, photos, monkeypatch, line):
    monkeypatch.chdir(photos)
    cache = ["--cache", photos.parent / "cache.sqlite"] if line[0] == "why" else []
    result = run(*line, *QUICK, *cache)
    assert result.exit_code == 1
    assert "groupsight: cannot write 0.png: it would replace 0.png, name another" in result.stderr
    assert (photos / "0.png").read_bytes() == png(0, side=32)


@pytest.mark.parametrize("image", ["0.png", "new.png"])
def test_why_tells_and_draws(run, photos, tmp_path, image):
    asked = tmp_path / image if image == "new.png" else photos / image
    if image == "new.png":
        asked.write_bytes(png(9))
    options = ["--k", 2, *QUICK, "--device", "cpu", "--cache", tmp_path / "cache.sqlite"]
    result = run("why", photos, asked, *options, "--out", tmp_path / "why.png")
    assert result.exit_code == 0
    facts = dict(line.split(": ", 1) for line in result.stdout.splitlines())
    assert {facts["cluster"].split(" (")[0], facts["rival"].split(" (")[0]} == {
        "cluster 0",
        "cluster 1",
    }
    assert ("nearest 3 images" if image == "0.png" else "nearest 4 images") in facts
    assert "4 images, 4 distinct" in result.stderr
    assert size_of(tmp_path / "why.png") == (3 * 384 + 2 * 8, 384)


@pytest.mark.parametrize(
    ("data", "k", "said"),
    [
        (b"no image", 2, "new.png: not an image"),
        (None, 2, "new.png cannot be read: No such file"),
        (png(9), 1, "with one cluster there is nothing to compare"),
        (png(9), 9, "k = 9 is more than the 4 images that differ"),
    ],
    ids=["no image", "missing", "k = 1", "k = 9"],
)
def test_why_refuses_what_cannot_be_told(run, photos, data, k, said):
    folder = photos.parent
    if data is not None:
        (folder / "new.png").write_bytes(data)
    options = ["--k", k, *QUICK, "--device", "cpu", "--cache", folder / "cache.sqlite"]
    result = run("why", photos, folder / "new.png", *options, "--out", folder / "why.png")
    assert result.exit_code == 1
    assert said in result.stderr
    assert not (folder / "why.png").exists()
