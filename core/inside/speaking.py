"""The features that speak for an image's cluster and against it: how much, where, and in whom else.

A feature is a channel of a convolution block, or a unit of a connected layer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.inside.inside import Inside
from core.inside.looking import Image
from core.inside.why import Why
from core.reduction import Reduction

_OTHERS = 4


@dataclass(frozen=True, slots=True)
class Speaker:
    """One feature of an image, and what it says.

    Attributes:
        feature: its number in the layer.
        part: what it adds to the margin of the image's own cluster over the rival's.
        map: where in the image it is found, float32 (h, w), none below 0; None of a unit, which
            has no places.
        rows: the images of the set that have most of it, the most first.
    """

    feature: int
    part: float
    map: NDArray[np.float32] | None
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Speakers:
    """The features that speak for an image's own cluster, and those for the rival's."""

    own: tuple[Speaker, ...]
    rival: tuple[Speaker, ...]


def find_speakers(inside: Inside, image: Image, why: Why) -> Speakers:
    """The features that `why` names, each with its map and the images that have most of it.

    Raises:
        ImageProblem: the image cannot be read or decoded, and why.
    """
    cut, reduction = inside.study.recipe.cut, inside.study.reduction
    maps = None if cut.is_connected else inside.last_maps(image)  # (channels, h, w)

    def speak(feature: int, part: float) -> Speaker:
        one = None if maps is None else maps[feature]
        rows = find_most_of(reduction, feature, n_cells=cut.grid**2)
        return Speaker(feature, part, one, tuple(rows.tolist()))

    own, rival = (
        tuple(speak(one.feature, one.part) for one in some)
        for some in (why.speaks_for, why.speaks_against)
    )
    return Speakers(own, rival)


def find_most_of(
    reduction: Reduction, feature: int, *, n_cells: int, most: int = _OTHERS
) -> NDArray[np.int64]:
    """The images that have most of a channel, or unit, as K-Means sees it, the most first.

    After a PCA that is what its components kept of the feature: z P + mean, whose mean is the same
    for all images.

    Args:
        reduction: prepared features of the images.
        feature: number of the channel or unit.
        n_cells: of the grid to which a channel was averaged; they are added up.
        most: how many images are wanted at most.
    """
    cells = slice(feature * n_cells, (feature + 1) * n_cells)
    if reduction.components is None:
        amounts = reduction.values[:, cells].sum(axis=1)  # (n,)
    else:
        amounts = reduction.values @ reduction.components[:, cells].sum(axis=1)  # (n,)
    return np.argsort(-amounts, kind="stable")[:most]
