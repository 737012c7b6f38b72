"""A random sample of rows that come block by block, by a seed, without knowing how many will come.

Every row draws a number, and those with the lowest numbers stay (J. Vitter, "Random Sampling with a
Reservoir", ACM Transactions on Mathematical Software 11(1), 1985, section 1, by sorting): each set
of rows is as likely as any other, and how the rows are cut into blocks does not matter.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class RowSample:
    """Some of all rows: which they are, ascending, int64 (s,), and their values, float32 (s, d)."""

    rows: NDArray[np.int64]
    values: Values


def draw_rows(blocks: Iterable[Values], size: int, *, seed: int) -> tuple[RowSample, int]:
    """`size` rows of all, or all where there are no more, and how many there are in all.

    Twice the sample, and a block, are held at most.

    Args:
        blocks: float32 (b, d) each.
        size: of the sample, at least 1.
        seed: chooses the rows.

    Raises:
        CoreError: there is no row, or blocks have different numbers of columns.
    """
    generator = np.random.default_rng(seed)
    kept: _Kept | None = None
    count = 0
    for block in blocks:
        kept = kept or _Kept(size, block.shape[1])
        kept.offer(count + np.arange(len(block)), generator.random(len(block)), block)
        count += len(block)
    if kept is None or count == 0:
        raise CoreError("there are 0 images to draw a sample of: name some that can be read")
    return kept.finish(), count


class _Kept:
    """The rows with the lowest numbers so far, each in a place that it leaves to a lower one."""

    def __init__(self, size: int, n_columns: int) -> None:
        self.held = 0
        self.rows = np.empty(size, dtype=np.int64)
        self.drawn = np.empty(size)
        self.values = np.empty((size, n_columns), dtype=np.float32)  # no memory until written to

    def offer(self, rows: NDArray[np.int64], drawn: NDArray[np.float64], block: Values) -> None:
        if block.shape[1] != self.values.shape[1]:
            expected = self.values.shape[1]
            raise CoreError(
                f"row {rows[0]:,} has {block.shape[1]} features, expected {expected}: "
                "make all in one way"
            )
        room = len(self.rows) - self.held
        free = np.arange(self.held, self.held + min(room, len(rows)))
        self._put(free, rows[:room], drawn[:room], block[:room])
        self.held += len(free)
        if len(rows) > room:
            self._displace(rows[room:], drawn[room:], block[room:])

    def _displace(self, rows: NDArray[np.int64], drawn: NDArray[np.float64], block: Values) -> None:
        size = len(self.rows)
        both = np.concatenate([self.drawn, drawn])
        stays = np.zeros(len(both), dtype=bool)
        stays[np.argpartition(both, size - 1)[:size]] = True
        new = np.flatnonzero(stays[size:])
        self._put(np.flatnonzero(~stays[:size]), rows[new], drawn[new], block[new])

    def _put(
        self,
        places: NDArray[np.int64],
        rows: NDArray[np.int64],
        drawn: NDArray[np.float64],
        values: Values,
    ) -> None:
        self.rows[places], self.drawn[places], self.values[places] = rows, drawn, values

    def finish(self) -> RowSample:
        order = np.argsort(self.rows[: self.held])
        return RowSample(self.rows[order], self.values[order])
