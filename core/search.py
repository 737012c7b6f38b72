"""Searching a set of images: by words in their paths and labels, and by another image."""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError
from core.images import ImageRecord, ImageSet
from core.review.fit import measure_fit, nearest_centroids

_PLAIN_QUOTES = str.maketrans(dict.fromkeys("“”„‟", '"'))
_WORDS = re.compile(r'"([^"]*)"?|([^\s"]+)')
_BLOCK_VALUES = 1 << 22
"""Differences held at once: 16 MiB of float32."""


@dataclass(frozen=True, slots=True)
class Match:
    """What an image from outside the set finds in it. Images are named by their row.

    Attributes:
        rows: its nearest images, the nearest first, the lower row among equals, int64 (k,).
        distances: Euclidean distance to each, in the set's prepared features, float32 (k,).
        cluster: the cluster whose centroid is nearest: where it would fall into.
        own: distance to that centroid.
        rival: the cluster of the next nearest centroid; None where there is no other.
        fit: how well it would fit there, 0 to 1; None where there is no rival.
        row: the image of the set that has the very same bytes, or None.
        rival_distance: distance to the rival's centroid; None where there is no rival.
    """

    rows: NDArray[np.int64]
    distances: NDArray[np.float32]
    cluster: int
    own: float
    rival: int | None
    fit: float | None
    row: int | None = None
    rival_distance: float | None = None


def fold(text: str) -> str:
    """Text as it is compared: case and ways of writing one character do not matter.

    Compatibility caseless matching, Unicode 15.0, section 3.13, definition D146.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFKC", folded.casefold())


def parse_query(query: str) -> tuple[str, ...]:
    """The folded words of a query; what stands in quotes is one, spaces included."""
    found = _WORDS.findall(fold(query).translate(_PLAIN_QUOTES))
    words = (phrase or word for phrase, word in found)
    return tuple(word for word in words if word.strip())


def search_text(images: ImageSet, query: str) -> NDArray[np.int64]:
    """The images of which one row holds every word in its path or label, ascending, (m,).

    They are named by their row among the distinct ones. An empty query finds nothing.
    """
    words = parse_query(query)
    rows = {
        images.index[record.id]
        for record in images.readable
        if words and record.id and _holds(record, words)
    }
    return np.array(sorted(rows), dtype=np.int64)


def _holds(record: ImageRecord, words: tuple[str, ...]) -> bool:
    text = fold(f"{record.path}\n{record.label or ''}")
    return all(word in text for word in words)


def require_count(k: int) -> None:
    """Refuse to search for no image.

    Raises:
        CoreError: k is below 1.
    """
    if k < 1:
        raise CoreError(f"the {k} nearest images: choose at least 1")


def find_nearest(
    values: NDArray[np.float32], one: NDArray[np.float32], k: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The k rows of `values` (n, d) nearest to `one` (d,): rows and distances, each (k,).

    Every distance is taken, by differences, so equal rows lie at exactly 0; fewer than k where
    there are fewer rows.

    Raises:
        CoreError: k is below 1.
    """
    require_count(k)
    size = max(1, _BLOCK_VALUES // values.shape[1])
    blocks = (values[start : start + size] for start in range(0, len(values), size))
    distances = np.concatenate([np.linalg.norm(block - one, axis=1) for block in blocks])
    rows = np.argsort(distances, kind="stable")[:k].astype(np.int64)
    return rows, distances[rows]


def match_image(
    values: NDArray[np.float32],
    one: NDArray[np.float32],
    k: int,
    centroids: NDArray[np.float32],
    *,
    row: int | None = None,
    cluster: int | None = None,
) -> Match:
    """The k nearest of `one` (d,) among the rows of `values` (n, d), and the cluster it falls into.

    Args:
        values: of the distinct images of the set.
        one: of the image that is searched for, prepared as they were.
        k: how many images are wanted.
        centroids: of the set's clusters, (n_clusters, d).
        row: where the image is one of the set, which one.
        cluster: where it is one of the set, its cluster; else that of the nearest centroid.

    Raises:
        CoreError: k is below 1.
    """
    rows, distances = find_nearest(values, one, k)
    chosen = nearest_centroids(one[None], centroids)
    if cluster is not None:
        chosen[0] = cluster
    fit = measure_fit(one[None], chosen, centroids)
    alone = len(centroids) == 1
    return Match(
        rows,
        distances,
        cluster=int(chosen[0]),
        own=float(fit.own[0]),
        rival=None if alone else int(fit.rivals[0]),
        fit=None if alone else float(fit.fit[0]),
        row=row,
        rival_distance=None if alone else float(fit.rival[0]),
    )
