"""Feature maps: what each convolution makes of the image."""

import streamlit as st

from dashboard.views.inside_parts import Asked


def show_maps(shown: Asked) -> None:
    """Draw this part of the page."""
    st.caption(shown.title)
