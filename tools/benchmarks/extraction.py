"""From images to features, beside a plain loop: one image at a time by Pillow, fp32."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from torchvision.transforms import (
    CenterCrop,
    Compose,
    InterpolationMode,
    Normalize,
    Resize,
    ToTensor,
)

from benchmarks.timing import Row, best_of, seconds
from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.device import Device, choose_device
from core.features import Extractor, suit_batch_size
from core.network.layers import Cut
from core.network.pretrained import find_weights, load_state
from core.network.transforms import Transform
from core.network.vgg import FeatureNetwork, build_network
from core.pictures.resizing import resize
from core.projection import UMAPParams
from core.recipe import StudyParams
from core.study import Study, open_study

DIGITS = StudyParams("digits", weights="embedded")
_PLAIN_IMAGES = 100
_ARTICLE_IMAGES = 48
_ROUNDS = 3
_MATRIX = {"cpu": 4096, "mps": 4096, "cuda": 16_384}
"""Sides that keep a kind of device busy."""
_SHARE = {"cpu": "85 %", "cuda": "50 %"}

_SQUASHED = Compose(
    [
        Resize((64, 64), InterpolationMode.BICUBIC),
        ToTensor(),
        Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ]
)
_ARTICLE = Compose([CenterCrop(512), Resize(448), ToTensor()])


def measure_digits(folder: Path, _: Path | None) -> list[Row]:
    """Cold and cached runs over the digits, and the plain loop beside them."""
    with Cache(folder / "digits.sqlite") as cache:
        study = open_study(DIGITS, cache)
        ours = len(study.images.ids) / seconds(study.extract)
        data = [study.read(image_id) for image_id in study.images.ids[:_PLAIN_IMAGES]]
        plain = plain_rate(data, _SQUASHED, Cut("conv4", 2))
        steps: dict[str, Callable[[], object]] = {
            "  K-Means k = 10": lambda: study.cluster(KMeansParams(10)),
            "  UMAP": lambda: study.project(UMAPParams()),
        }
        computed = [Row(name, f"{seconds(step):.2f} s") for name, step in steps.items()]
        cached = seconds(lambda: _run_cached(cache))
    return [
        Row(f"digits, {study.recipe.device.precision}, cold", f"{ours:.0f} images/s", "120"),
        Row("  plain loop, one image at a time, fp32", f"{plain:.0f} images/s"),
        Row("  ratio", f"{ours / plain:.1f} x"),
        *computed,
        Row("  the same again, all cached", f"{cached:.2f} s"),
    ]


def _run_cached(cache: Cache) -> None:
    study = open_study(DIGITS, cache)
    study.extract()
    study.cluster(KMeansParams(10))
    study.project(UMAPParams())


def make_network(cut: Cut) -> FeatureNetwork:
    """By the embedded weights, on the CPU."""
    return build_network(load_state(find_weights("embedded")), cut)


@torch.inference_mode()
def plain_rate(
    data: Sequence[bytes], transform: Callable[[Any], Any], cut: Cut, device: str = "cpu"
) -> float:
    """Images a second when each is opened, transformed and passed through the network alone."""
    network = make_network(cut).to(device)

    def loop() -> None:
        for one in data:
            with Image.open(io.BytesIO(one)) as image:
                network(transform(image.convert("RGB"))[None].to(device)).cpu().numpy()

    return len(data) / seconds(loop)


def measure_article(folder: Path, photos: Path | None) -> list[Row]:
    """The article's transform at 448 px: beside the plain loop, and torch's own convolutions."""
    if photos is None:
        return [Row("article, 448 px", "not measured: give --photos FOLDER")]
    few = _link_some(photos, folder / "photos", _ARTICLE_IMAGES)
    study = _study(few, folder)
    ours = _ARTICLE_IMAGES / seconds(study.extract)
    data = [study.read(image_id) for image_id in study.images.ids[:12]]
    plain = plain_rate(data, _ARTICLE, Cut("conv5", 1))
    return [
        Row(
            f"article, 448 px, photographs, {study.recipe.device.precision}",
            f"{ours:.2f} images/s",
        ),
        Row("  plain loop, one image at a time, fp32", f"{plain:.2f} images/s"),
        Row("  ratio", f"{ours / plain:.1f} x", "5 x"),
        *_compare(_features(study), _by_torch(study)),
    ]


def _link_some(photos: Path, folder: Path, count: int) -> Path:
    folder.mkdir()
    for file in sorted(file for file in photos.iterdir() if file.is_file())[:count]:
        (folder / file.name).symlink_to(file.resolve())
    return folder


def _study(images: Path, folder: Path) -> Study:
    params = StudyParams(str(images), weights="embedded", transform="article", labels=False)
    return open_study(params, Cache(folder / "article.sqlite"))


def _features(study: Study) -> np.ndarray:
    recipe = study.recipe
    return study.cache.features(
        recipe.fingerprint,
        study.images.ids,
        dtype=recipe.device.stored_dtype,
        n_features=recipe.cut.n_features,
    )


def _by_torch(study: Study) -> np.ndarray:
    """The study's features in fp32 by torch's own convolutions."""
    network = make_network(study.recipe.cut)
    extractor = Extractor(network, study.recipe.transform, Device("cpu", "fp32"))
    extractor.network = make_network(study.recipe.cut)  # not quickened
    found: dict[str, np.ndarray] = {}
    for batch in extractor.extract(study.images.ids, study.read, workers=1):
        found |= batch.features
    return np.stack([found[image_id] for image_id in study.images.ids])


def _compare(ours: np.ndarray, exact: np.ndarray) -> list[Row]:
    """How far the features and what follows from them are from torch's own in fp32."""
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(exact, axis=1)
    cosines = (ours * exact).sum(axis=1) / lengths
    labels = [
        KMeans(5, random_state=42).fit_predict(one / np.linalg.norm(one, axis=1, keepdims=True))
        for one in (ours, exact)
    ]
    return [
        Row("  smallest cosine to torch's own convolutions, fp32", f"{cosines.min():.5f}", "0.999"),
        Row("  K-Means k = 5: ARI to those", f"{adjusted_rand_score(*labels):.3f}", "0.95"),
    ]


def measure_resizing(_: Path, __: Path | None) -> list[Row]:
    """A photograph's pixels to a preview's, on one core, beside Pillow."""
    pixels = np.random.default_rng(0).integers(0, 256, (375, 500, 3), dtype=np.uint8)
    image = Image.fromarray(pixels)
    ours, plain = best_of(
        20,
        lambda: resize(pixels, width=384, height=288, method="bicubic"),
        lambda: image.resize((384, 288), Image.Resampling.BICUBIC),
    )
    return [
        Row("resizing 500 x 375 to 384 x 288", f"{1000 * ours:.2f} ms"),
        Row("  Pillow", f"{1000 * plain:.2f} ms"),
        Row("  ratio", f"{plain / ours:.1f} x"),
    ]


@torch.inference_mode()
def measure_network(_: Path, __: Path | None) -> list[Row]:
    """The network alone at 224 px against the machine's own rate of matrix products."""
    device = choose_device()
    direct = make_network(Cut("conv5"))
    operations = _operations(direct.features, 224)
    extractor = Extractor(make_network(Cut("conv5")), Transform("imagenet", 224), device)
    plain = direct.to(device.kind, extractor.dtype).to(memory_format=torch.channels_last)
    count = suit_batch_size(device.kind, 224)
    squares = np.random.default_rng(0).integers(0, 256, (count, 224, 224, 3), dtype=np.uint8)
    images = extractor.transform.to_input(torch.from_numpy(squares).to(device.kind))
    batch = images.to(extractor.dtype)
    side = _MATRIX[device.kind]
    matrix = torch.randn(side, side).to(device.kind, extractor.dtype)
    run, torchs, multiply = best_of(
        _ROUNDS,
        lambda: _wait(extractor.network(batch)),
        lambda: _wait(plain(batch)),
        lambda: _wait(matrix @ matrix),
    )
    rate = count * operations / run / 1e9
    peak = 2 * side**3 / multiply / 1e9
    return [
        Row(f"network alone, 224 px, {device.precision}", f"{count / run:.1f} images/s"),
        Row("  by torch's own convolutions, same precision", f"{count / torchs:.1f} images/s"),
        Row("  as if each convolution were done directly", f"{rate:.0f} GFLOP/s"),
        Row(f"  product of {side} x {side} matrices", f"{peak:.0f} GFLOP/s"),
        Row("  share", f"{rate / peak:.0%}", _SHARE.get(device.kind, "")),
    ]


def _wait(result: torch.Tensor) -> None:
    if result.is_cuda:
        torch.cuda.synchronize()


def _operations(features: torch.nn.Module, size: int) -> int:
    """Multiplications and additions for one image, of the convolutions done directly."""
    total = 0
    for layer in features.children():
        if isinstance(layer, torch.nn.Conv2d):
            total += 2 * layer.weight.numel() * size**2
        elif isinstance(layer, torch.nn.MaxPool2d):
            size //= 2
    return total
