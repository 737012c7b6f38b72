"""What the table shows, and what the browser says was chosen in it, checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.browser.answers import read_answer, read_number
from dashboard.contingency.content import Heading

Chosen = tuple[int | None, int | None]
"""The number of a row and of a column: both are a cell, one alone is a whole row or column."""


@dataclass(frozen=True, slots=True)
class ContingencyView:
    """What the table shows.

    Attributes:
        table: address of the JSON that `write_table` makes.
        rows: its rows, as they were given to `write_table`.
        columns: its columns.
        chosen: what is marked as chosen; (None, None) is nothing.
    """

    table: str
    rows: tuple[Heading, ...]
    columns: tuple[Heading, ...]
    chosen: Chosen = (None, None)

    def chosen_places(self) -> list[int | None]:
        """Where the chosen row and column stand; nothing where one of them is not in the table."""
        row, column = _place(self.chosen[0], self.rows), _place(self.chosen[1], self.columns)
        missing = [one is None for one in (row, column)] != [one is None for one in self.chosen]
        return [None, None] if missing else [row, column]


def _place(number: int | None, headings: Sequence[Heading]) -> int | None:
    return next((place for place, one in enumerate(headings) if one.number == number), None)


def read_choice(given: Any, view: ContingencyView) -> Chosen | None:
    """The numbers of the row and the column that were chosen; None for what does not fit the view.

    Args:
        given: `row` and `column`, places in the table or null, and `of`, the table they mean.
        view: what is shown.
    """
    answer = read_answer(given, view.table)
    if answer is None or not {"row", "column"} <= answer.keys():
        return None
    row = read_number(answer["row"], len(view.rows))
    column = read_number(answer["column"], len(view.columns))
    if (row is None) != (answer["row"] is None) or (column is None) != (answer["column"] is None):
        return None
    return (
        None if row is None else view.rows[row].number,
        None if column is None else view.columns[column].number,
    )
