"""Places on a map for images that were not laid out: between those nearest to them that were.

It stands for UMAP's own `transform`, which starts there as well and is slower; docs/scale.md has
both side by side.
"""

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import check_choice
from core.neighbors import METRICS

N_NEAREST = 3
"""Images laid out that an image is placed between: with more, places fall between the groups."""

_BLOCK_VALUES = 1 << 26
"""Distances held at once: 256 MB of float32."""

Values = NDArray[np.float32]


@torch.inference_mode()
def place(
    values: Values,
    known: Values,
    coordinates: Values,
    *,
    n_nearest: int = N_NEAREST,
    metric: str = "euclidean",
    device: str = "cpu",
) -> Values:
    """The mean place of the nearest of the known images, for each other one, float32 (n, c).

    An image that equals a known one is placed among its nearest like any other.

    Args:
        values: of the images to be placed, (n, d).
        known: of those that have places, (s, d); at least one.
        coordinates: their places, (s, c).
        n_nearest: how many of them count.
        metric: `euclidean` or `cosine`.
        device: where distances are computed.

    Raises:
        CoreError: there is no such metric.
    """
    check_choice("metric", metric, METRICS)
    points = _prepared(known, metric, device)  # (s, d)
    squares = points.square().sum(1)  # (s,)
    places = torch.from_numpy(np.ascontiguousarray(coordinates)).to(device)  # (s, c)
    k = min(n_nearest, len(points))
    size = max(1, _BLOCK_VALUES // len(points))
    found = [np.empty((0, coordinates.shape[1]), dtype=np.float32)]
    for start in range(0, len(values), size):
        block = _prepared(values[start : start + size], metric, device)  # (b, d)
        apart = torch.addmm(squares, block, points.T, alpha=-2)  # (b, s): less |block|^2
        nearest = apart.topk(k, largest=False, sorted=False).indices  # (b, k)
        found.append(places[nearest].mean(1).cpu().numpy())
    return np.concatenate(found)


def _prepared(values: Values, metric: str, device: str) -> torch.Tensor:
    points = torch.from_numpy(np.ascontiguousarray(values)).to(device)
    return torch.nn.functional.normalize(points, dim=1) if metric == "cosine" else points
