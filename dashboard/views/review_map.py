"""The honest map: which images only look misplaced, and how far the map can be trusted."""

import streamlit as st

from dashboard.views.review_parts import Reviewed


def show_map_trust(shown: Reviewed) -> None:
    """Draw this part of the page."""
    st.caption(shown.study.source.name)
