"""Decisions: what was decided, by whom, and what does not apply any more."""

import streamlit as st

from dashboard.provenance import escape_markdown
from dashboard.views.compare_parts import show_chosen
from dashboard.views.review_decisions_acts import offer_undo
from dashboard.views.review_decisions_files import offer_journal, take_over_journal
from dashboard.views.review_decisions_list import show_list, show_stale
from dashboard.views.review_decisions_log import Log
from dashboard.views.review_decisions_names import show_cluster_tags, show_image_tags, show_names
from dashboard.views.review_parts import Reviewed

_NOTHING = (
    "Nothing was decided yet. In the queue, each image can be kept, moved, excluded or tagged; "
    "every decision is listed here then and can be undone. Or take over those of another journal."
)


def show_decisions(shown: Reviewed) -> None:
    """The list, with what is chosen in it beside it; below, tags, names, and the journal's file."""
    log = Log.of(shown)
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _show_log(log)
    with right:
        show_chosen(shown, hint="Click a decision to see its image here.")
    st.divider()
    tags, file = st.columns([3, 2], gap="medium")
    with tags:
        show_image_tags(log)
        show_cluster_tags(log)
        show_names(log)
    with file:
        _show_file(log)


def _show_log(log: Log) -> None:
    if not log.rows:
        st.info(_NOTHING, icon=":material/history:")
        return
    offer_undo(log.shown.decider, log.rows, log.state)
    show_list(log)
    show_stale(log)


def _show_file(log: Log) -> None:
    st.subheader("The journal")
    if log.rows:
        offer_journal(log)
    take_over_journal(log)
    path = log.shown.study.journal.path
    st.caption(escape_markdown(f"Kept in {path}" + ("" if log.rows else " from then on")))
