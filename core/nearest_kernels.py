"""The smallest of each row, or of each column, of a matrix that comes block by block: machine code.

Of each few values the smallest is found first, by vector instructions. The count-th smallest of
those is a bound: few values lie below it, and only these are looked at one by one.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.machine_code import FAST, compiled

Values = NDArray[Any]
Places = NDArray[np.int64]
_RUN = 32
"""Values of which the smallest is found together."""


@compiled(FAST)
def _insert(values: Values, places: Places, value: Any, place: int) -> None:
    """Into what ascends, in place of the largest; behind its equals."""
    at = len(values) - 1
    while at > 0 and values[at - 1] > value:
        values[at] = values[at - 1]
        places[at] = places[at - 1]
        at -= 1
    values[at] = value
    places[at] = place


@compiled(FAST)
def _smallest(values: Values) -> Any:
    smallest = values[0]
    for at in range(1, len(values)):
        # `min` would make 64 bits of 16.
        smallest = values[at] if values[at] < smallest else smallest  # noqa: FURB136
    return smallest


@compiled(FAST)
def _keep(line: Values, runs: Values, first: int, values: Values, places: Places) -> None:
    """Let what is smaller in a line displace what was kept; of each run the smallest is known."""
    last = len(values) - 1
    bounds, unused = values.copy(), places.copy()
    for run in range(len(runs)):
        if runs[run] < bounds[last]:
            _insert(bounds, unused, runs[run], 0)
    for run in range(len(runs)):
        if runs[run] <= bounds[last] and runs[run] < values[last]:
            for at in range(run * _RUN, min((run + 1) * _RUN, len(line))):
                if line[at] <= bounds[last] and line[at] < values[last]:
                    _insert(values, places, line[at], first + at)


@compiled(FAST)
def keep_of_rows(
    block: Values, first: int, values: Values, places: Places, span: tuple[int, int]
) -> None:
    """Let what is smaller in the rows of a block (m, b) displace what was kept, in place.

    Args:
        block: some columns of the matrix.
        first: which column the block begins with.
        values: of each row the smallest so far, ascending, (m, count).
        places: in which columns these are, (m, count).
        span: the rows that are done, from and to.
    """
    width = block.shape[1]
    runs = np.empty((width + _RUN - 1) // _RUN, block.dtype)
    for row in range(span[0], span[1]):
        for run in range(len(runs)):
            runs[run] = _smallest(block[row, run * _RUN : (run + 1) * _RUN])
        _keep(block[row], runs, first, values[row], places[row])


@compiled(FAST)
def keep_of_columns(
    block: Values, first: int, values: Values, places: Places, span: tuple[int, int]
) -> None:
    """The same of the columns of a block (b, m): what is kept is theirs, and so is the span."""
    height = block.shape[0]
    runs = np.empty(((height + _RUN - 1) // _RUN, span[1] - span[0]), block.dtype)
    for run in range(len(runs)):
        smallest = runs[run]
        smallest[:] = block[run * _RUN, span[0] : span[1]]
        for row in range(run * _RUN + 1, min((run + 1) * _RUN, height)):
            line = block[row, span[0] : span[1]]
            for at in range(len(smallest)):
                smallest[at] = line[at] if line[at] < smallest[at] else smallest[at]  # noqa: FURB136
    for column in range(span[0], span[1]):
        _keep(block[:, column], runs[:, column - span[0]], first, values[column], places[column])
