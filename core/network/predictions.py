"""ImageNet's classes: which an image shows, and which a cluster's images show most often."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError


@dataclass(frozen=True, slots=True)
class Prediction:
    """One of ImageNet's 1,000 classes: its number, its name, and its probability, 0 to 1."""

    number: int
    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name for a cluster: the likeliest class of `count` of the `total` images looked at."""

    name: str
    count: int
    total: int

    @property
    def share(self) -> float:
        """Of the images looked at, 0 to 1."""
        return self.count / self.total


@lru_cache(maxsize=1)
def categories() -> tuple[str, ...]:
    """The names of the 1,000 classes, as torchvision lists them beside its weights."""
    from torchvision.models import VGG16_Weights  # noqa: PLC0415 - slow to import

    return tuple(VGG16_Weights.IMAGENET1K_V1.meta["categories"])


def top_predictions(probabilities: NDArray[np.float32], top: int = 5) -> tuple[Prediction, ...]:
    """The `top` likeliest classes of an image, the likeliest first, the lower number of equals.

    Args:
        probabilities: of each class, (1000,).
        top: how many are wanted.

    Raises:
        CoreError: none is wanted.
    """
    if top < 1:
        raise CoreError(f"the {top} likeliest classes: choose at least 1")
    order = np.argsort(-probabilities, kind="stable")[:top]
    return tuple(
        Prediction(number, categories()[number], float(probabilities[number]))
        for number in order.tolist()
    )


def suggest_names(likeliest: Iterable[int], most: int = 3) -> tuple[Suggestion, ...]:
    """The most frequent of the images' likeliest classes, the lower number of equals first.

    A name need not be true of the cluster: it is the nearest that ImageNet's classes have.
    """
    counts = Counter(likeliest)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    total = counts.total()
    return tuple(Suggestion(categories()[number], n, total) for number, n in ranked[:most])
