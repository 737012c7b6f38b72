"""The labels of images as numbers, so that they can be counted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NO_LABEL = -1


@dataclass(frozen=True, slots=True)
class LabelCodes:
    """The label of each of m images: its place in `names`, int32 (m,); -1 where it has none.

    `names` are in alphabetical order, none twice.
    """

    codes: NDArray[np.int32]
    names: tuple[str, ...]


def encode_labels(labels: Sequence[str | None]) -> LabelCodes:
    """The labels (m,) as numbers. An empty text is a label like any other; None is none."""
    names = sorted({label for label in labels if label is not None})
    places: dict[str | None, int] = {name: place for place, name in enumerate(names)}
    codes = [places.get(label, NO_LABEL) for label in labels]
    return LabelCodes(np.array(codes, dtype=np.int32), tuple(names))
