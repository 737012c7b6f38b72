"""Fit again: what K-Means finds when it has learned from the decisions."""

import streamlit as st

from dashboard.provenance import escape_markdown
from dashboard.views.review_parts import Reviewed
from dashboard.views.review_refit_fit import Refitting, begin_again, find_again, was_overtaken
from dashboard.views.review_refit_result import show_result
from dashboard.views.review_refit_use import show_adopted

_WHAT = (
    "K-Means starts once more from the corrected clusters: images that were moved or kept stay "
    "with the most typical image of their cluster, moved ones away from that of the one they left, "
    "and excluded ones no longer count. What else moves then is shown first, and nothing is kept "
    "until you say so."
)
_SOURCE = (
    "Constrained K-Means: PCK-Means (S. Basu, A. Banerjee and R. Mooney, SDM 2004). "
    "More in docs/journal.md under “Refit with what was learned”."
)


def show_refit(shown: Reviewed) -> None:
    """What it is, a button that starts it, and what came of it."""
    st.markdown(escape_markdown(_WHAT))
    st.caption(escape_markdown(_SOURCE))
    refitting = Refitting.of(shown)
    show_adopted(refitting)
    if not refitting.has_lessons:
        st.info(
            "Nothing was decided yet that the clusters could learn from. Move, keep or exclude "
            "some images in the queue first.",
            icon=":material/school:",
        )
        return
    fitted = find_again(refitting)
    if fitted is not None:
        show_result(fitted)
        return
    if was_overtaken(refitting):
        st.info("Decisions have changed since the last fit: it no longer fits them.")
    st.button(
        "Fit again with what was learned",
        type="primary",
        icon=":material/school:",
        on_click=begin_again,
        args=(refitting,),
    )
