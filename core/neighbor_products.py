"""Which rows may be the nearest of a row, by matrix products of a given precision.

Half of a squared distance is |a|^2 / 2 + |b|^2 / 2 - ab: a product of two vectors that hold the
halves of the squares beside the values. Bfloat16 products take half the time of float32 ones; what
they may hide is known, so that it can be looked for again.
"""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import torch
from numpy.typing import NDArray

from core.nearest_kernels import keep_of_columns, keep_of_rows

_BLOCK = 3_500
"""Rows whose products with as many others are looked at together, while the cache holds them."""
_PARTS = {torch.float32: 1, torch.bfloat16: 3}
"""Numbers of a precision that together hold one of float32."""
_OUTPUT_ERROR = {torch.float32: 0.0, torch.bfloat16: 2.0**-8}
"""By how much a product is rounded at its end, relatively, and then some."""
_TASKS = 2  # per thread, so that one which the system interrupts does not hold up the others
_MULTIPLE = 8
"""Of which vectors' lengths are, or products take longer."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Of each of m rows.

    Attributes:
        rows: its candidates, int64 (m, count), ascending.
        certain: nothing else lies within this squared distance, float64 (m,).
    """

    rows: torch.Tensor
    certain: torch.Tensor

    def of(self, some: torch.Tensor) -> "Candidates":
        """Those of some of the rows."""
        return Candidates(self.rows[some], self.certain[some])


class Products:
    """The rows of one matrix (n, d), ready to be multiplied with each other."""

    def __init__(self, points: torch.Tensor, dtype: torch.dtype) -> None:
        self.dtype = dtype
        centred = points - points.mean(0)  # near 0 rounding costs the least
        self._scale = 1 / float(centred.norm(dim=1).max().clamp(min=torch.finfo().tiny))
        centred *= self._scale
        held = centred.to(dtype)
        lengths = centred.norm(dim=1)  # (n,), at most 1
        self._margin = _operand_error(lengths, (centred - held.float()).norm(dim=1))
        self._margin += _sum_error(points.shape[1])
        squares = _split(lengths.square() / 2, dtype)  # (n, parts)
        ones = torch.ones_like(squares)
        self._left = _padded(torch.cat([-held, squares, ones], 1))
        self._right = _padded(torch.cat([held, ones, squares], 1))

    def find_all(self, count: int, pool: Executor) -> Candidates:
        """For each row so many candidates, the nearest as far as can be told.

        `pool` runs what is to be done in threads.
        """
        n = len(self._right)
        kept = _Kept(n, count, self.dtype, self._right.device)
        for own, others in _pairs(n):
            block = self._left[own] @ self._right[others].T
            kept.take(block, own, others.start, pool)
            if own != others:  # a distance holds both ways: half of the products suffice
                kept.take(block.T, others, own.start, pool)
        return self._judge(kept, slice(None))

    def find(self, own: torch.Tensor, count: int, pool: Executor) -> Candidates:
        """The same for the rows `own` (m,) alone."""
        kept = _Kept(len(own), count, self.dtype, self._right.device)
        left = self._left[own]
        for others in _blocks(len(self._right)):
            kept.take(left @ self._right[others].T, slice(None), others.start, pool)
        return self._judge(kept, own)

    def _judge(self, kept: "_Kept", own: slice | torch.Tensor) -> Candidates:
        reach = kept.values.float().amax(1)  # (m,)
        certain = 2 * (reach * (1 - _OUTPUT_ERROR[self.dtype]) - self._margin[own])
        # Where the last that was kept is not above 0, rounding alone may have decided.
        certain[reach <= 0] = -torch.inf
        if kept.values.shape[1] >= len(self._right):
            certain[:] = torch.inf
        return Candidates(kept.rows.sort().values, certain.double() / self._scale**2)


def _blocks(n: int) -> list[slice]:
    return [slice(at, min(at + _BLOCK, n)) for at in range(0, n, _BLOCK)]


def _pairs(n: int) -> Iterator[tuple[slice, slice]]:
    """Every unordered pair of blocks of rows, a block with itself among them."""
    blocks = _blocks(n)
    for position, own in enumerate(blocks):
        for others in blocks[position:]:
            yield own, others


def _operand_error(lengths: torch.Tensor, errors: torch.Tensor) -> torch.Tensor:
    """By how much rounded operands move a product, (n,).

    |ab - a'b'| <= |a - a'||b| + |a'||b - b'|.
    """
    return errors * lengths.max() + (lengths + errors) * errors.max()


def _sum_error(n_terms: int) -> float:
    """By how much the sum of a product of vectors of length 1 is rounded.

    A sum of d products is off by at most d units in the last place of the sum of their sizes
    (N. Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1); here the halves
    of two squares come to it, and what centring and scaling have rounded.
    """
    return (n_terms + 16) * torch.finfo(torch.float32).eps * 2


def _split(values: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """Numbers of a lower precision that add up to the values (n,): (n, parts)."""
    parts, rest = [], values
    for _ in range(_PARTS[dtype]):
        parts.append(rest.to(dtype))
        rest = rest - parts[-1].float()
    return torch.stack(parts, 1)


def _padded(vectors: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.pad(vectors, (0, -vectors.shape[1] % _MULTIPLE))


def warm_up_products(dtype: torch.dtype) -> None:
    """Take products of a few points, so that what is compiled or loaded is there beforehand."""
    products = Products(torch.eye(_MULTIPLE), dtype)
    block = products._left @ products._right.T
    kept = _Kept(len(block), 1, dtype, block.device)
    with ThreadPoolExecutor(1) as pool:
        for one in (block, block.T):
            kept.take(one, slice(None), 0, pool)


class _Kept:
    """The smallest products of each row so far, and where they were."""

    def __init__(self, n: int, count: int, dtype: torch.dtype, device: torch.device) -> None:
        self.values = torch.full((n, count), torch.inf, dtype=dtype, device=device)
        self.rows = torch.zeros((n, count), dtype=torch.int64, device=device)

    def take(self, block: torch.Tensor, own: slice, first: int, pool: Executor) -> None:
        """Let what is smaller in the block (m, b), of the rows `own`, displace what was kept."""
        if block.is_cuda:
            self._take_there(block, own, first)
        else:
            self._take_here(block, own, first, pool)

    def _take_there(self, block: torch.Tensor, own: slice, first: int) -> None:
        values, rows = self.values[own], self.rows[own]
        count = values.shape[1]
        near = block.topk(min(count, block.shape[1]), largest=False, sorted=False)
        both = torch.cat([values, near.values], 1)  # (m, up to 2 * count)
        kept = both.topk(count, largest=False, sorted=False)
        values.copy_(kept.values)
        rows.copy_(torch.cat([rows, near.indices + first], 1).gather(1, kept.indices))

    def _take_here(self, block: torch.Tensor, own: slice, first: int, pool: Executor) -> None:
        values, rows = _as_numbers(self.values[own]), self.rows[own].numpy()
        keep, numbers = keep_of_rows, _as_numbers(block)
        if not block.is_contiguous():  # turned: what was its columns
            keep, numbers = keep_of_columns, numbers.T
        size = -(-len(rows) // (_TASKS * torch.get_num_threads()))
        spans = [(at, min(at + size, len(rows))) for at in range(0, len(rows), size)]
        tasks = [pool.submit(keep, numbers, first, values, rows, span) for span in spans]
        for task in tasks:
            task.result()


def _as_numbers(values: torch.Tensor) -> NDArray[Any]:
    """What numpy can hold: the bits of bfloat16 are in the order of what they say, from 0 on."""
    held: NDArray[Any] = (
        values.view(torch.int16) if values.dtype == torch.bfloat16 else values
    ).numpy()
    return held
