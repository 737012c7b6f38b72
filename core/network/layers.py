"""Where VGG-16 can be cut. Free of torch, so that a cached result costs no import of it."""

from collections.abc import Collection
from dataclasses import dataclass

from core.errors import CoreError, check_choice


@dataclass(frozen=True, slots=True)
class Layer:
    """How many modules of torchvision's `features` and `classifier` are kept up to a layer."""

    features: int
    classifier: int
    channels: int
    last_weight: str


LAYERS = {
    "conv3": Layer(17, 0, 256, "features.14.weight"),
    "conv4": Layer(24, 0, 512, "features.21.weight"),
    "conv5": Layer(31, 0, 512, "features.28.weight"),
    "fc1": Layer(31, 1, 4096, "classifier.0.weight"),
    "fc2": Layer(31, 4, 4096, "classifier.3.weight"),
}
GRIDS = (1, 2)


@dataclass(frozen=True, slots=True)
class Cut:
    """A layer, and for a convolution block the side of the grid it is averaged to.

    Raises:
        CoreError: there is no such layer or grid.
    """

    layer: str
    grid: int = 1

    def __post_init__(self) -> None:
        check_choice("layer", self.layer, LAYERS)
        if self.grid not in GRIDS:
            raise CoreError(f"no grid of {self.grid}: choose 1 (whole image) or 2 (quarters)")
        if self.is_connected and self.grid != 1:
            raise CoreError(
                f"{self.layer} is fully connected and has no grid of {self.grid}: leave it out"
            )

    @property
    def is_connected(self) -> bool:
        """Whether this is a fully connected layer, which has no grid."""
        return LAYERS[self.layer].classifier > 0

    @property
    def n_features(self) -> int:
        """How many values an image gets."""
        channels = LAYERS[self.layer].channels
        return channels if self.is_connected else channels * self.grid**2

    def __str__(self) -> str:
        return self.layer if self.is_connected else f"{self.layer} {self.grid}x{self.grid}"


def available_layers(names: Collection[str]) -> tuple[str, ...]:
    """The layers for which weights of these names, torchvision's, suffice."""
    return tuple(name for name, layer in LAYERS.items() if layer.last_weight in names)
