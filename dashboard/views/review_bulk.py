"""Deciding about many images in one go: what is selected, or marked in the grid."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.clusters.clustering import KMeansParams
from dashboard.deciding import Act as Deed
from dashboard.deck import Kind
from dashboard.gallery import MarkAction
from dashboard.grouping import Grouped, Rows
from dashboard.views.review_deeds import write_deed
from dashboard.views.review_filters import distinguish
from dashboard.views.review_parts import Reviewed

SELECT = "select"
MARK_ACTIONS = (
    MarkAction(Kind.KEEP, "Keep", "They are in the right cluster"),
    MarkAction(Kind.NEW, "New cluster", "Move them to a new cluster"),
    MarkAction(Kind.EXCLUDE, "Exclude", "They do not belong to the set"),
    MarkAction(SELECT, "Move, tag …", "Select them, to decide above what else is to be done"),
)
"""What can be done with the images that are marked in the grid."""

_TARGET, _TAG = "bulk target", "bulk tag"


@dataclass(frozen=True, slots=True)
class Bulk:
    """One thing that is decided about many images; `to` is a cluster, `text` a tag."""

    kind: Kind
    to: int | None = None
    text: str = ""


def translate_bulk(bulk: Bulk, rows: Rows, params: KMeansParams, grouped: Grouped) -> Deed | None:
    """What it is to the journal, one action; None where there is nothing to be decided.

    Who is moved to where they are stays as they are; where all are there already, it is confirmed.
    """
    images = rows.tolist()
    kind = bulk.kind
    if kind is Kind.MOVE:
        elsewhere = rows[grouped.clusters[rows] != bulk.to].tolist()
        kind, images = (Kind.MOVE, elsewhere) if elsewhere else (Kind.KEEP, images)
    if not images or (kind in (Kind.TAG, Kind.UNTAG) and not bulk.text.strip()):
        return None
    return write_deed(kind, images, params, to=bulk.to, text=bulk.text)


def decide_bulk(shown: Reviewed, bulk: Bulk, rows: Rows) -> None:
    """Decide about these images: for callbacks."""
    deed = translate_bulk(bulk, rows, shown.view.kmeans, shown.grouped)
    if deed is not None:
        shown.decider.decide(deed)


def mark_in_grid(shown: Reviewed, rows: Rows, action: str) -> None:
    """Do with marked images what a button of the grid says: for callbacks."""
    if action == SELECT:
        shown.desk.select(rows)
    elif action in (Kind.KEEP, Kind.NEW, Kind.EXCLUDE):
        decide_bulk(shown, Bulk(Kind(action)), rows)


def show_bulk(shown: Reviewed) -> None:
    """Everything that can be decided about what is selected, folded away."""
    rows = shown.desk.now.rows
    with st.popover(
        f"Decide for the {len(rows):,} selected" if len(rows) else "Decide for a selection",
        key="bulk",
        disabled=not len(rows),
        icon=":material/done_all:",
        help=None if len(rows) else "Select images with the lasso on the map, or in the grid.",
    ):
        _ask_for_place(shown, rows)
        _ask_for_tag(shown, rows)
        st.button("Clear the selection", on_click=shown.desk.select, args=((),), width="stretch")


def _ask_for_place(shown: Reviewed, rows: Rows) -> None:
    for kind, label in (
        (Kind.KEEP, "Keep where they are"),
        (Kind.NEW, "Move to a new cluster"),
        (Kind.EXCLUDE, "Exclude"),
        (Kind.INCLUDE, "Include again"),
    ):
        if kind is not Kind.INCLUDE or shown.grouped.excluded[rows].any():
            st.button(
                label, key=f"bulk {kind}", width="stretch",
                on_click=decide_bulk, args=(shown, Bulk(kind), rows),
            )  # fmt: skip
    target, move = st.columns([2, 1], vertical_alignment="bottom")
    to = target.selectbox(
        "Cluster",
        np.unique(shown.grouped.clusters).tolist(),
        index=None,
        format_func=distinguish(shown.grouped.names).__getitem__,
        placeholder="Cluster",
        key=_TARGET,
        label_visibility="collapsed",
    )
    move.button(
        "Move", key="bulk move", disabled=to is None, width="stretch",
        on_click=decide_bulk, args=(shown, Bulk(Kind.MOVE, to=to), rows),
    )  # fmt: skip


def _ask_for_tag(shown: Reviewed, rows: Rows) -> None:
    text, give, take = st.columns([2, 1, 1], vertical_alignment="bottom")
    text.text_input("Tag", key=_TAG, max_chars=80, placeholder="Tag", label_visibility="collapsed")
    give.button("Tag", width="stretch", on_click=_tag, args=(shown, Kind.TAG, rows))
    take.button("Untag", width="stretch", on_click=_tag, args=(shown, Kind.UNTAG, rows))


def _tag(shown: Reviewed, kind: Kind, rows: Rows) -> None:
    """The text is read when the button is pressed: it may have been typed just before."""
    decide_bulk(shown, Bulk(kind, text=st.session_state[_TAG]), rows)
