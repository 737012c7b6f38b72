"""Network: its layers, their sizes, and which of them gives the features."""

import streamlit as st

from dashboard.views.inside_parts import Asked


def show_network(shown: Asked) -> None:
    """Draw this part of the page."""
    st.caption(shown.title)
