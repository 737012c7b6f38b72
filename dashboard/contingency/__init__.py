"""The contingency component: how two groupings of the same images meet, as a heat map to click."""

from collections.abc import Callable

import streamlit as st

from dashboard.browser.component import SAVING, declare
from dashboard.contingency.choice import Chosen, ContingencyView, read_choice
from dashboard.contingency.content import Heading, write_table
from dashboard.provenance import NO_PICTURE, Picture

__all__ = ["Chosen", "ContingencyView", "Heading", "show_contingency", "write_table"]

_component = declare("contingency/contingency.js", styles=("contingency/contingency.css", SAVING))


def show_contingency(
    view: ContingencyView,
    *,
    key: str,
    on_cell: Callable[[int, int], None],
    on_row: Callable[[int], None],
    on_column: Callable[[int], None],
    on_clear: Callable[[], None],
    picture: Picture = NO_PICTURE,
) -> None:
    """Draw the table.

    Args:
        view: what it shows.
        key: of the component.
        on_cell: gets the numbers of a row and a column whose common images are to be selected.
        on_row: gets the number of a row all of whose images are to be selected.
        on_column: the same of a column.
        on_clear: nothing is to be selected.
        picture: the name of the file and what made the table, once it is saved.
    """

    def chosen() -> None:
        match read_choice(st.session_state[key].get("chosen"), view):
            case (int(row), int(column)):
                on_cell(row, column)
            case (int(row), None):
                on_row(row)
            case (None, int(column)):
                on_column(column)
            case (None, None):
                on_clear()

    data = {
        "table": view.table,
        "chosen": view.chosen_places(),
        "picture": picture.as_data(),
    }
    _component(data=data, key=key, on_chosen_change=chosen)
