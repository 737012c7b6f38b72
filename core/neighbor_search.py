"""Exact nearest neighbours by blocked matrix products, on the CPU or a GPU."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from core.errors import check_choice
from core.neighbors import METRICS, Neighbors

_BLOCK_ROWS = 5_000
"""A block of distances has at most this many rows and columns: 100 MB of float32."""
_SPARE = 5
"""Candidates beyond k, so that rounding seldom makes a row doubtful."""
_ROWS_COMPARED = {"cpu": 64, "cuda": 4096}
"""Rows whose differences to their candidates are held at once: what fits a cache, fills a GPU."""
_ROWS_AGAIN = 64
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
    reach, candidates = _find_candidates(points, squares, min(k + _SPARE, len(points)))
    everything = torch.arange(len(points), device=device)
    blocks = [
        _settle(points, squares, own, candidates[own], reach[own], k=k)
        for own in torch.split(everything, _BLOCK_ROWS)
    ]
    indices = torch.cat([block[0] for block in blocks])  # (n, k)
    distances = torch.cat([block[1] for block in blocks])  # (n, k)
    if metric == "cosine":  # of unit vectors: |a - b|^2 = 2 (1 - cos)
        distances = distances.square() / 2
    return Neighbors(indices.cpu().numpy(), distances.cpu().numpy())


def _find_candidates(
    points: torch.Tensor, squares: torch.Tensor, count: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """For each row the squared distance (n,) within which its candidates (n, count) lie."""
    n = len(points)
    values = points.new_full((n, count), torch.inf)
    rows = torch.zeros((n, count), dtype=torch.int64, device=points.device)
    for own, others in _pairs(n):
        block = torch.addmm(squares[others], points[own], points[others].T, alpha=-2)  # (b, c)
        block += squares[own, None]
        if own == others:
            block.fill_diagonal_(-torch.inf)
        else:  # a distance holds both ways: half of the products suffice
            _keep_nearest(values[others], rows[others], block.T.contiguous(), own.start)
        _keep_nearest(values[own], rows[own], block, others.start)
    return values.amax(1), rows


def _pairs(n: int) -> Iterator[tuple[slice, slice]]:
    """Every unordered pair of blocks of rows, a block with itself among them."""
    blocks = [slice(at, min(at + _BLOCK_ROWS, n)) for at in range(0, n, _BLOCK_ROWS)]
    for position, own in enumerate(blocks):
        for others in blocks[position:]:
            yield own, others


def _keep_nearest(
    values: torch.Tensor, rows: torch.Tensor, block: torch.Tensor, first: int
) -> None:
    """Let what is nearer in the block (b, c) displace the candidates (b, count), in place."""
    count = values.shape[1]
    near = block.topk(min(count, block.shape[1]), largest=False, sorted=False)
    both = torch.cat([values, near.values], dim=1)  # (b, up to 2 * count)
    kept = both.topk(count, largest=False, sorted=False)
    values.copy_(kept.values)
    rows.copy_(torch.cat([rows, near.indices + first], dim=1).gather(1, kept.indices))


def _settle(
    points: torch.Tensor,
    squares: torch.Tensor,
    own: torch.Tensor,
    candidates: torch.Tensor,
    reach: torch.Tensor,
    *,
    k: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Neighbours of the rows `own` (b,): indices and distances (b, k), by differences."""
    ascending = candidates.sort().values  # (b, c)
    indices, distances = _nearest(_distances(points, own, ascending), ascending, own, k)
    # Whatever was left out lies at least this far, all rounding taken at its worst.
    certain = reach - _rounding(points, squares, own)  # (b,)
    doubtful = (certain <= distances[:, -1].square()) & (candidates.shape[1] < len(points))
    for some in torch.split(doubtful.nonzero().flatten(), _ROWS_AGAIN):
        everything = torch.arange(len(points), device=own.device).expand(len(some), -1)
        exact = torch.cdist(points[own[some]], points, compute_mode=_BY_DIFFERENCES)  # (s, n)
        indices[some], distances[some] = _nearest(exact, everything, own[some], k)
    return indices, distances


def _distances(points: torch.Tensor, own: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """From the rows `own` (b,) to each of their others (b, c), by differences, (b, c)."""
    count, size = others.shape[1], _ROWS_COMPARED[points.device.type]
    room = points.new_empty(min(size, len(own)) * count, points.shape[1])
    distances = points.new_empty(others.shape)
    for at in range(0, len(own), size):
        some = others[at : at + size]  # (s, c)
        held = room[: some.numel()]  # one place for all: fresh memory costs more than the work
        torch.index_select(points, 0, some.flatten(), out=held)
        held.view(*some.shape, -1).sub_(points[own[at : at + size], None])  # (s, c, d)
        into = distances[at : at + size]
        torch.linalg.vector_norm(held.view(*some.shape, -1), dim=2, out=into)
    return distances


def _rounding(points: torch.Tensor, squares: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
    """How far rounding can move a squared distance of the rows `own`, (b,).

    A sum of d products is off by at most d units in the last place of the sum of their sizes
    (N. Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1).
    """
    terms = points.shape[1] + 5
    largest = squares[own].sqrt() + squares.max().sqrt()  # (b,): |a| + |b|
    return terms * torch.finfo(points.dtype).eps * largest.square()


def _nearest(
    distances: torch.Tensor, candidates: torch.Tensor, own: torch.Tensor, k: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The k nearest of the candidates (b, c), which ascend; each row itself before its copies."""
    ranked = distances.masked_fill(candidates == own[:, None], -1)  # (b, c)
    order = ranked.sort(dim=1, stable=True).indices[:, :k]  # (b, k)
    return candidates.gather(1, order), ranked.gather(1, order).clamp_(min=0)
