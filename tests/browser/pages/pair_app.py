"""A server of two maps beside each other, over images that never were."""

from pathlib import Path

import streamlit as st
from map_app import routes

app = st.App(Path(__file__).with_name("pair_page.py"), routes=routes)
