"""What the page of the contingency table shows; the address chooses.

?rows=3&columns=4 for a table of a size, or ?show=labels for clusters against labels.
"""

import json

import numpy as np
import streamlit as st
from tables import HOSTILE, SMALL, large

from dashboard.contingency import ContingencyView, Heading, show_contingency, write_table
from dashboard.media import content_address
from dashboard.published import all_contents
from dashboard.styles import style_of

asked = st.query_params
memory = st.session_state
memory.setdefault("log", [])
memory.setdefault("chosen", (None, None))


def heading(number, name=None):
    style = style_of(number)
    return Heading(number, name or f"cluster {number}", style.color, style.symbol)


def small_table():
    """Not in the order of their numbers, as Python may well have it."""
    rows = [heading(7, "flowers"), heading(0, HOSTILE), heading(3)]
    return rows, [heading(number) for number in (7, 2, 3, 9)], SMALL, "k = 3", "k = 4"


def table_of_labels():
    labels = [Heading(number, name) for number, name in enumerate(["cat", "dog", "owl", "emu"])]
    return [heading(number) for number in range(3)], labels, SMALL, "Cluster", "Label"


def large_table(n_rows, n_columns):
    rows = [heading(number) for number in range(n_rows)]
    names = {4: "boats at the old harbour wall"}
    columns = [heading(number, names.get(number)) for number in range(n_columns)]
    counts = large(n_rows, n_columns) if rows and columns else np.zeros((n_rows, n_columns), int)
    return rows, columns, counts, f"k = {n_rows}", f"k = {n_columns}"


def table():
    if asked.get("show") == "labels":
        return table_of_labels()
    if "rows" in asked:
        return large_table(int(asked["rows"]), int(asked["columns"]))
    return small_table()


def note(chosen, *event):
    memory.log.append(event)
    memory.chosen = chosen


@st.fragment
def draw():
    rows, columns, counts, row_title, column_title = table()

    def make():
        return write_table(rows, columns, counts, row_title=row_title, column_title=column_title)

    address = content_address(all_contents().publish(f"table {dict(asked)}", make))
    show_contingency(
        ContingencyView(address, tuple(rows), tuple(columns), memory.chosen),
        key="table",
        on_cell=lambda a, b: note((a, b), "cell", a, b),
        on_row=lambda a: note((a, None), "row", a),
        on_column=lambda b: note((None, b), "column", b),
        on_clear=lambda: note((None, None), "clear"),
    )
    st.button("Forget", on_click=note, args=((None, None), "forget"))
    st.code(json.dumps(memory.log), language="json")


st.set_page_config(layout="wide")
draw()
