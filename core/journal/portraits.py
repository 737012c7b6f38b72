"""What a cluster was when something was decided about it.

The number of a cluster says nothing under other weights or among other images. Its members do: a
portrait keeps those, of a large cluster a sample, and `core.journal.recognition` finds them in any
later clustering.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.clusters.clustering import KMeansParams
from core.clusters.edits import read_edits, write_edits
from core.errors import CoreError

SAMPLE = 512
"""Images kept of a larger cluster: a share is then right to within 4.4 %, 19 times in 20."""

_MARK = ">u8"
_HEX_DIGITS = 16
_HEX = frozenset("0123456789abcdef")
Marks = NDArray[np.uint64]
"""The first 8 bytes of each image's id: enough to tell 10^8 images apart."""


@dataclass(frozen=True, slots=True)
class Portrait:
    """A cluster as it was.

    Attributes:
        number: its number then.
        params: of the clustering that it was part of.
        recipe: the fingerprint of the features that the clustering was made of.
        setting: that of all that decides what a number means: images, features, reduction, seed.
        medoid: the id of its most central image.
        size: how many distinct images it had.
        n_images: how many there were in all clusters.
        members: the marks of its images, 8 bytes each, ascending; of more than 512 the 512 lowest.
            Ids are hashes: that is as good as drawn by lot, and the same at every drawing.
        others: likewise those of the images in other clusters, so that images that were added
            later count neither for it nor against it.

    Raises:
        CoreError: it is no portrait of a cluster that has images.
    """

    number: int
    params: KMeansParams
    recipe: str
    setting: str
    medoid: str
    size: int
    n_images: int
    members: bytes
    others: bytes

    def __post_init__(self) -> None:
        kept = min(self.size, SAMPLE), min(self.n_images - self.size, SAMPLE)
        if self.size < 1 or (len(self.members), len(self.others)) != (8 * kept[0], 8 * kept[1]):
            raise CoreError(
                f"no portrait of {self.size} among {self.n_images} images: marks lack. "
                "Export the journal again"
            )
        if len(self.medoid) < _HEX_DIGITS or set(self.medoid) - _HEX:
            raise CoreError(
                f"{self.medoid!r} is no id of an image: it has hexadecimal digits. "
                "Export the journal again"
            )

    @property
    def key(self) -> str:
        """The same for equal portraits: `c` and 16 hexadecimal digits."""
        return _make_key(self)

    def describe(self) -> str:
        """In words."""
        return f"cluster {self.number} of k = {self.params.n_clusters}"


def portray(
    cluster: int,
    clusters: NDArray[np.int32],
    ids: Sequence[str],
    *,
    params: KMeansParams,
    medoid: int,
    recipe: str = "",
    setting: str = "",
) -> Portrait:
    """The portrait of a cluster that has images.

    Args:
        cluster: its number.
        clusters: the cluster of each distinct image, (n,).
        ids: the id of each, n of them.
        params: of the clustering.
        medoid: the row of its most central image.
        recipe: the fingerprint of the features.
        setting: the fingerprint of all that decides what a number means.

    Raises:
        CoreError: there are no images in it.
    """
    marks, own = mark(tuple(ids)), clusters == cluster
    size = int(np.count_nonzero(own))
    if not size:
        raise CoreError(f"no images are in cluster {cluster}: choose another")
    samples = _sample(marks[own]), _sample(marks[~own])
    return Portrait(
        cluster, params, recipe, setting, ids[medoid], size, len(ids), samples[0], samples[1]
    )


def _sample(marks: Marks) -> bytes:
    return np.sort(marks)[:SAMPLE].astype(_MARK).tobytes()


def read_marks(sample: bytes) -> Marks:
    """The marks in a sample, uint64 (m,)."""
    return np.frombuffer(sample, dtype=_MARK).astype(np.uint64)


@lru_cache(maxsize=1024)
def _make_key(portrait: Portrait) -> str:
    facts = (portrait.number, write_params(portrait.params), portrait.recipe, portrait.setting)
    text = repr((*facts, portrait.medoid, portrait.size, portrait.n_images)).encode()
    marks = portrait.members + portrait.others
    return "c" + hashlib.sha256(text + marks).hexdigest()[:_HEX_DIGITS]


@lru_cache(maxsize=8)
def mark(ids: tuple[str, ...]) -> Marks:
    """The first 8 bytes of each id, uint64 (n,)."""
    marks = read_marks(b"".join(bytes.fromhex(one[:_HEX_DIGITS]) for one in ids))
    marks.setflags(write=False)
    return marks


def mark_one(image: str) -> Marks:
    """That of one id, (1,)."""
    return read_marks(bytes.fromhex(image[:_HEX_DIGITS]))


def write_params(params: KMeansParams) -> str:
    """As the journal spells them: `k=8 seed=42 edits=split-3-2`."""
    edits = f" edits={write_edits(params.edits)}" if params.edits else ""
    return f"k={params.n_clusters} seed={params.seed}{edits}"


def read_params(text: str) -> KMeansParams:
    """What `write_params` wrote.

    Raises:
        CoreError: the text is no such spelling.
    """
    parts = dict(word.partition("=")[::2] for word in text.split())
    if not {"k", "seed"} <= set(parts) <= {"k", "seed", "edits"}:
        raise CoreError(f"{text!r} is no clustering: write k=8 seed=42")
    if not (parts["k"].isdecimal() and parts["seed"].isdecimal()):
        raise CoreError(f"{text!r} is no clustering: write k and seed as whole numbers")
    return KMeansParams(int(parts["k"]), int(parts["seed"]), read_edits(parts.get("edits", "")))
