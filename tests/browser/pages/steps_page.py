"""A page with the steps alone, over the synthetic images of the gallery's page.

streamlit run tests/browser/pages/steps_page.py
"""

from pathlib import Path

import streamlit as st
from gallery_page import routes

app = st.App(Path(__file__).with_name("steps_script.py"), routes=routes)
