"""What a contingency table says: one JSON content, published so that no rerun need carry it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Heading:
    """A cluster, or a label, at the margin of the table.

    Attributes:
        number: what the callbacks call it.
        name: what it is called.
        color: a CSS colour; None draws no mark.
        symbol: its mark on the map, by Plotly's name.
        muted: whether it is no group of its own, such as the images without a label; its name is
            then told apart from the same text as a name.
    """

    number: int
    name: str
    color: str | None = None
    symbol: str = "circle"
    muted: bool = False


def write_table(
    rows: Sequence[Heading],
    columns: Sequence[Heading],
    counts: NDArray[np.integer],
    *,
    row_title: str,
    column_title: str,
    n_matched: int = 0,
) -> str:
    """The JSON content of the table.

    Args:
        rows: the headings of its rows, from the top.
        columns: of its columns, from the left.
        counts: int (rows, columns), how many images lie in both.
        row_title: what the rows are, such as "k = 5".
        column_title: what the columns are.
        n_matched: how many rows, from the top, belong together with the column of the same place;
            these cells stand out.

    Raises:
        ValueError: the counts do not fit the headings, or one of them is negative.
    """
    if counts.shape != (len(rows), len(columns)):
        expected = f"{len(rows)} rows and {len(columns)} columns"
        raise ValueError(f"counts of shape {counts.shape}, but there are {expected}")
    if counts.size and counts.min() < 0:
        raise ValueError(f"a count of {counts.min()}: counts are 0 or more")
    table = {
        "rows": _describe(rows),
        "columns": _describe(columns),
        "counts": [[int(count) for count in row] for row in counts],
        "row_title": row_title,
        "column_title": column_title,
        "n_matched": n_matched,
    }
    return json.dumps(table, allow_nan=False, ensure_ascii=False)


def _describe(headings: Sequence[Heading]) -> list[dict[str, object]]:
    """The browser names them by their places, so their numbers stay here."""
    return [
        {name: value for name, value in asdict(one).items() if name != "number"} for one in headings
    ]
