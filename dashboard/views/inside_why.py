"""Why here: where and by what an image resembles its cluster, and where its rival."""

import streamlit as st

from dashboard.views.inside_parts import Asked


def show_why(shown: Asked) -> None:
    """Draw this part of the page."""
    st.caption(shown.title)
