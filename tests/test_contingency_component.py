"""The contingency table: what is written for the browser, and what the browser may answer."""

import json

import numpy as np
import pytest

from dashboard.contingency import ContingencyView, Heading, write_table
from dashboard.contingency.choice import read_choice

ROWS = (Heading(7, "flowers", "#aa0000"), Heading(0, "<b>", "#00aa00", "diamond"))
COLUMNS = (Heading(2, "cat"), Heading(9, "dog"), Heading(4, "owl"))


def view(**changes):
    return ContingencyView("/table", ROWS, COLUMNS, **changes)


def write(counts):
    return write_table(ROWS, COLUMNS, np.array(counts), row_title="k = 2", column_title="Label")


def answer(row, column, **changes):
    return {"of": "/table", "row": row, "column": column} | changes


def test_a_table_is_json_in_the_order_given():
    table = json.loads(write(np.array([[1, 2, 3], [0, 5, 60_000]], dtype=np.uint16)))
    assert table == {
        "rows": [
            {"name": "flowers", "color": "#aa0000", "symbol": "circle", "muted": False},
            {"name": "<b>", "color": "#00aa00", "symbol": "diamond", "muted": False},
        ],
        "columns": [
            {"name": name, "color": None, "symbol": "circle", "muted": False}
            for name in ("cat", "dog", "owl")
        ],
        "counts": [[1, 2, 3], [0, 5, 60_000]],
        "row_title": "k = 2",
        "column_title": "Label",
        "n_matched": 0,
    }


def test_counts_must_fit_the_headings():
    with pytest.raises(ValueError, match=r"shape \(3, 2\), but there are 2 rows and 3 columns"):
        write([[1, 2], [3, 4], [5, 6]])
    with pytest.raises(ValueError, match="a count of -1: counts are 0 or more"):
        write([[0, 0, 0], [0, -1, 0]])


def test_a_table_may_be_empty():
    table = write_table((), COLUMNS, np.zeros((0, 3), int), row_title="a", column_title="b")
    assert json.loads(table)["counts"] == []


def test_places_become_numbers():
    assert read_choice(answer(0, 1), view()) == (7, 9)
    assert read_choice(answer(1, None), view()) == (0, None)
    assert read_choice(answer(None, 2), view()) == (None, 4)
    assert read_choice(answer(None, None), view()) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        answer(0, 1, of="/other"),
        answer(2, 0),
        answer(0, 3),
        answer(-1, 0),
        answer("0", 0),
        answer(0, 1.0),
        answer(True, 0),
        answer(0, [1]),
        {"of": "/table", "row": 0},
        {"of": "/table"},
        {},
        None,
        "row",
    ],
)
def test_what_does_not_fit_the_table_is_ignored(wrong):
    assert read_choice(wrong, view()) is None


def test_what_is_chosen_is_found_again():
    assert view(chosen=(0, 4)).chosen_places() == [1, 2]
    assert view(chosen=(7, None)).chosen_places() == [0, None]
    assert view(chosen=(None, 2)).chosen_places() == [None, 0]
    assert view().chosen_places() == [None, None]


def test_half_of_a_cell_is_not_marked_as_a_whole_row():
    assert view(chosen=(7, 3)).chosen_places() == [None, None]
    assert view(chosen=(5, None)).chosen_places() == [None, None]
