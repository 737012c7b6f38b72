"""A page with the contingency table alone: `streamlit run` this file."""

from pathlib import Path

import streamlit as st

from dashboard.media import media_routes

app = st.App(Path(__file__).with_name("contingency_script.py"), routes=media_routes())
