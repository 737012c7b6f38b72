"""From results to what the browser fetches: arrays and texts, published under their hashes."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.images import ImageSet
from core.projection import Projection
from dashboard.gallery import ImageContents
from dashboard.grouping import Grouped
from dashboard.media import (
    content_address,
    plotly_address,
    preview_address,
    thumbnail_address,
    thumbnails_address,
)
from dashboard.published import all_contents
from dashboard.scatter import Drawn, MapContent
from dashboard.styles import COLORS

_ID = "{id}"
"""Stands in an address where the browser puts the id."""
_IDS = "{ids}"
"""The same for several of them."""


def publish(made_of: object, make: Callable[[], bytes | str]) -> str:
    """The address of what `make` gives; `made_of` names everything that decides it."""
    return content_address(all_contents().publish(repr(made_of), make))


def publish_array(made_of: object, array: NDArray[np.generic], dtype: str) -> str:
    """The address of an array's bytes, of a little-endian type."""
    return publish((made_of, dtype), lambda: array.astype(dtype).tobytes())


def publish_order(rows: NDArray[np.int64]) -> str:
    """The address of rows in an order."""
    raw = rows.astype("<u4").tobytes()
    return publish(("order", _digest(raw)), lambda: raw)


def publish_bits(rows: NDArray[np.int64], n_images: int) -> str | None:
    """The address of a set of rows; None where there are none."""
    if not len(rows):
        return None
    raw = write_bits(rows, n_images)
    return publish(("bits", _digest(raw)), lambda: raw)


def write_bits(rows: NDArray[np.int64], n_images: int) -> bytes:
    """A set of rows, row i being bit i & 7 of byte i >> 3."""
    bits = np.zeros(n_images, dtype=bool)
    bits[rows] = True
    return np.packbits(bits, bitorder="little").tobytes()


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


@dataclass(frozen=True, slots=True)
class Contents:
    """The addresses of what map, gallery, inspector and cards draw."""

    map: MapContent
    images: ImageContents


def publish_contents(grouped: Grouped, projection: Projection, *, made_of: object) -> Contents:
    """Publish what does not depend on the selection.

    Args:
        grouped: the images and their clusters.
        projection: their places.
        made_of: names everything that decides the clusters and the places.
    """
    images = grouped.images
    of_set = images.fingerprint
    ids = publish(("ids", of_set), lambda: bytes.fromhex("".join(images.ids)))
    names = publish(("names", of_set), lambda: _write_names(images))
    clusters = publish_array(("clusters", made_of), grouped.clusters, "<u2")
    content = MapContent(
        n_images=len(images.ids),
        n_dimensions=projection.coordinates.shape[1],
        ids=ids,
        coordinates=publish_array(("places", made_of), projection.coordinates.T, "<f4"),
        clusters=clusters,
        fit=publish_array(("fit", made_of), grouped.fit.fit, "<f4"),
        names=names,
        thumbnail=thumbnail_address(_ID),
        plotly=plotly_address(),
        drawn=_draw_some(grouped, made_of),
    )
    return Contents(content, _describe_images(len(images.ids), ids, names, clusters))


def _draw_some(grouped: Grouped, made_of: object) -> Drawn | None:
    """Which images have points, where there are too many; drawn once for these clusters."""
    sample = grouped.map_sample
    if sample is None:
        return None
    count = len(grouped.clusters)
    address = publish(("drawn", made_of), lambda: write_bits(sample.rows, count))
    return Drawn(address, sample.describe())


def _describe_images(count: int, ids: str, names: str, clusters: str) -> ImageContents:
    return ImageContents(
        count, ids, names, clusters, COLORS,
        small=thumbnail_address(_ID),
        large=preview_address(_ID),
        packed=thumbnails_address(_IDS),
    )  # fmt: skip


def _write_names(images: ImageSet) -> str:
    rows = [images.by_id[image_id] for image_id in images.ids]
    names = [_name(len(same), same[0].path) for same in rows]
    labels = [same[0].label for same in rows] if images.has_labels else None
    return json.dumps({"names": names, "labels": labels}, ensure_ascii=False)


def _name(n_copies: int, path: str) -> str:
    return path if n_copies == 1 else f"{path} (+{n_copies - 1} more)"
