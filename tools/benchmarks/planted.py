"""Features with planted clusters, made by seed block by block, and a study of such images."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.cache import Cache
from core.images import Seen, identify
from core.pictures.decoding import DECODER
from core.recipe import StudyParams
from core.study import Study, open_study

BLOCK_ROWS = 10_000
N_CLUSTERS = 20
_DIRECTIONS = 64
_SIDE = 8
Values = NDArray[np.float32]
Blocks = Callable[[], Iterator[Values]]


class Planted:
    """Non-negative features of images in clusters of unequal size, (n, d), never all in memory.

    The smallest cluster has a tenth of the images of the largest. Within a cluster the images
    spread over 64 directions, which all clusters share, with noise in all d.
    """

    def __init__(self, n_images: int, n_features: int = 512, *, seed: int = 0) -> None:
        generator = np.random.default_rng(seed)
        self.n_images, self.n_features, self.seed = n_images, n_features, seed
        self._basis = generator.standard_normal((_DIRECTIONS, n_features), dtype=np.float32)
        self._centres = 1.5 * generator.standard_normal((N_CLUSTERS, _DIRECTIONS), dtype=np.float32)
        shares = np.linspace(1, 10, N_CLUSTERS)
        self._shares = shares / shares.sum()

    def blocks(self) -> Iterator[Values]:
        """The features, 10,000 rows at a time, the same at every call."""
        for number in range(-(-self.n_images // BLOCK_ROWS)):
            yield self._make(number)[0]

    @property
    def clusters(self) -> NDArray[np.int64]:
        """To which cluster each image belongs, (n,)."""
        count = -(-self.n_images // BLOCK_ROWS)
        return np.concatenate([self._draw(number)[1] for number in range(count)])

    def all(self) -> Values:
        """All features at once, (n, d)."""
        return np.concatenate(list(self.blocks()))

    def _draw(self, number: int) -> tuple[np.random.Generator, NDArray[np.int64]]:
        generator = np.random.default_rng((self.seed, number))
        size = min(BLOCK_ROWS, self.n_images - number * BLOCK_ROWS)
        return generator, generator.choice(N_CLUSTERS, size, p=self._shares)

    def _make(self, number: int) -> tuple[Values, NDArray[np.int64]]:
        generator, clusters = self._draw(number)
        places = self._centres[clusters]  # (b, 64)
        places += generator.standard_normal(places.shape, dtype=np.float32)
        values = places @ self._basis  # (b, d)
        values += 0.5 * generator.standard_normal(values.shape, dtype=np.float32)
        return np.maximum(values, 0, out=values), clusters


def plant_study(folder: Path, cache: Cache, n_images: int) -> Study:
    """A study of tiny images on disk whose planted features lie in the cache as if extracted.

    Args:
        folder: where the images are written; those that are there already stay.
        cache: of the study.
        n_images: how many.
    """
    planted = Planted(n_images)
    images = folder / "images"
    ids = _write_images(images, n_images)
    params = StudyParams(str(images), labels=False, weights="embedded", layer="conv5", grid=1)
    study = open_study(params, cache)
    n_features, dtype = study.recipe.cut.n_features, study.recipe.device.stored_dtype
    clusters = planted.clusters
    for start, block in zip(range(0, n_images, BLOCK_ROWS), planted.blocks(), strict=True):
        own = ids[start : start + BLOCK_ROWS]
        rows = zip(own, block[:, :n_features].astype(dtype), strict=True)
        seen = {
            one: Seen(_SIDE, _SIDE, thumbnail=draw_picture(cluster), decoder=DECODER)
            for one, cluster in zip(own, clusters[start : start + BLOCK_ROWS].tolist(), strict=True)
        }
        cache.remember_features(study.recipe.fingerprint, dict(rows), seen)
    study = open_study(params, cache)
    study.extract()
    return study


def _write_images(folder: Path, n_images: int) -> list[str]:
    """Portable pixmaps that differ in their first pixels; a thousand to a folder."""
    ids = []
    for row in range(n_images):
        data = b"P6 8 8 255 " + row.to_bytes(4, "big") * (_SIDE * _SIDE * 3 // 4)
        ids.append(identify(data))
        file = folder / f"{row // 1000:04}" / f"{row:07}.ppm"
        if row % 1000 == 0:
            file.parent.mkdir(parents=True, exist_ok=True)
        if not os.path.exists(file):  # noqa: PTH110 - a third of the time of Path.exists
            file.write_bytes(data)
    return ids


def draw_picture(cluster: int) -> bytes:
    """A JPEG of one colour, the same for all images of a cluster."""
    color = tuple(np.random.default_rng(cluster).integers(0, 256, 3).tolist())
    data = io.BytesIO()
    Image.new("RGB", (_SIDE, _SIDE), color).save(data, "JPEG")
    return data.getvalue()
