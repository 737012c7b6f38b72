"""Pixels as tensors, on any device: shrunk, turned upright, cut and scaled as on the CPU.

All in float32, rounded to bytes once at the end. Pixels are planes (3, h, w) on the way.
"""

import torch
from torch.nn import functional

from core.network.geometry import Geometry

MOST_REDUCTION = 32
"""CUDA's antialiasing holds its weights in shared memory, 48 KiB a block: enough for 47 times
smaller by bicubic interpolation, and for 94 by bilinear."""


_TRANSPOSED = {5, 6, 7, 8}
"""Orientations by a quarter turn: rows and columns change places, before anything is mirrored."""
_MIRRORED = {1: {3, 4, 7, 8}, 2: {2, 3, 6, 7}}
"""By axis, of the rows and of the columns, the orientations that are mirrored along it."""


def shrink(pixels: torch.Tensor, factor: int) -> torch.Tensor:
    """Means of factor x factor pixels, from uint8 (3, h, w) to float32 (3, h / factor, ...).

    What libjpeg does by leaving out high frequencies; both round sizes upwards.
    """
    values = pixels.float()
    if factor == 1:
        return values
    return functional.avg_pool2d(values, factor, ceil_mode=True)


def turn_upright(pixels: torch.Tensor, orientation: int) -> torch.Tensor:
    """Planes (3, h, w) turned as their EXIF orientation, 1 to 8, asks for."""
    if orientation in _TRANSPOSED:
        pixels = pixels.transpose(1, 2)
    mirrored = [axis for axis, turns in _MIRRORED.items() if orientation in turns]
    return pixels.flip(mirrored) if mirrored else pixels


def cut(pixels: torch.Tensor, plan: Geometry) -> torch.Tensor:
    """What the network will see of upright planes (3, h, w): uint8 (size, size, 3)."""
    seen = pixels[:, plan.seen.rows, plan.seen.columns]
    above, below, before, behind = plan.black
    if any(plan.black):
        seen = functional.pad(seen, (before, behind, above, below))
    scaled = resize(seen, width=plan.width, height=plan.height, method=plan.method)
    return to_bytes(scaled[:, plan.kept.rows, plan.kept.columns])


def resize(pixels: torch.Tensor, *, width: int, height: int, method: str) -> torch.Tensor:
    """From float32 (3, h, w) to (3, height, width), with antialiasing, not rounded."""
    if pixels.shape[1:] == (height, width):
        return pixels
    planes = pixels[None]  # (1, 3, h, w)
    return functional.interpolate(planes, size=(height, width), mode=method, antialias=True)[0]


def to_bytes(pixels: torch.Tensor) -> torch.Tensor:
    """From float32 (3, h, w), perhaps a little beyond [0, 255], to uint8 (h, w, 3)."""
    return pixels.round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).contiguous()
