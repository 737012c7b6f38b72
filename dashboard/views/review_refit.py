"""Fit again: what K-Means finds when it has learned from the decisions."""

import streamlit as st

from dashboard.views.review_parts import Reviewed


def show_refit(shown: Reviewed) -> None:
    """Draw this part of the page."""
    st.caption(shown.study.source.name)
