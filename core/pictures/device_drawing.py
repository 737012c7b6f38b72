"""What is made of decoded images on a device: the network's squares, and the two small pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import torch

from core.network.geometry import Geometry
from core.network.transforms import Transform
from core.pictures.device_pixels import (
    MOST_REDUCTION,
    cut,
    resize,
    shrink,
    to_bytes,
    turn_upright,
)
from core.pictures.plain_jpegs import PlainJpeg
from core.pictures.resizing import Pixels
from core.pictures.thumbnails import METHOD, Size, plan_pictures

_MOST_VALUES = 2**31 - 1
"""Of an image: kernels count them in 32 bits."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be made of one image, all sizes decided.

    Attributes:
        jpeg: the file.
        square: how the network's square is cut.
        pictures: width and height of the pictures, each scaled from the one before: the preview,
            if there is one, and the thumbnail.
        reduction: how many times smaller a side becomes in one step, at most.
    """

    jpeg: PlainJpeg
    square: Geometry
    pictures: tuple[Size, ...]
    reduction: float

    @property
    def is_within_reach(self) -> bool:
        """Whether a device can hold and scale it."""
        values = 3 * self.jpeg.width * self.jpeg.height
        return self.reduction <= MOST_REDUCTION and values <= _MOST_VALUES


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was made of an image.

    Attributes:
        square: uint8 (size, size, 3), on the device.
        pictures: of the plan, in its order, (h, w, 3).
    """

    square: torch.Tensor
    pictures: tuple[Pixels, ...]


def plan_drawing(jpeg: PlainJpeg, transform: Transform) -> Plan:
    """Decide all sizes, as they are where Pillow decodes the image."""
    longer = max(jpeg.width, jpeg.height)
    width, height = (ceil(side / jpeg.shrink) for side in jpeg.upright_size)
    square = transform.geometry(height=height, width=width)
    thumbnail, preview = plan_pictures(width, height, longer=longer)
    pictures = (thumbnail,) if preview is None else (preview, thumbnail)
    first = pictures[0]
    reduction = max(square.reduction, width / first[0], height / first[1])
    return Plan(jpeg, square, pictures, reduction)


@torch.inference_mode()
def draw(plans: Sequence[Plan], decoded: list[torch.Tensor]) -> list[Drawn]:
    """Squares, which stay on the device, and pictures, which come from it in one copy.

    Args:
        plans: of the images.
        decoded: their pixels as they are stored, uint8 (3, h, w); emptied on the way.

    Raises:
        RuntimeError: the device fails, or has too little memory.
    """
    decoded.reverse()
    made = [_draw_one(plan, decoded.pop()) for plan in plans]
    pictures = iter(_fetch([picture for _, some in made for picture in some]))
    return [Drawn(square, tuple(next(pictures) for _ in some)) for square, some in made]


def _draw_one(plan: Plan, stored: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The square and the pictures, uint8 (h, w, 3) each."""
    # Shrunk before it is turned, as Pillow does: an odd rest is that of the last rows and columns.
    pixels = turn_upright(shrink(stored, plan.jpeg.shrink), plan.jpeg.orientation)  # (3, h, w)
    square, pictures = cut(pixels, plan.square), []
    for width, height in plan.pictures:
        pixels = resize(pixels, width=width, height=height, method=METHOD)
        pictures.append(to_bytes(pixels))
    return square, pictures


def _fetch(pictures: Sequence[torch.Tensor]) -> list[Pixels]:
    """From the device to memory."""
    flat = torch.cat([picture.flatten() for picture in pictures]).cpu().numpy()
    parts = np.split(flat, np.cumsum([picture.numel() for picture in pictures])[:-1])
    return [part.reshape(one.shape) for part, one in zip(parts, pictures, strict=True)]
