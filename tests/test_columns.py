"""Columns of a manifest as numbers and as categories."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.columns import CategoricalColumn, NumericColumn, read_column, useful_columns
from core.errors import CoreError


def read(*cells, rows=None):
    table = pd.DataFrame({"path": [str(i) for i in range(len(cells))], "x": cells}, dtype=str)
    return read_column(table, "x", np.arange(len(cells)) if rows is None else np.array(rows))


def test_numbers_in_single_precision():
    column = read("1", "-2.5", " 3e-4 ", "007", "+.5")
    assert isinstance(column, NumericColumn)
    assert column.name == "x"
    assert column.values.dtype == np.float32
    np.testing.assert_allclose(column.values, [1, -2.5, 3e-4, 7, 0.5], rtol=1e-6)


@pytest.mark.parametrize("cell", ["", "  ", "nan", "NaN"])
def test_a_missing_number_is_nan_and_no_reason_against_numbers(cell):
    column = read("1", cell, cell, cell)
    assert isinstance(column, NumericColumn)
    assert np.isnan(column.values).tolist() == [False, True, True, True]


@pytest.mark.parametrize("odd", ["x", "inf", "-Infinity", "1e300", "1_000", "1,5", "0x1F", "True"])
def test_one_cell_of_ten_may_be_something_else(odd):
    column = read(*"123456789", odd)
    assert isinstance(column, NumericColumn)
    assert np.isnan(column.values).tolist() == [False] * 9 + [True]
    assert isinstance(read(*"12345678", odd), CategoricalColumn)


def test_categories_are_the_most_common_first_and_equals_by_name():
    column = read("dog", "cat", "cat", "ape", "")
    assert column.names == ("cat", "(empty)", "ape", "dog")
    assert column.codes.tolist() == [3, 0, 0, 2, 1]
    assert column.codes.dtype == np.uint16


def test_cells_that_are_all_empty_are_no_numbers():
    assert read("", " ").names == ("(empty)",)
    assert isinstance(read("nan", "nan"), CategoricalColumn)


def test_beyond_forty_the_rest_is_other():
    common = [f"c{i:02}" for i in range(40)]
    column = read(*common, *common, "rare", "rarer")
    assert column.names == (*common, "other")
    assert column.codes.tolist() == [*range(40), *range(40), 40, 40]


def test_forty_need_no_other():
    cells = [f"c{i:02}" for i in range(40)]
    assert read(*cells).names == tuple(cells)


def test_a_category_called_other_is_not_the_rest():
    cells = ["other", "other", *(f"c{i:02}" for i in range(40))]
    column = read(*cells)
    assert (column.names[0], column.names[40]) == ("other", "all others")
    assert (column.codes[0], column.codes[-1]) == (0, 40)


def test_each_image_has_the_cell_of_its_row():
    assert read("1", "2", "3", rows=[2, 0]).values.tolist() == [3, 1]
    column = read("a", "b", "b", "c", rows=[3, 0, 1])  # counted among these
    assert (column.names, column.codes.tolist()) == (("a", "b", "c"), [2, 0, 1])


def test_whether_it_is_numeric_is_decided_by_the_rows_that_are_used():
    assert isinstance(read("a", "b", "3", rows=[2]), NumericColumn)


def test_an_unknown_column_is_refused_with_the_known_ones():
    with pytest.raises(CoreError, match="no column named 'y': choose one of path, x"):
        read_column(pd.DataFrame({"path": ["a"], "x": ["1"]}, dtype=str), "y", np.array([0]))


def test_useful_columns_tell_images_apart_and_group_them():
    table = pd.DataFrame(
        {
            "path": ["a.png", "b.png", "c.png"],  # each its own
            "label": ["cat", "dog", "cat"],
            "age": ["1", "2", "3"],  # each its own, but a scale
            "camera": ["X", "X", "X"],  # all one
            "note": ["", "", ""],
        },
        dtype=str,
    )
    assert useful_columns(table) == ("label", "age")


@settings(deadline=None)
@given(st.lists(st.text(max_size=3), min_size=1, max_size=60))
def test_every_cell_gets_its_category_or_number(cells):
    column = read(*cells)
    if isinstance(column, NumericColumn):
        assert len(column.values) == len(cells)
        return
    assert len(column.names) <= 41
    for cell, code in zip(cells, column.codes.tolist(), strict=True):
        assert column.names[code] in {cell.strip() or "(empty)", "other", "all others"}
