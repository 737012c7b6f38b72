"""The queue: one image after the other, the worst fit first, and a decision for each."""

import streamlit as st

from dashboard.views.review_parts import Reviewed


def show_queue(shown: Reviewed) -> None:
    """Draw this part of the page."""
    st.caption(shown.study.source.name)
