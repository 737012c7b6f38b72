"""Text that a spreadsheet would run as a formula, defused; and its original again.

OWASP, "CSV Injection" (owasp.org/www-community/attacks/CSV_Injection): a cell that begins with
= + - @, a tab or a line break is led by an apostrophe, also where blanks or quotes come before. A
spreadsheet that takes the semicolon for the separator finds cells within our cells, so the same is
done after each semicolon, tab and line break.
"""

import re

import pandas as pd

_RUN = "=+\\-@\uff1d\uff0b\uff0d\uff20"
"""What begins a formula; the last four are the full-width ones of East Asian keyboards."""
_AHEAD = rf"(?=[\s\0\ufeff\"']*[{_RUN}])"
_CELL = r"(?<=[;\t\r\n])"
_BARE = r"(?='*[\t\r\n\0])"
_RISKS = re.compile(rf"\A{_BARE}|\A{_AHEAD}|{_CELL}{_AHEAD}")
_DEFUSED = re.compile(rf"\A'{_BARE}|\A'{_AHEAD}|{_CELL}'{_AHEAD}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def defuse(text: str) -> str:
    """The text with an apostrophe wherever a formula would begin; a number as it is."""
    return text if _NUMBER.fullmatch(text) else _RISKS.sub("'", text)


def restore(text: str) -> str:
    """What `defuse` was given."""
    return _DEFUSED.sub("", text)


def defuse_table(table: pd.DataFrame) -> pd.DataFrame:
    """All text of a table defused, the names of its columns too; other cells as they are."""
    return pd.DataFrame({defuse(str(name)): _defuse_column(table[name]) for name in table.columns})


def _defuse_column(cells: "pd.Series[str]") -> "pd.Series[str]":
    if pd.api.types.is_numeric_dtype(cells):
        return cells
    return cells.map(lambda cell: defuse(cell) if isinstance(cell, str) else cell)
