"""A study of images that never were, with features planted in its cache: for the load test.

Each image is a small PNG of its own on the disk; its vector lies near the centre of one of some
clusters, so that K-Means and UMAP have something to find and no network has to look at anything.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.images import Seen
from core.pictures.decoding import DECODER
from core.pictures.thumbnails import draw_pictures
from core.projection import UMAPParams
from core.recipe import StudyParams
from core.study import Study, open_study

N_PLANTED = 12
"""Clusters that are there to be found."""
_SIDE = 48
_PER_FOLDER = 1_000
_BATCH = 500
_SPREAD = 0.35
"""Noise about a centre, of the centres' own size: clusters touch, as those of photographs do."""


def make_study(folder: Path, n_images: int, *, k: int, seed: int = 0) -> tuple[Path, Path]:
    """Images and a cache that knows their features, their clusters and their map.

    What is there already is kept, so that a second call costs little.

    Args:
        folder: where both go.
        n_images: how many images.
        k: the clusters that are ready when the page is opened.
        seed: of the pixels and of the vectors.

    Returns:
        The folder of the images and the cache file.
    """
    images, cache_file = folder / f"images-{n_images}", folder / f"cache-{n_images}.sqlite"
    if not images.exists():
        _write_images(images, n_images, seed=seed)
    with Cache(cache_file) as cache:
        study = open_study(StudyParams(str(images), weights="embedded", labels=True), cache)
        if study.missing():
            _plant_features(study, seed=seed)
        study.extract()
        study.project(UMAPParams())
        study.fit(KMeansParams(k))
    return images, cache_file


def _write_images(folder: Path, n_images: int, *, seed: int) -> None:
    """Named so that a folder never holds part of them under the name of the whole."""
    unfinished = folder.with_suffix(".unfinished")
    generator = np.random.default_rng(seed)
    for number in range(n_images):
        place = unfinished / f"set {number // _PER_FOLDER:02}"
        place.mkdir(parents=True, exist_ok=True)
        blocks = generator.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        picture = Image.fromarray(blocks).resize((_SIDE, _SIDE), Image.Resampling.NEAREST)
        picture.save(place / f"image {number:05}.png")
    unfinished.rename(folder)


def _plant_features(study: Study, *, seed: int) -> None:
    """Vectors and thumbnails, as extraction would have kept them."""
    n_features = study.recipe.cut.n_features
    ids, dtype = study.images.ids, study.recipe.device.stored_dtype
    for start, vectors in _draw_vectors(len(ids), n_features, seed=seed):
        some = ids[start : start + len(vectors)]
        features = dict(zip(some, vectors.astype(dtype), strict=True))
        study.cache.remember_features(
            study.recipe.fingerprint, features, {one: _look_at(study.read(one)) for one in some}
        )


def _draw_vectors(
    count: int, n_features: int, *, seed: int
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Batches of vectors about N_PLANTED centres, (b, n_features), each with its first row."""
    generator = np.random.default_rng(seed)
    centers = generator.normal(0, 1, (N_PLANTED, n_features)).astype(np.float32)
    for start in range(0, count, _BATCH):
        n = min(_BATCH, count - start)
        planted = generator.integers(0, N_PLANTED, n)
        # Few directions in which images of a cluster differ, as in true features.
        own = generator.normal(0, 1, (n, N_PLANTED)).astype(np.float32) @ centers
        noise = generator.normal(0, 1, (n, n_features)).astype(np.float32)
        yield start, centers[planted] + _SPREAD * own + _SPREAD * noise


def _look_at(data: bytes) -> Seen:
    with Image.open(io.BytesIO(data)) as image:
        thumbnail, preview = draw_pictures(np.asarray(image.convert("RGB")), longer=_SIDE)
        return Seen(*image.size, None, thumbnail, DECODER, preview)
