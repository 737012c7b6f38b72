"""What a heat map is laid over, and the map as a picture: orange for, blue against, clear at 0."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.network.map_pictures import AGAINST, FOR
from core.pictures.resizing import Pixels

_OPAQUE = 255


def draw_layer(values: NDArray[np.floating], *, peak: float, side: int = 384) -> NDArray[np.uint8]:
    """Values (h, w) as a transparent picture, RGBA uint8 (side, side, 4).

    The colours are those of `core.network.map_pictures.overlay`; here the image beneath is left
    out, so that whoever looks can choose how much of it is seen.

    Args:
        values: smoothed to the picture's size.
        peak: the value that is opaque; all are transparent where it is 0.
        side: of the picture in pixels.
    """
    shares = np.clip(values / (peak or 1.0), -1, 1).astype(np.float32)
    whole = Image.fromarray(shares).resize((side, side), Image.Resampling.BILINEAR)
    smooth = np.asarray(whole)  # (side, side)
    layer = np.empty((side, side, 4), dtype=np.uint8)
    layer[..., :3] = np.where(smooth[..., None] > 0, np.array(FOR), np.array(AGAINST))
    layer[..., 3] = np.rint(_OPAQUE * np.abs(smooth))
    return layer


def find_peak(*maps: NDArray[np.floating]) -> float:
    """The largest value of maps that share a scale, above 0 or below."""
    return float(max(np.abs(one).max(initial=0) for one in maps))


def average_pictures(pictures: Sequence[Pixels]) -> Pixels:
    """The mean of pictures of one size, (size, size, 3)."""
    mean: Pixels = np.rint(np.mean(pictures, axis=0)).astype(np.uint8)
    return mean
