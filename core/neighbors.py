"""Exact nearest neighbours by blocked matrix products, on the CPU or a GPU."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

METRICS = ("euclidean", "cosine")
_BLOCK_VALUES = 1 << 25
"""Distances held at once: 128 MiB of float32."""
_SPARE = 8
"""Candidates beyond k, so that rounding in the product cannot push a true neighbour out."""


@dataclass(frozen=True, slots=True)
class Neighbors:
    """For each of n images its k nearest, itself first: indices int64 and distances (n, k)."""

    indices: NDArray[np.int64]
    distances: NDArray[np.float32]


def find_neighbors(
    values: NDArray[np.float32], *, k: int, metric: str = "euclidean", device: str = "cpu"
) -> Neighbors:
    """The k nearest rows of each row of `values` (n, d), itself among them and first.

    Candidates come from |a|^2 + |b|^2 - 2ab, which cancels for close pairs; their distances are
    then computed anew from the differences, so that copies lie at exactly 0. Ties go to the lower
    index. `cosine` is 1 minus the cosine of the angle.
    """
    k = min(k, len(values))
    points = torch.from_numpy(np.ascontiguousarray(values)).to(device)  # (n, d)
    if metric == "cosine":
        points = torch.nn.functional.normalize(points, dim=1)
    squares = points.square().sum(1)  # (n,)
    rows = max(1, _BLOCK_VALUES // len(points))
    blocks = [
        _block_neighbors(points, squares, start, min(start + rows, len(points)), k)
        for start in range(0, len(points), rows)
    ]
    indices = torch.cat([block[0] for block in blocks])  # (n, k)
    distances = torch.cat([block[1] for block in blocks])  # (n, k)
    if metric == "cosine":  # of unit vectors: |a - b|^2 = 2 (1 - cos)
        distances = distances.square() / 2
    return Neighbors(indices.cpu().numpy(), distances.cpu().numpy())


def _block_neighbors(
    points: torch.Tensor, squares: torch.Tensor, start: int, stop: int, k: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Neighbours of the rows from `start` to `stop`, by Euclidean distance."""
    block = points[start:stop]  # (b, d)
    near = torch.addmm(squares, block, points.T, alpha=-2)  # (b, n): |b|^2 - 2ab
    own = torch.arange(start, stop, device=points.device)  # (b,)
    near[own - start, own] = -torch.inf
    spare = min(k + _SPARE, len(points))
    candidates = near.topk(spare, largest=False).indices.sort().values  # (b, spare)
    exact = _distances(points, block, candidates)  # (b, spare)
    exact[candidates == own[:, None]] = -1  # itself comes before its copies
    nearest = exact.sort(dim=1, stable=True).indices[:, :k]  # (b, k)
    return candidates.gather(1, nearest), exact.gather(1, nearest).clamp_(min=0)


def _distances(points: torch.Tensor, block: torch.Tensor, candidates: torch.Tensor) -> torch.Tensor:
    """Euclidean distances (b, c) from each row of the block (b, d) to its candidates (b, c)."""
    columns = [
        (points[candidates[:, column]] - block).square().sum(1)  # (b,)
        for column in range(candidates.shape[1])
    ]
    return torch.stack(columns, dim=1).sqrt()
