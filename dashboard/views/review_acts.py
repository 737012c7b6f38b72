"""What is decided of several images in one go, and taking the last decision back."""

import streamlit as st

from dashboard.deck import Kind
from dashboard.grouping import Rows
from dashboard.provenance import escape_markdown
from dashboard.views.review_decisions_acts import undo_last
from dashboard.views.review_deeds import write_deed
from dashboard.views.review_parts import Reviewed
from dashboard.views.review_return import UNDO, look_back


def act(shown: Reviewed, rows: Rows, action: str, *, tag: str = "") -> None:
    """Decide about some images: for callbacks.

    Args:
        shown: the view, and who decides.
        rows: of the images, among the distinct ones.
        action: keep, exclude, include, tag; or select, which decides nothing.
        tag: what they are tagged with.
    """
    if action == "select":
        shown.desk.select(rows)
    else:
        deed = write_deed(Kind(action), rows.tolist(), shown.view.kmeans, text=tag)
        shown.decider.decide(deed)


def show_undo(shown: Reviewed) -> None:
    """A button that says what it takes back; nothing where there is nothing to be taken back."""
    last = look_back(shown, shown.decider.deciding.state)[UNDO]
    if last.words:
        st.button(
            f"Undo: {escape_markdown(last.words)}", key="undo last", icon=":material/undo:",
            on_click=undo_last, args=(shown.decider,),
        )  # fmt: skip
