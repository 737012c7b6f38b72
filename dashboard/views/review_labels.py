"""Labels: how they agree with the clusters, and which of them are doubtful."""

import streamlit as st

from dashboard.views.review_parts import Reviewed


def show_labels(shown: Reviewed) -> None:
    """Draw this part of the page."""
    st.caption(shown.study.source.name)
