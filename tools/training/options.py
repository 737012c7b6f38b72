"""What can be chosen about a training, with what suits Tiny-ImageNet as defaults."""

from dataclasses import dataclass

from core.errors import CoreError

_SMALLEST = 32
"""VGG-16 halves its input five times."""


@dataclass(frozen=True, slots=True)
class AugmentationParams:
    """How a training image is changed each time that it is seen.

    Attributes:
        area: the least share of an image that a random crop keeps.
        color: how far brightness, contrast and saturation go from 1 to either side.
        grey: the share of images that lose their colours, as drawings and digits have none.
        invert: the share of images whose values are turned round: white on black, black on white.
        blur: the share of images that are shrunk and enlarged again, as small pictures are.
        erase: the share of images from which a rectangle is cut (Z. Zhong et al., 2020).
        mixup: both parameters of the beta distribution by which two images are laid over each
            other (H. Zhang et al., 2018); 0 leaves them apart.
    """

    area: float = 0.35
    color: float = 0.4
    grey: float = 0.1
    invert: float = 0.05
    blur: float = 0.3
    erase: float = 0.25
    mixup: float = 0.2

    def __post_init__(self) -> None:
        for name in ("area", "color", "grey", "invert", "blur", "erase"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise CoreError(f"--{name} {value}: a share between 0 and 1 is expected")
        if not self.area:
            raise CoreError("--area 0: a crop has to keep something, such as 0.35")
        if self.mixup < 0:
            raise CoreError(f"--mixup {self.mixup}: 0 (off) or above is expected, such as 0.2")


@dataclass(frozen=True, slots=True)
class TrainingParams:
    """A whole training but for its images and its device.

    Attributes:
        epochs: how often each image is seen.
        batch_size: how many images are seen between two steps.
        sizes: sides in pixels of what the network sees, each for an equal share of the steps;
            the last is the one that the weights are made for.
        learning_rate: its peak.
        clip: the greatest length of a gradient; a longer one is shortened to it.
        warm_up: the share of the steps in which it rises.
        momentum: Nesterov's.
        weight_decay: of the weights that are multiplied, not of offsets nor of batch norm.
        label_smoothing: the share of a label that is spread over all classes.
        average: the decay of the exponential average of the weights, which is what is kept at
            the end; 0 keeps the last weights.
        contrast: the weight of the supervised contrastive term; 0 leaves it out.
        temperature: that term's.
        roundness: the weight of what keeps classes round for K-Means; 0 leaves it out.
        seed: for the first weights, the order of the images, and every change of them.
        augmentation: how images are changed.
    """

    epochs: int = 60
    batch_size: int = 512
    sizes: tuple[int, ...] = (32, 48, 64)
    learning_rate: float = 0.05
    clip: float = 5.0
    warm_up: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 5e-4
    label_smoothing: float = 0.1
    average: float = 0.999
    contrast: float = 0.0
    temperature: float = 0.1
    roundness: float = 0.0
    seed: int = 0
    augmentation: AugmentationParams = AugmentationParams()

    def __post_init__(self) -> None:
        _check_positive("--epochs", self.epochs)
        _check_positive("--batch-size", self.batch_size, least=2)
        for name in ("learning_rate", "clip", "temperature"):
            _check_positive(f"--{name.replace('_', '-')}", getattr(self, name), least=0)
        if not self.sizes or min(self.sizes) < _SMALLEST:
            raise CoreError(f"--sizes {self.sizes}: each must be at least {_SMALLEST} pixels")
        if not 0 <= self.average < 1:
            raise CoreError(f"--average {self.average}: from 0 (off) to below 1 is expected")

    @property
    def views(self) -> int:
        """How often an image stands in one batch: a contrast needs two sights of it."""
        return 2 if self.contrast else 1

    @property
    def size(self) -> int:
        """The side in pixels for which the weights are made."""
        return self.sizes[-1]


def _check_positive(name: str, value: float, *, least: float = 1) -> None:
    if value < least or value <= 0:
        expected = "more than 0" if least == 0 else f"at least {least:g}"
        raise CoreError(f"{name} {value:g}: {expected} is expected")
