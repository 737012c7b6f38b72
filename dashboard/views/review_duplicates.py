"""Duplicates: images that are there more than once, or all but the same."""

import streamlit as st

from dashboard.views.review_parts import Reviewed


def show_duplicates(shown: Reviewed) -> None:
    """Draw this part of the page."""
    st.caption(shown.study.source.name)
