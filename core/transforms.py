"""From an upright RGB image to the pixels that the network sees.

A transform has two halves: cutting and scaling, done by Pillow on whole images, and bringing the
values into the range that the network was trained on, done on a whole batch wherever it lies.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.errors import CoreError, check_choice

if TYPE_CHECKING:
    import torch

TRANSFORMS = {"imagenet": 224, "article": 448, "embedded": 64}
"""Each transform with the size, in pixels, that it gives unless told otherwise."""

_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)
_ARTICLE_CROP = 512
_SMALLEST = 32
"""VGG-16 halves its input five times."""


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
        CoreError: there is no such recipe, or the size is too small for the network.
    """

    name: str
    size: int

    def __post_init__(self) -> None:
        check_choice("transform", self.name, TRANSFORMS)
        if self.size < _SMALLEST:
            raise CoreError(f"a size of {self.size} is too small: VGG-16 needs {_SMALLEST} pixels")

    def cut(self, image: Image.Image) -> NDArray[np.uint8]:
        """The square that the network will see, shape (size, size, 3)."""
        square = _CUTS[self.name](image, self.size)
        return np.asarray(square, dtype=np.uint8)

    def to_input(self, batch: "torch.Tensor") -> "torch.Tensor":
        """From uint8 (n, size, size, 3) to float32 (n, 3, size, size), channels last in memory."""
        values = batch.permute(0, 3, 1, 2).float().div_(255)  # (n, 3, size, size)
        if self.name == "article":
            return values
        mean = values.new_tensor(_IMAGENET_MEAN).view(3, 1, 1)
        std = values.new_tensor(_IMAGENET_STD).view(3, 1, 1)
        return values.sub_(mean).div_(std)


def _cut_imagenet(image: Image.Image, size: int) -> Image.Image:
    from torchvision.transforms import functional  # noqa: PLC0415 - slow to import

    # Of a long strip only the middle is seen: scaled as a whole it could fill the memory.
    width, height = image.size
    middle = functional.center_crop(image, [min(height, 64 * width), min(width, 64 * height)])
    larger = functional.resize(middle, [round(size * 256 / 224)])
    square: Image.Image = functional.center_crop(larger, [size, size])
    return square


def _cut_article(image: Image.Image, size: int) -> Image.Image:
    from torchvision.transforms import functional  # noqa: PLC0415 - slow to import

    centre = functional.center_crop(image, [_ARTICLE_CROP, _ARTICLE_CROP])
    square: Image.Image = functional.resize(centre, [size, size])
    return square


def _cut_embedded(image: Image.Image, size: int) -> Image.Image:
    return image.resize((size, size), Image.Resampling.BICUBIC)


_CUTS = {"imagenet": _cut_imagenet, "article": _cut_article, "embedded": _cut_embedded}
