"""The promise: asked for the article's recipe, the program gives the article's clusters.

Weights are seeded here, and the clusters are computed once more, image by image, with nothing of
Groupsight's: torchvision's network and transforms, and scikit-learn's K-Means.
"""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from sklearn.cluster import KMeans
from torchvision.models import vgg16
from torchvision.transforms import CenterCrop, Compose, Resize, ToTensor

import core

ARTICLE = (
    "--transform article --layer fc1 --precision fp32 --normalize none --reduce none "
    "--seed 42 --k 5"
)
SIZES = [
    (640, 520),
    (512, 512),
    (300, 200),
    (530, 90),
    (40, 700),
    (900, 900),
    (620, 540),
    (512, 700),
]


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """The convolutions and the first connected layer, He-initialised, in half precision: 235 MB."""
    generator = torch.Generator().manual_seed(0)
    with torch.device("meta"):
        shapes = {
            name: tensor.shape for name, tensor in vgg16(init_weights=False).state_dict().items()
        }
    state = {}
    for name, shape in shapes.items():
        if name.startswith(("features.", "classifier.0.")):
            spread = (2 / shape[1:].numel()) ** 0.5 if name.endswith("weight") else 0.1
            state[name] = (torch.randn(shape, generator=generator) * spread).half()
    file = tmp_path_factory.mktemp("weights") / "seeded.safetensors"
    save_file(state, file)
    yield file
    file.unlink()


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Eight images of coarse and fine blocks; some are smaller than the article's crop."""
    folder, random = tmp_path_factory.mktemp("photos"), np.random.default_rng(0)
    for number, size in enumerate(SIZES):
        n_blocks = 2 ** (1 + number % 5)
        brightest = 80 + 15 * number
        blocks = random.integers(0, brightest, (n_blocks, n_blocks, 3), dtype=np.uint8)
        image = Image.fromarray(blocks).resize(size, Image.Resampling.NEAREST)
        image.save(folder / f"{number:02}.{'jpg' if number % 3 else 'png'}")
    return folder


@torch.inference_mode()
def features_by_hand(photos, weights):
    """One image at a time, (8, 4096)."""
    with torch.device("meta"):
        network = vgg16(init_weights=False).eval()
    state = {name: tensor.float() for name, tensor in load_file(weights).items()}
    network.load_state_dict(state, strict=False, assign=True)
    transform = Compose([CenterCrop(512), Resize(448), ToTensor()])
    features = []
    for file in sorted(photos.iterdir()):
        with Image.open(file) as image:
            pixels = transform(image.convert("RGB"))[None]  # (1, 3, 448, 448)
        maps = network.avgpool(network.features(pixels))  # (1, 512, 7, 7)
        features.append(network.classifier[0](torch.flatten(maps, 1))[0].numpy())
    return np.stack(features)


def test_the_articles_recipe_gives_the_articles_clusters(photos, weights, tmp_path):
    expected = KMeans(n_clusters=5, random_state=42).fit(features_by_hand(photos, weights)).labels_
    line = [sys.executable, "-m", "core", "cluster", photos, *ARTICLE.split(), "--weights", weights]
    # How many images go together is not part of the recipe: a few at once need less memory.
    line += ["--device", "cpu", "--batch-size", "5"]
    line += ["--cache", tmp_path / "cache.sqlite", "--csv", tmp_path / "out.csv"]
    subprocess.run(line, cwd=Path(core.__file__).parent.parent, check=True, capture_output=True)
    with (tmp_path / "out.csv").open(newline="") as table:
        labels = {row["path"]: row["label"] for row in csv.DictReader(table)}
    names = [file.name for file in sorted(photos.iterdir())]
    # The same groups; their numbers are not K-Means' own, but stay with a cluster as k changes.
    pairs = {(int(number), labels[name]) for name, number in zip(names, expected, strict=True)}
    assert {labels[name] for name in names} == set("01234")
    assert len(labels) == len(names)
    assert len(pairs) == len(set(expected)) == 5
