"""Where an image's features come from, found by hiding one part after another.

The occlusion sensitivity of M. Zeiler and R. Fergus, "Visualizing and Understanding Convolutional
Networks", ECCV 2014, section 4.2. It works for every layer, and costs a pass through the network
for each part that is hidden. Unlike an exact split, its values do not sum to anything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError
from core.pictures.resizing import Pixels
from core.progress import Progress, Watch

Encode = Callable[[Sequence[Pixels]], NDArray[np.float32]]
"""Gives what the network makes of n squares, (n, ...)."""
_UNWATCHED = Watch()
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class OcclusionParams:
    """Into how many parts each side of the image is divided; one after the other is hidden.

    Raises:
        CoreError: there is not even one part.
    """

    steps: int = 7

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise CoreError(f"an image in {self.steps} parts: choose at least 1")

    @property
    def n_passes(self) -> int:
        """What it costs: passes of one image through the network, the whole image's included."""
        return self.steps**2 + 1


def encode_hidden(
    square: Pixels, encode: Encode, params: OcclusionParams, watch: Watch = _UNWATCHED
) -> NDArray[np.float32]:
    """What the network makes of an image as it is, then with each part hidden: (n_passes, ...).

    A part is hidden under the image's mean colour; parts go row by row.

    Raises:
        Cancelled: `watch` said so.
    """
    found = []
    for start in range(0, params.n_passes, _AT_ONCE):
        watch.step(Progress("occlude", start, params.n_passes, "parts"))
        parts = range(start, min(start + _AT_ONCE, params.n_passes))
        found.append(encode([_hide(square, part - 1, params.steps) for part in parts]))
    watch.step(Progress("occlude", params.n_passes, params.n_passes, "parts"))
    return np.concatenate(found)


def _hide(square: Pixels, part: int, steps: int) -> Pixels:
    """The square without one of its parts; with all of them where `part` is -1."""
    hidden = square.copy()
    if part >= 0:
        edges = np.linspace(0, len(square), steps + 1).round().astype(int)
        row, column = divmod(part, steps)
        mean = np.rint(square.mean(axis=(0, 1)))  # (3,)
        hidden[edges[row] : edges[row + 1], edges[column] : edges[column + 1]] = mean
    return hidden


def what_hiding_takes(values: NDArray[np.floating], params: OcclusionParams) -> NDArray[np.float64]:
    """By how much hiding each part lowers a value: float64 (steps, steps).

    Args:
        values: of the image as it is, then with each part hidden, (n_passes,).
        params: as they were.
    """
    drops: NDArray[np.float64] = values[0] - values[1:].astype(np.float64)
    return drops.reshape(params.steps, params.steps)
