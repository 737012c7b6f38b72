"""Exact nearest neighbours by blocked matrix products, on the CPU or a GPU."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray

from core.device import computes_bf16
from core.errors import check_choice
from core.neighbor_products import Candidates, Products, warm_up_products
from core.neighbors import METRICS, Neighbors

_BLOCK_ROWS = 2_048
"""Rows whose candidates are compared together."""
_SPARE = 13
"""Candidates beyond k, so that rounding seldom makes a row doubtful."""
_WIDE = 32
"""Of narrower rows products cost little, and bfloat16 tells their neighbours too badly apart."""
_ROWS_COMPARED = {"cpu": 64, "cuda": 4096}
"""Rows whose differences to their candidates are held at once: what fits a cache, fills a GPU."""
_ROWS_AGAIN = 64
_BY_DIFFERENCES = "donot_use_mm_for_euclid_dist"


def find_neighbors(
    values: NDArray[np.float32], *, k: int, metric: str = "euclidean", device: str = "cpu"
) -> Neighbors:
    """The k nearest rows of each row of `values` (n, d), itself among them and first.

    Candidates come from products, and their distances from the differences, so that copies lie at
    exactly 0. Where rounding in the products could have hidden a neighbour, the row is done again
    by products of a higher precision, at last by differences alone. Ties go to the lower index.
    `cosine` is 1 minus the cosine of the angle.

    Raises:
        CoreError: there is no such metric.
    """
    check_choice("metric", metric, METRICS)
    k = min(k, len(values))
    points = torch.from_numpy(np.ascontiguousarray(values)).to(device)  # (n, d)
    if metric == "cosine":
        points = torch.nn.functional.normalize(points, dim=1)
    indices = torch.empty((len(points), k), dtype=torch.int64, device=device)
    distances = points.new_empty((len(points), k))
    with ThreadPoolExecutor(torch.get_num_threads(), thread_name_prefix="nearest") as pool:
        _fill(points, indices, distances, pool)
    if metric == "cosine":  # of unit vectors: |a - b|^2 = 2 (1 - cos)
        distances = distances.square() / 2
    return Neighbors(indices.cpu().numpy(), distances.cpu().numpy())


def warm_up() -> None:
    """Have compiled beforehand what this processor's products of wide rows need."""
    for dtype in _precisions(torch.empty(0, _WIDE)):
        warm_up_products(dtype)


def _fill(
    points: torch.Tensor, indices: torch.Tensor, distances: torch.Tensor, pool: Executor
) -> None:
    """Neighbours and distances of all rows, both (n, k)."""
    k = indices.shape[1]
    count = min(k + _SPARE, len(points))
    everything = torch.arange(len(points), device=points.device)
    open_rows = everything
    for dtype in _precisions(points):
        products, doubtful = Products(points, dtype), []
        whole = products.find_all(count, pool) if len(open_rows) == len(points) else None
        for own in torch.split(open_rows, _BLOCK_ROWS):
            found = whole.of(own) if whole else products.find(own, count, pool)
            indices[own], distances[own], sure = _settle(points, own, found, k)
            doubtful.append(own[~sure])
        open_rows = torch.cat(doubtful)
        if not len(open_rows):
            break
    for own in torch.split(open_rows, _ROWS_AGAIN):
        exact = torch.cdist(points[own], points, compute_mode=_BY_DIFFERENCES)  # (s, n)
        others = everything.expand(len(own), -1)
        indices[own], distances[own] = _nearest(exact, others, own, k)


def _precisions(points: torch.Tensor) -> Iterator[torch.dtype]:
    """In which products are taken, the fastest first."""
    if points.device.type == "cpu" and points.shape[1] >= _WIDE and computes_bf16("cpu"):
        yield torch.bfloat16
    yield torch.float32


def _settle(
    points: torch.Tensor, own: torch.Tensor, found: Candidates, k: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Indices and distances (b, k) of the rows `own` (b,), and whether they are certain, (b,)."""
    indices, distances = _nearest(_distances(points, own, found.rows), found.rows, own, k)
    return indices, distances, distances[:, -1].double().square() < found.certain


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


def _nearest(
    distances: torch.Tensor, candidates: torch.Tensor, own: torch.Tensor, k: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The k nearest of the candidates (b, c), which ascend; each row itself before its copies."""
    ranked = distances.masked_fill(candidates == own[:, None], -1)  # (b, c)
    order = ranked.sort(dim=1, stable=True).indices[:, :k]  # (b, k)
    return candidates.gather(1, order), ranked.gather(1, order).clamp_(min=0)
