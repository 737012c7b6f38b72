"""What is decided of several images in one go, and taking the last decision back."""

from collections.abc import Sequence

import streamlit as st

from core.clusters.cluster_names import clean_name
from core.journal.decisions import Kind, Row
from dashboard.deciding import author
from dashboard.grouping import Rows
from dashboard.views.review_parts import Reviewed

_WORDS = {
    Kind.KEEP: "kept",
    Kind.MOVE: "moved",
    Kind.EXCLUDE: "excluded",
    Kind.INCLUDE: "included again",
    Kind.TAG: "tagged",
    Kind.UNTAG: "untagged",
}


def act(shown: Reviewed, rows: Rows, action: str, *, tag: str = "") -> None:
    """Decide about some images: for callbacks.

    Args:
        shown: the view, and who decides.
        rows: of the images, among the distinct ones.
        action: keep, exclude, include, tag; or select, which decides nothing.
        tag: what they are tagged with.
    """
    images, params, decide = rows.tolist(), shown.view.kmeans, shown.decider.decide
    match action:
        case "keep":
            decide(lambda mine, seen: mine.keep(params, images, seen=seen))
        case "exclude":
            decide(lambda mine, seen: mine.exclude(images, seen=seen))
        case "include":
            decide(lambda mine, seen: mine.include(images, seen=seen))
        case "tag":
            decide(lambda mine, seen: mine.tag(images, tag, seen=seen))
        case "select":
            shown.desk.select(rows)


def show_undo(shown: Reviewed) -> None:
    """A button that says what it takes back; nothing where there is nothing to be taken back."""
    last = find_last(shown)
    if last:
        st.button(
            f"Undo: {describe_action(last)}", key="undo last", icon=":material/undo:",
            on_click=undo, args=(shown,),
        )  # fmt: skip


def undo(shown: Reviewed) -> None:
    """Take back what this person decided last: for callbacks."""
    shown.decider.decide(lambda mine, seen: mine.undo(seen=seen))


def find_last(shown: Reviewed) -> tuple[Row, ...]:
    """The rows of what an undo would take back; none where there is nothing."""
    journal = shown.study.journal
    stack = journal.state.undoable.get(clean_name(author()), ())
    if not stack:
        return ()
    return tuple(row for row in journal.rows if row.action == stack[-1])


def describe_action(rows: Sequence[Row]) -> str:
    """One action in a few words, such as `3 images excluded`.

    Args:
        rows: of the action, one or more.
    """
    kind = rows[0].decision.kind
    if kind not in _WORDS:
        return "a decision about a cluster"
    tag = rows[0].decision.text
    count = f"{len(rows):,} image{'' if len(rows) == 1 else 's'}"
    return f"{count} {_WORDS[kind]}" + (f" “{tag}”" if tag else "")
