"""A batch of images changed at random, all at once, wherever they lie.

Every random number is drawn on the CPU from the seed and the number of the step, so that a
training that goes on after an end sees what it would have seen, on any device.
"""

from math import ceil

import numpy as np
import torch
from torch.nn import functional

from core.network.transforms import Transform
from training.options import AugmentationParams

_LOWEST_RATIO = 3 / 4
_BLURS = (0.25, 0.375, 0.5, 0.75)
"""To which share of its side an image is shrunk before it is enlarged again."""
_LARGEST_HOLE = 0.25
_GREY = (0.299, 0.587, 0.114)
"""Of red, green and blue in brightness (ITU-R BT.601), as Pillow has it."""


def augment(
    pixels: torch.Tensor, size: int, params: AugmentationParams, random: np.random.Generator
) -> torch.Tensor:
    """From uint8 (n, side, side, 3) to what the network sees, float32 (n, 3, size, size)."""
    values = pixels.permute(0, 3, 1, 2).float().div_(255)  # (n, 3, side, side)
    values = _crop(values, size, params, random)  # (n, 3, size, size)
    values = _blur(values, params, random)
    values = _color(values, params, random)
    return _erase(normalize(values), params, random)


def mix(
    images: torch.Tensor, targets: torch.Tensor, alpha: float, random: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Each image (n, 3, size, size) laid over another, and so its target (n, classes)."""
    if not alpha:
        return images, targets
    n = len(images)
    share = _to(random.beta(alpha, alpha, n), images)  # (n,)
    other = torch.from_numpy(random.permutation(n)).to(images.device)
    weight = share[:, None, None, None]
    mixed = images * weight + images[other] * (1 - weight)
    return mixed, targets * share[:, None] + targets[other] * (1 - share[:, None])


def normalize(values: torch.Tensor) -> torch.Tensor:
    """Values in [0, 1] (n, 3, size, size) in the range that core's transform gives."""
    ends = torch.tensor([[[[0] * 3]], [[[255] * 3]]], dtype=torch.uint8)  # (2, 1, 1, 3)
    low, high = Transform("embedded", values.shape[-1]).to_input(ends).to(values.device)
    normalized: torch.Tensor = values * (high - low) + low
    return normalized


def _crop(
    values: torch.Tensor, size: int, params: AugmentationParams, random: np.random.Generator
) -> torch.Tensor:
    """A rectangle of each image, some mirrored, scaled to size x size."""
    n, side = len(values), values.shape[-1]
    area = random.uniform(params.area, 1, n)
    ratio = np.exp(random.uniform(np.log(_LOWEST_RATIO), -np.log(_LOWEST_RATIO), n))
    width = np.minimum(np.sqrt(area * ratio), 1)  # (n,), in shares of the side
    height = np.minimum(np.sqrt(area / ratio), 1)
    mirror = np.where(random.random(n) < 0.5, -1.0, 1.0)  # noqa: PLR2004 - every other one
    turn = np.zeros((n, 2, 3))  # from where a pixel comes: -1 to 1 across an image
    turn[:, 0, 0], turn[:, 1, 1] = width * mirror, height
    turn[:, 0, 2] = (1 - width) * random.uniform(-1, 1, n)
    turn[:, 1, 2] = (1 - height) * random.uniform(-1, 1, n)
    finer = ceil(side / size)  # each pixel the mean of several, where pixels would be skipped
    shape = [n, 3, finer * size, finer * size]
    grid = functional.affine_grid(_to(turn, values), shape, align_corners=False)
    found = functional.grid_sample(values, grid, padding_mode="reflection", align_corners=False)
    return functional.avg_pool2d(found, finer) if finer > 1 else found


def _blur(
    values: torch.Tensor, params: AugmentationParams, random: np.random.Generator
) -> torch.Tensor:
    """Some images shrunk and enlarged again."""
    n, size = len(values), values.shape[-1]
    chosen = np.where(random.random(n) < params.blur, random.integers(0, len(_BLURS), n), -1)
    for number, share in enumerate(_BLURS):
        rows = np.flatnonzero(chosen == number)  # known without a look at the device
        if not len(rows):
            continue
        some = torch.from_numpy(rows).to(values.device)
        small = functional.interpolate(
            values[some], size=round(size * share), mode="bilinear", antialias=True
        )
        large = functional.interpolate(small, size=size, mode="bicubic").clamp_(0, 1)
        values = values.index_copy(0, some, large)
    return values


def _color(
    values: torch.Tensor, params: AugmentationParams, random: np.random.Generator
) -> torch.Tensor:
    """Brightness, contrast, saturation; some grey, some with their values turned round."""
    n = len(values)
    low, high = 1 - params.color, 1 + params.color
    brightness, contrast, saturation = random.uniform(low, high, (3, n))
    saturation[random.random(n) < params.grey] = 0
    inverted = random.random(n) < params.invert
    weights = values.new_tensor(_GREY).view(3, 1, 1)
    grey = (values * weights).sum(1, keepdim=True)  # (n, 1, size, size)
    values = torch.lerp(grey, values, _column(saturation, values))
    mean = grey.mean((2, 3), keepdim=True)  # (n, 1, 1, 1)
    values = torch.lerp(mean, values, _column(contrast, values))
    values = (values * _column(brightness, values)).clamp_(0, 1)
    return torch.where(_column(inverted, values) > 0, 1 - values, values)


def _erase(
    values: torch.Tensor, params: AugmentationParams, random: np.random.Generator
) -> torch.Tensor:
    """From some images a rectangle is cut: what is left there is the mean of all images, 0."""
    n, size = len(values), values.shape[-1]
    area = np.where(random.random(n) < params.erase, random.uniform(0.02, _LARGEST_HOLE, n), 0)
    ratio = np.exp(random.uniform(-1, 1, n))
    place = torch.arange(size, device=values.device) + 0.5  # middles of pixels
    is_in = []
    for length in (np.sqrt(area * ratio) * size, np.sqrt(area / ratio) * size):
        first = random.random(n) * np.maximum(size - length, 0)
        begin, end = _to(first, values)[:, None], _to(first + length, values)[:, None]
        is_in.append((place >= begin) & (place < end))  # (n, size)
    hole = is_in[0][:, None, None, :] & is_in[1][:, None, :, None]  # (n, 1, size, size)
    return values.masked_fill(hole, 0)


def _column(drawn: np.ndarray, values: torch.Tensor) -> torch.Tensor:
    return _to(drawn, values)[:, None, None, None]  # (n, 1, 1, 1)


def _to(drawn: np.ndarray, values: torch.Tensor) -> torch.Tensor:
    return torch.from_numpy(drawn.astype(np.float32)).to(values.device, non_blocking=True)
