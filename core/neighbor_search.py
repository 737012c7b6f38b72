"""Exact nearest neighbours by blocked matrix products, on the CPU or a GPU."""

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import check_choice
from core.neighbors import METRICS, Neighbors

_BLOCK_VALUES = 1 << 25
"""Distances held at once: 128 MiB of float32."""
_SPARE = 8
"""Candidates beyond k, so that rounding seldom makes a row doubtful."""
_ROWS_AGAIN = 256
_BY_DIFFERENCES = "donot_use_mm_for_euclid_dist"


def find_neighbors(
    values: NDArray[np.float32], *, k: int, metric: str = "euclidean", device: str = "cpu"
) -> Neighbors:
    """The k nearest rows of each row of `values` (n, d), itself among them and first.

    Candidates come from the product |a|^2 + |b|^2 - 2ab, and their distances from the differences,
    so that copies lie at exactly 0. Where rounding in the product could have hidden a neighbour,
    the row is done again by differences alone. Ties go to the lower index. `cosine` is 1 minus the
    cosine of the angle.

    Raises:
        CoreError: there is no such metric.
    """
    check_choice("metric", metric, METRICS)
    k = min(k, len(values))
    points = torch.from_numpy(np.ascontiguousarray(values)).to(device)  # (n, d)
    if metric == "cosine":
        points = torch.nn.functional.normalize(points, dim=1)
    squares = points.square().sum(1)  # (n,)
    size = max(1, _BLOCK_VALUES // len(points))
    blocks = [
        _block_neighbors(points, squares, own, k)
        for own in torch.split(torch.arange(len(points), device=device), size)
    ]
    indices = torch.cat([block[0] for block in blocks])  # (n, k)
    distances = torch.cat([block[1] for block in blocks])  # (n, k)
    if metric == "cosine":  # of unit vectors: |a - b|^2 = 2 (1 - cos)
        distances = distances.square() / 2
    return Neighbors(indices.cpu().numpy(), distances.cpu().numpy())


def _block_neighbors(
    points: torch.Tensor, squares: torch.Tensor, own: torch.Tensor, k: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Neighbours of the rows `own` (b,), by Euclidean distance: indices and distances (b, k)."""
    near = torch.addmm(squares, points[own], points.T, alpha=-2)  # (b, n): |b|^2 - 2ab
    near[torch.arange(len(own), device=own.device), own] = -torch.inf
    found = near.topk(min(k + _SPARE, len(points)), largest=False)  # (b, k + spare)
    candidates = found.indices.sort().values  # (b, k + spare)
    indices, distances = _nearest(_distances(points, own, candidates), candidates, own, k)
    # Whatever was left out lies at least this far, all rounding taken at its worst.
    reach = found.values.amax(1) + squares[own] - _rounding(points, squares, own)  # (b,)
    doubtful = (reach <= distances[:, -1].square()) & (found.indices.shape[1] < len(points))
    for some in torch.split(doubtful.nonzero().flatten(), _ROWS_AGAIN):
        all_points = torch.arange(len(points), device=own.device).expand(len(some), -1)
        direct = torch.cdist(points[own[some]], points, compute_mode=_BY_DIFFERENCES)  # (s, n)
        indices[some], distances[some] = _nearest(direct, all_points, own[some], k)
    return indices, distances


def _rounding(points: torch.Tensor, squares: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
    """How far rounding can move a squared distance of the rows `own`, (b,).

    A sum of d products is off by at most d units in the last place of the sum of their sizes
    (N. Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1).
    """
    terms = points.shape[1] + 4
    largest = squares[own].sqrt() + squares.max().sqrt()  # (b,): |a| + |b|
    return terms * torch.finfo(points.dtype).eps * largest.square()


def _nearest(
    distances: torch.Tensor, candidates: torch.Tensor, own: torch.Tensor, k: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The k nearest of the candidates (b, c), which ascend; each row itself before its copies."""
    ranked = distances.masked_fill(candidates == own[:, None], -1)  # (b, c)
    order = ranked.sort(dim=1, stable=True).indices[:, :k]  # (b, k)
    return candidates.gather(1, order), ranked.gather(1, order).clamp_(min=0)


def _distances(points: torch.Tensor, own: torch.Tensor, candidates: torch.Tensor) -> torch.Tensor:
    """Euclidean distances (b, c) from each of the rows `own` (b,) to its candidates (b, c)."""
    block = points[own]  # (b, d)
    columns = [
        (points[candidates[:, column]] - block).square().sum(1)  # (b,)
        for column in range(candidates.shape[1])
    ]
    return torch.stack(columns, dim=1).sqrt()
