"""A page with the deck alone, over the synthetic images of the gallery's page.

streamlit run tests/browser/pages/deck_page.py
"""

from pathlib import Path

import streamlit as st
from gallery_page import routes

app = st.App(Path(__file__).with_name("deck_script.py"), routes=routes)
