"""Undoing and doing again, as every part that shows decisions offers it: for callbacks."""

import streamlit as st

from core.clusters.cluster_names import clean_name
from core.journal.decisions import Row
from core.journal.history import count_back, describe_action, find_action
from core.journal.journal_state import JournalState
from dashboard.deciding import Decider, author
from dashboard.provenance import escape_markdown


def undo_last(decider: Decider) -> None:
    """Take back the latest of this person's decisions."""
    decider.undo()


def redo_last(decider: Decider) -> None:
    """Do again what this person has undone last."""
    decider.redo()


def undo_back_to(decider: Decider, action: str) -> None:
    """Take back this action and all that this person decided after it: all of it or nothing."""
    decider.decide(
        lambda mine, seen: mine.study.journal.undo_back_to(action, author=mine.author, seen=seen)
    )


def own_name() -> str:
    """This person's name as the journal spells it."""
    return clean_name(author())


def offer_undo(decider: Decider, rows: tuple[Row, ...], state: JournalState) -> None:
    """Two buttons: undo the last of one's own, and do it again; each says what it concerns."""
    mine = own_name()
    undo, redo = st.columns(2)
    undoable, redoable = state.undoable.get(mine, ()), state.redoable.get(mine, ())
    undo.button(
        "Undo the last of mine", icon=":material/undo:", width="stretch", disabled=not undoable,
        on_click=undo_last, args=(decider,), help=_concern(rows, undoable, "Takes back"),
    )  # fmt: skip
    redo.button(
        "Redo", icon=":material/redo:", width="stretch", disabled=not redoable,
        on_click=redo_last, args=(decider,), help=_concern(rows, redoable, "Does again"),
    )  # fmt: skip


def _concern(rows: tuple[Row, ...], actions: tuple[str, ...], does: str) -> str:
    if not actions:
        return "There is none of yours."
    return escape_markdown(f"{does}: {describe_action(find_action(rows, actions[-1]))}")


def offer_undo_back(decider: Decider, state: JournalState, action: str) -> None:
    """A button that undoes one's own decisions back to a chosen one; nothing where it is not."""
    count = count_back(state, own_name(), action)
    if not count:
        return
    them = "it" if count == 1 else f"it and the {count - 1:,} you made after it"
    st.button(
        "Undo everything back to here",
        icon=":material/history:",
        on_click=undo_back_to,
        args=(decider, action),
        help=f"Takes back {them}, each by a row of its own. Others' decisions stay.",
    )
