"""A column of the source's own table as what a map can be coloured by: numbers or categories."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.errors import check_choice

EMPTY = "(empty)"
MOST_CATEGORIES = 40
_NUMERIC_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class NumericColumn:
    """Numbers, float32 (n,): NaN where the cell is empty or holds none."""

    name: str
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CategoricalColumn:
    """For each image the position of its category in `names`, uint16 (n,).

    `names` begins with the most common, equals by name; beyond 40, all others share the last.
    Empty cells are a category of their own, "(empty)".
    """

    name: str
    codes: NDArray[np.uint16]
    names: tuple[str, ...]


Column = NumericColumn | CategoricalColumn


def useful_columns(table: pd.DataFrame) -> tuple[str, ...]:
    """The columns by which images can be told apart: those of several values, numbers or not.

    Text of which no value occurs twice, such as a path, groups nothing and is left out.
    """
    names = [str(name) for name in table.columns]
    return tuple(name for name in names if _is_useful(table[name]))


def _is_useful(cells: "pd.Series[str]") -> bool:
    n_values = cells.nunique()
    return n_values > 1 and (n_values < len(cells) or _as_numbers(cells) is not None)


def read_column(table: pd.DataFrame, name: str, rows: NDArray[np.int64]) -> Column:
    """One column, for the images whose cells stand in these rows.

    It is numeric where at least 90 % of the cells that are not empty hold a finite number, written
    as in 1.5, -2 or 3e-4; `nan` counts as empty there.

    Args:
        table: the source's own columns, all as text.
        name: which of them.
        rows: for each of n images the first row that holds it, (n,).

    Raises:
        CoreError: there is no such column.
    """
    check_choice("column", name, [str(column) for column in table.columns])
    cells = table[name].iloc[rows]
    numbers = _as_numbers(cells)
    if numbers is not None:
        return NumericColumn(name, numbers)
    return _categorize(name, [cell.strip() or EMPTY for cell in cells.tolist()])


def _as_numbers(cells: "pd.Series[str]") -> NDArray[np.float32] | None:
    """The cells as float32 (n,), or None where too few of them hold a number."""
    stripped = cells.str.strip().str.lower()
    n_filled = int((~stripped.isin(["", "nan"])).sum())
    parsed = pd.to_numeric(stripped, errors="coerce").to_numpy(dtype=np.float64)
    with np.errstate(over="ignore"):  # what single precision cannot hold is missing
        values = parsed.astype(np.float32)
    values[~np.isfinite(values)] = np.nan
    n_numbers = int(np.isfinite(values).sum())
    return values if n_numbers and n_numbers >= _NUMERIC_SHARE * n_filled else None


def _categorize(name: str, cells: Sequence[str]) -> CategoricalColumn:
    ranked = sorted(Counter(cells).items(), key=lambda item: (-item[1], item[0]))
    names = [value for value, _ in ranked[:MOST_CATEGORIES]]
    position = {value: code for code, value in enumerate(names)}
    if len(ranked) > MOST_CATEGORIES:
        names.append("other" if "other" not in position else "all others")
    codes = [position.get(cell, MOST_CATEGORIES) for cell in cells]
    return CategoricalColumn(name, np.array(codes, dtype=np.uint16), tuple(names))
