"""Undo and redo under review: what they say, what they do, where one is in the queue afterwards."""

import streamlit as st

from core.journal.journal_state import JournalState
from dashboard.provenance import escape_markdown
from dashboard.views.review_parts import Reviewed
from dashboard.views.review_past import Past, Present, find_past
from dashboard.views.review_place import Queue

UNDO, REDO = "Undo", "Redo"


def look_back(shown: Reviewed, state: JournalState) -> dict[str, Past]:
    """What would be undone, and what done again."""
    study, author = shown.study, shown.decider.deciding.author
    names, recipe = shown.grouped.names, study.recipe.fingerprint
    present = Present(study.images, shown.view.kmeans, names, len(shown.found.names), recipe)
    undo, redo = find_past(state, study.journal.rows, author, present)
    return {UNDO: undo, REDO: redo}


def take_back(shown: Reviewed, queue: Queue, which: str) -> bool:
    """Undo or redo, and show the image that it is about; whether it was done: for callbacks."""
    rows = look_back(shown, shown.decider.deciding.state)[which].rows
    kept = shown.decider.undo() if which == UNDO else shown.decider.redo()
    if kept and rows and not _is_among(queue, rows):
        queue.go(rows[0])
    return kept


def _is_among(queue: Queue, rows: tuple[int, ...]) -> bool:
    return int(queue.rows[queue.at]) in rows


def offer_return(shown: Reviewed, queue: Queue, which: str, past: Past) -> None:
    """A button that says what it does."""

    def turn() -> None:
        take_back(shown, queue, which)

    st.button(
        which,
        key=f"queue {which}",
        on_click=turn,
        disabled=not past.words,
        help=escape_markdown(past.words) or f"There is nothing to {which.lower()}.",
        icon=f":material/{which.lower()}:",
        width="stretch",
    )
