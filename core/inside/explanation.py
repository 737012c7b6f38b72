"""Why an image lies in its cluster: what K-Means compares, split over positions and features.

K-Means puts an image z into the cluster whose centroid m is nearest. Measured from a point o that
is the same for all clusters, here the mean of the set, nearness is linear in z:

    S_m(z) = |z - o|^2 - |z - m|^2 = 2 (m - o) . (z - (m + o) / 2)

by how much nearer z lies to m than to o, in squared distance. The cluster with the largest S is the
nearest, and of two centroids a and b

    S_a(z) - S_b(z) = |z - b|^2 - |z - a|^2 = 2 (a - b) . (z - (a + b) / 2)

which is above 0 just where the image is nearer to a. PCA is z = P (x - mean) with orthonormal rows
P, so with w = 2 P^T (m - o) and the middle c = mean + P^T (m + o) / 2 the same number is

    S_m = w . (x - c) = sum over features f of w_f (x_f - c_f)

exactly, since P P^T = 1. L2 normalisation divides all features x of an image by one number, which
is taken as given. A feature of a convolution block is the mean of a pooled map over a cell of the
grid, hence a sum over positions, and each pooled value is the largest of a window of the
convolution before: its part is laid where that value stood, at twice the resolution of the pooled
maps. The middle has no place of its own within a cell and is spread evenly. (Sums over positions
of averaged maps: class activation maps, B. Zhou et al., "Learning Deep Features for Discriminative
Localization", CVPR 2016.)
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError
from core.reduction import Reduction

Float64 = NDArray[np.float64]
_WINDOW = 2
"""Side of what a pooling looks at."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How much nearer an image lies to one point than to another: w . (x - c), as above.

    Attributes:
        weights: w, float64 (n_features,).
        middle: c, float64 (n_features,).
    """

    weights: Float64
    middle: Float64


@dataclass(frozen=True, slots=True)
class FeaturePart:
    """What one feature adds to a comparison: a channel of a block, or a unit of a layer."""

    feature: int
    part: float


def compare(
    reduction: Reduction, nearer: NDArray[np.floating], farther: NDArray[np.floating]
) -> Comparison:
    """The comparison of two points (d,) of the prepared features, in features before the PCA.

    It is above 0 for images that lie nearer to the first.
    """
    towards = nearer.astype(np.float64) - farther  # (d,)
    middle = (nearer.astype(np.float64) + farther) / 2  # (d,)
    if reduction.components is None or reduction.mean is None:
        return Comparison(2 * towards, middle)
    components = reduction.components.astype(np.float64)  # (d, n_features)
    return Comparison(2 * towards @ components, reduction.mean + middle @ components)


def split_by_feature(comparison: Comparison, values: NDArray[np.floating]) -> Float64:
    """What each feature adds, (n_features,), of an image's features, normalised as the set's are.

    Raises:
        CoreError: the image has another number of features than those of the set.
    """
    found, expected = len(values), len(comparison.weights)
    if found != expected:
        raise CoreError(
            f"{found} features an image, those of the set have {expected}: open both again"
        )
    parts: Float64 = comparison.weights * (values - comparison.middle)
    return parts


def split_by_position(
    comparison: Comparison, maps: NDArray[np.float32], *, grid: int, length: float
) -> Float64:
    """What each position adds, float64 (h, w); the parts sum to the comparison's value.

    Args:
        comparison: of features that are a block's pooled maps, averaged to a grid.
        maps: of that block's last convolution, before it is pooled, (channels, h, w).
        grid: side of the grid.
        length: by what the features were divided: their Euclidean length, or 1.
    """
    pooled, places = _pool(maps)  # (channels, h', w') each
    channels, height, width = pooled.shape
    down, across = _averaging(height, grid), _averaging(width, grid)  # (grid, h'), (grid, w')
    shape = (channels, grid, grid)
    weights = comparison.weights.reshape(shape)
    at_each = np.einsum("cij,ip,jq->cpq", weights, down, across, optimize=True)
    of_middle = (weights * comparison.middle.reshape(shape)).sum(axis=0)  # (grid, grid)
    spread = down.T @ of_middle @ across / _WINDOW**2  # (h', w')
    parts = at_each * pooled / length  # (channels, h', w')
    placed = [np.where(places == place, parts, 0).sum(axis=0) for place in range(_WINDOW**2)]
    laid = _unfold(np.stack(placed) - spread)  # (2 h', 2 w')
    missing = [(0, whole - there) for whole, there in zip(maps.shape[1:], laid.shape, strict=True)]
    return np.pad(laid, missing)


def average_to_grid(maps: NDArray[np.float32], grid: int) -> Float64:
    """The features (channels * grid * grid,) of a block's last convolution (channels, h, w)."""
    pooled, _ = _pool(maps)
    down, across = (_averaging(side, grid) for side in pooled.shape[1:])
    cells: Float64 = np.einsum("cpq,ip,jq->cij", pooled, down, across, optimize=True)
    return cells.ravel()


def _pool(maps: NDArray[np.float32]) -> tuple[Float64, NDArray[np.int64]]:
    """The largest value of each 2 x 2 window, and which of the four it is: (channels, h/2, w/2)."""
    channels, height, width = len(maps), maps.shape[1] // _WINDOW, maps.shape[2] // _WINDOW
    whole = maps[:, : height * _WINDOW, : width * _WINDOW]
    windows = whole.reshape(channels, height, _WINDOW, width, _WINDOW).transpose(0, 1, 3, 2, 4)
    flat = windows.reshape(channels, height, width, _WINDOW**2)
    return flat.max(axis=3).astype(np.float64), flat.argmax(axis=3)


def _unfold(placed: Float64) -> Float64:
    """From (4, h, w), the four places of each window, to (2 h, 2 w)."""
    height, width = placed.shape[1:]
    four = placed.reshape(_WINDOW, _WINDOW, height, width).transpose(2, 0, 3, 1)
    return four.reshape(height * _WINDOW, width * _WINDOW)


def _averaging(side: int, grid: int) -> Float64:
    """Which share each of `side` positions has in each cell's mean, (grid, side).

    Cells overlap where they do not divide the side, as in torch's adaptive pooling: from
    floor(i side / grid) to ceil((i + 1) side / grid).
    """
    shares = np.zeros((grid, side))
    for cell in range(grid):
        rows = slice(cell * side // grid, ceil((cell + 1) * side / grid))
        shares[cell, rows] = 1 / (rows.stop - rows.start)
    return shares


def by_channel(parts: Float64, n_cells: int) -> Float64:
    """Parts of features summed over the cells of their channel: (channels,)."""
    sums: Float64 = parts.reshape(-1, n_cells).sum(axis=1)
    return sums


def strongest(
    parts: Float64, most: int = 5
) -> tuple[tuple[FeaturePart, ...], tuple[FeaturePart, ...]]:
    """The features that speak most for (parts above 0), and most against; the strongest first."""
    order = np.argsort(parts, kind="stable").tolist()
    speak_for = [FeaturePart(f, float(parts[f])) for f in order[::-1][:most] if parts[f] > 0]
    against = [FeaturePart(f, float(parts[f])) for f in order[:most] if parts[f] < 0]
    return tuple(speak_for), tuple(against)
