"""Images that never were: blobs on a plane or in space, each image a picture of its own."""

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

N_CLUSTERS = 10
LABELS = ("cat", "dog", "<b>bird</b>")
GROUPINGS = ("whole", "split", "moved")


@dataclass(frozen=True)
class Synthetic:
    """What a study would give; rows are 0 … n-1."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[str | None, ...]
    coordinates: NDArray[np.float32]
    clusters: NDArray[np.uint16]
    fit: NDArray[np.float32]


@lru_cache(maxsize=4)
def make(count: int, n_dimensions: int) -> Synthetic:
    """Blobs around ten centres; cluster i is the i-th blob."""
    generator = np.random.default_rng(7)
    angles = 2 * np.pi * np.arange(N_CLUSTERS) / N_CLUSTERS
    heights = np.linspace(-4, 4, N_CLUSTERS)
    centres = np.stack([8 * np.cos(angles), 6 * np.sin(angles), heights], axis=1)
    clusters = generator.integers(0, N_CLUSTERS, count).astype(np.uint16)
    noise = generator.normal(0, 1.1, (count, 3))
    coordinates = (centres[clusters] + noise)[:, :n_dimensions].astype(np.float32)
    fit = np.exp(-np.linalg.norm(noise, axis=1) / 2).astype(np.float32)
    rows = range(count)
    return Synthetic(
        ids=tuple(hashlib.sha256(f"{count} {row}".encode()).hexdigest() for row in rows),
        names=tuple(f"folder/image {row:06}.jpg" for row in rows),
        labels=tuple(None if row % 7 == 0 else LABELS[row % 3] for row in rows),
        coordinates=coordinates,
        clusters=clusters,
        fit=np.where(np.arange(count) % 11 == 0, np.nan, fit).astype(np.float32),
    )


def group(data: Synthetic, grouping: str) -> NDArray[np.int64]:
    """The clusters; or every other image of cluster 0 in a new one; or every 20th in the next."""
    rows, clusters = np.arange(len(data.ids)), data.clusters.astype(np.int64)
    if grouping == "split":
        return np.where((clusters == 0) & (rows % 2 == 0), N_CLUSTERS, clusters)
    if grouping == "moved":
        return np.where(rows % 20 == 0, (clusters + 1) % N_CLUSTERS, clusters)
    return clusters


@lru_cache(maxsize=4096)
def thumbnail(image_id: str) -> bytes:
    """A JPEG that no other id has: its first 27 bytes as a pattern of nine colours."""
    pixels = np.frombuffer(bytes.fromhex(image_id)[:27], dtype=np.uint8).reshape(3, 3, 3)
    image = Image.fromarray(pixels).resize((128, 96), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
