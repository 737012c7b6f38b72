"""Layers compared: how another layer, or other steps after it, would group the images."""

import streamlit as st

from dashboard.views.inside_parts import Asked


def show_layers_compared(shown: Asked) -> None:
    """Draw this part of the page."""
    st.caption(shown.title)
