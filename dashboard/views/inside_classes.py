"""Classes: what ImageNet's classes say of the image, and names for its cluster."""

import streamlit as st

from dashboard.views.inside_parts import Asked


def show_classes(shown: Asked) -> None:
    """Draw this part of the page."""
    st.caption(shown.title)
