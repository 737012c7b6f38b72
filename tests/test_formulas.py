"""What a spreadsheet would run: defused, and given back as it was."""

import csv
import io
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.export.formulas import defuse, defuse_table, restore

HARMLESS = [
    "", "rose.jpg", "a-b", "a=b", "x+y@z.org", "2024-01-01", "'quoted'", "a, b", 'say "hi"', "a\nb",
    "a; b", "a\tb", "ö", "🌹",
]  # fmt: skip
NUMBERS = ["-1", "+1", "-1.5", ".5", "-.5", "5.", "-1e-05", "+3E8", "007"]
WIDE = "\uff1d\uff0b\uff0d\uff20"
"""The full-width forms of = + - @."""
RISKY = [
    "=1+1", "+1-2", "-x", "@SUM(A1)", "\tx", "\rx", "\nx", "-", "=", "--", "-1-1", "+49 30 1",
    "-1e", *(f"{one}1" for one in WIDE), " =1", '"=1"', "'=1", "''-1", "\ufeff=1", "\0=1", "\0x",
]  # fmt: skip


@pytest.mark.parametrize("text", [*HARMLESS, *NUMBERS])
def test_harmless_text_and_numbers_stay_as_they_are(text):
    assert defuse(text) == text
    assert restore(text) == text


@pytest.mark.parametrize("text", RISKY)
def test_what_would_run_is_led_by_an_apostrophe(text):
    assert defuse(text) == f"'{text}"
    assert restore(f"'{text}") == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x;=1", "x;'=1"),
        ("x\t=1", "x\t'=1"),
        ("x\n=1", "x\n'=1"),
        ("x\r=1", "x\r'=1"),
        ("x\r\n=1", "x\r'\n'=1"),
        ('x;"=1"', 'x;\'"=1"'),
        ("x; -1", "x;' -1"),
        ("=1;=2", "'=1;'=2"),
    ],
)
def test_cells_that_another_separator_would_make_of_one(text, expected):
    assert defuse(text) == expected
    assert restore(expected) == text


@given(st.text(alphabet="=+-@'\"\t\r\n\0; ax1.e" + WIDE))
def test_every_text_comes_back(text):
    assert restore(defuse(text)) == text


@given(st.text(alphabet="=+-@'\"\t\r\n; ax1"), st.sampled_from(",;\t"))
def test_no_spreadsheet_finds_a_formula_whatever_it_takes_for_the_separator(text, separator):
    """In the middle of a row, so that no quote of ours begins what another separator cuts out."""
    row = io.StringIO()
    csv.writer(row, lineterminator="\r\n").writerow(["1", defuse(text), "x"])
    for line in csv.reader(io.StringIO(row.getvalue(), newline=""), delimiter=separator):
        for cell in line:
            number = re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", cell)
            assert number or not cell.startswith(tuple("=+-@"))


def test_a_table_is_defused_in_its_text_and_in_the_names_of_its_columns():
    table = pd.DataFrame({"=x": ["=1", "a", None], "y": [-1, 2, 3], "z": [-0.5, None, 1]})
    safe = defuse_table(table)
    assert list(safe.columns) == ["'=x", "y", "z"]
    assert safe["'=x"].tolist()[:2] == ["'=1", "a"]
    assert pd.isna(safe["'=x"].iloc[2])
    pd.testing.assert_frame_equal(safe[["y", "z"]], table[["y", "z"]])
    assert list(table.columns) == ["=x", "y", "z"]


def test_a_table_without_rows_keeps_its_columns():
    assert list(defuse_table(pd.DataFrame(columns=["a", "=b"])).columns) == ["a", "'=b"]
