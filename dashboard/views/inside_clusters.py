"""Clusters: what the images of a cluster share."""

import streamlit as st

from dashboard.views.inside_parts import Asked


def show_traits(shown: Asked) -> None:
    """Draw this part of the page."""
    st.caption(shown.title)
