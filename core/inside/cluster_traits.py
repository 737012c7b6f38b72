"""What the images of a cluster share: where they resemble its centroid, and what they excite.

Of a comparison with the mean of all images (see `core.inside.explanation`), the mean over a
cluster's own images is the squared distance between the two points, a sum of one square for each
feature: what a channel adds to it says how much the cluster differs from the rest in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.inside.explanation import Comparison, by_channel
from core.pictures.resizing import Pixels

_CHANNELS, _PATCHES = 4, 6
_SHARE = 3
"""A patch's side is this part of the image's. What a value of `conv5` depends on is nearly the
whole image, what it mostly depends on a fraction in its middle (W. Luo et al., "Understanding the
Effective Receptive Field in Deep Convolutional Neural Networks", NeurIPS 2016)."""


@dataclass(frozen=True, slots=True)
class Patch:
    """The part of an image that excites a channel most.

    Attributes:
        row: the image, by its row among the distinct ones.
        top: of the part, in pixels of the square that the network sees.
        left: likewise.
        activation: of the channel, in the middle of it.
        pixels: the part, uint8 (side, side, 3).
    """

    row: int
    top: int
    left: int
    activation: float
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class Trait:
    """A channel in which a cluster stands out, and what of its images excites it most.

    Attributes:
        channel: its number in the layer.
        share: of all that the cluster's centroid has more of than the mean of all images, 0 to 1.
        patches: one an image at most, the most exciting first.
    """

    channel: int
    share: float
    patches: tuple[Patch, ...]


@dataclass(frozen=True, slots=True)
class ClusterTraits:
    """What some images of a cluster, those nearest to its centroid, have in common.

    Attributes:
        cluster: its number.
        rows: the images that were looked at, the nearest first.
        layer: the convolution whose maps were looked at.
        shared: where they resemble the centroid, on the mean, float64 (h, w).
        traits: the channels in which the cluster stands out most, the first first.
        likeness: that of the images, on the mean; it is what `shared` sums to.
    """

    cluster: int
    rows: tuple[int, ...]
    layer: str
    shared: NDArray[np.float64]
    traits: tuple[Trait, ...]

    @property
    def likeness(self) -> float:
        """To the centroid, against the mean of all images, as the images have it on the mean."""
        return float(self.shared.sum())


def measure_gains(comparison: Comparison, n_cells: int) -> NDArray[np.float64]:
    """What each channel adds to the squared distance of the two points, (channels,).

    It is above 0 where the nearer point has more of the channel, below 0 where it has less.

    Args:
        comparison: of a cluster's centroid with the mean of all images.
        n_cells: of the grid.
    """
    half = comparison.weights / 2  # (n_features,): how far the points are apart in each
    return by_channel(half * np.abs(half), n_cells)


def find_traits(
    gains: NDArray[np.float64],
    maps: NDArray[np.float32],
    squares: Sequence[Pixels],
    rows: Sequence[int],
    *,
    channels: int = _CHANNELS,
    patches: int = _PATCHES,
) -> tuple[Trait, ...]:
    """The channels that gain most, each with the parts of the images that excite it most.

    Args:
        gains: of each channel.
        maps: of one layer, (n, channels, h, w).
        squares: what the network saw, n of (size, size, 3).
        rows: the images' rows, n.
        channels: how many are wanted at most; only those that gain are given.
        patches: how many are wanted at most for each.
    """
    total = gains[gains > 0].sum()
    order = np.argsort(-gains, kind="stable")[:channels]
    return tuple(
        Trait(
            channel,
            float(gains[channel] / total),
            _find_patches(maps[:, channel], squares, rows, patches),
        )
        for channel in order.tolist()
        if gains[channel] > 0
    )


def _find_patches(
    maps: NDArray[np.float32], squares: Sequence[Pixels], rows: Sequence[int], most: int
) -> tuple[Patch, ...]:
    """The strongest place of each map (n, h, w), as patches; images without any are left out."""
    peaks = maps.max(axis=(1, 2))  # (n,)
    order = [place for place in np.argsort(-peaks, kind="stable")[:most].tolist() if peaks[place]]
    return tuple(_cut_patch(maps[place], squares[place], rows[place]) for place in order)


def _cut_patch(one: NDArray[np.float32], square: Pixels, row: int) -> Patch:
    """Around the middle of the map's strongest position, moved inwards where it would stick out."""
    size = len(square)
    side = max(1, size // _SHARE)
    position = np.unravel_index(int(one.argmax()), one.shape)
    middles = [(at + 0.5) * size / n for at, n in zip(position, one.shape, strict=True)]
    top, left = (int(min(max(at - side / 2, 0), size - side)) for at in middles)
    pixels = square[top : top + side, left : left + side].copy()
    return Patch(row, top, left, float(one.max()), pixels)


Result = tuple[dict[str, Any], dict[str, NDArray[Any]]]


def to_result(traits: ClusterTraits) -> Result:
    """All of it as the cache file can hold it: facts for JSON, and arrays."""
    facts = {
        "cluster": traits.cluster,
        "rows": list(traits.rows),
        "layer": traits.layer,
        "traits": [
            [
                one.channel,
                one.share,
                [[p.row, p.top, p.left, p.activation] for p in one.patches],
            ]
            for one in traits.traits
        ],
    }
    pixels = [patch.pixels for one in traits.traits for patch in one.patches]
    return facts, {"shared": traits.shared, "pixels": np.array(pixels, dtype=np.uint8)}


def from_result(facts: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> ClusterTraits:
    """The same again."""
    pixels = iter(arrays["pixels"])
    traits = tuple(
        Trait(
            channel,
            share,
            tuple(Patch(row, top, left, peak, next(pixels)) for row, top, left, peak in patches),
        )
        for channel, share, patches in facts["traits"]
    )
    rows = tuple(facts["rows"])
    return ClusterTraits(facts["cluster"], rows, facts["layer"], arrays["shared"], traits)
