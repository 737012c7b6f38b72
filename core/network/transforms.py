"""From an upright RGB image to the pixels that the network sees.

A transform has two halves: cutting and scaling, done image by image, and bringing the values into
the range that the network was trained on, done on a whole batch wherever it lies.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.errors import CoreError, check_choice
from core.network.geometry import (
    Geometry,
    imagenet_side,
    plan_article,
    plan_embedded,
    plan_imagenet,
)
from core.pictures.resizing import Pixels, resize

if TYPE_CHECKING:
    import torch

TRANSFORMS = {"imagenet": 224, "article": 448, "embedded": 64}
"""Each transform with the size, in pixels, that it gives unless told otherwise."""

_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)
_SMALLEST = 32
"""VGG-16 halves its input five times."""
LARGEST_SIZE = 1024
"""The first block holds 64 values a pixel, before and after each layer: 2 GiB for four images."""


@dataclass(frozen=True, slots=True)
class Transform:
    """A named recipe and the side, in pixels, of the square that it gives.

    - `imagenet`: the shorter side to size x 256 / 224, the centre cut out, normalised by
      ImageNet's mean and standard deviation (torchvision's own recipe for these weights).
    - `article`: the centre of 512 x 512 cut out, black where the image is smaller, scaled to
      size, values in [0, 1], not normalised.
    - `embedded`: the whole image, whatever its shape, scaled to a square by bicubic
      interpolation, normalised like `imagenet`.

    Raises:
        CoreError: there is no such recipe, or the size is too small or too large for the network.
    """

    name: str
    size: int

    def __post_init__(self) -> None:
        check_choice("transform", self.name, TRANSFORMS)
        if self.size < _SMALLEST:
            raise CoreError(
                f"a size of {self.size} is too small: VGG-16 needs {_SMALLEST} pixels, choose more"
            )
        if self.size > LARGEST_SIZE:
            raise CoreError(
                f"a size of {self.size} is too large: VGG-16 fills the memory beyond "
                f"{LARGEST_SIZE} pixels, choose less"
            )

    def least_scale(self, shorter: int) -> float:
        """The share of its sides to which an image may be scaled while it is decoded.

        Twice what the network sees is kept, so that the scaling which follows decides what comes
        out. The article cuts at the image's own scale.
        """
        if self.name == "article":
            return 1.0
        needed = imagenet_side(self.size) if self.name == "imagenet" else self.size
        return min(1.0, 2 * needed / shorter)

    def geometry(self, *, height: int, width: int) -> Geometry:
        """Where an image of that size is cut and how it is scaled."""
        return _PLANS[self.name](height, width, self.size)

    def cut(self, pixels: Pixels) -> Pixels:
        """The square (size, size, 3) that the network will see, of RGB pixels (h, w, 3)."""
        plan = self.geometry(height=pixels.shape[0], width=pixels.shape[1])
        seen = pixels[plan.seen.rows, plan.seen.columns]
        above, below, before, behind = plan.black
        if any(plan.black):
            seen = np.pad(seen, [(above, below), (before, behind), (0, 0)])
        scaled = resize(seen, width=plan.width, height=plan.height, method=plan.method)
        return scaled[plan.kept.rows, plan.kept.columns]

    def to_input(self, batch: "torch.Tensor") -> "torch.Tensor":
        """From uint8 (n, size, size, 3) to float32 (n, 3, size, size), channels last in memory."""
        values = batch.permute(0, 3, 1, 2).float().div_(255)  # (n, 3, size, size)
        if self.name == "article":
            return values
        mean = values.new_tensor(_IMAGENET_MEAN).view(3, 1, 1)
        std = values.new_tensor(_IMAGENET_STD).view(3, 1, 1)
        return values.sub_(mean).div_(std)


_PLANS = {"imagenet": plan_imagenet, "article": plan_article, "embedded": plan_embedded}
