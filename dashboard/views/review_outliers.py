"""Outliers: the images that lie far from all others."""

import streamlit as st

from dashboard.views.review_parts import Reviewed


def show_outliers(shown: Reviewed) -> None:
    """Draw this part of the page."""
    st.caption(shown.study.source.name)
