"""Decisions: what was decided, by whom, and what does not apply any more."""

import streamlit as st

from dashboard.views.review_parts import Reviewed


def show_decisions(shown: Reviewed) -> None:
    """Draw this part of the page."""
    st.caption(shown.study.source.name)
