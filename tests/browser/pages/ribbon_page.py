"""A page with the ribbon alone, over made-up clusterings of synthetic images.

streamlit run tests/browser/pages/ribbon_page.py
"""

from pathlib import Path

import streamlit as st
from gallery_page import routes

app = st.App(Path(__file__).with_name("ribbon_script.py"), routes=routes)
