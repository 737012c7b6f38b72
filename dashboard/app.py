"""The entry point: `streamlit run dashboard/app.py`, or `python -m dashboard` which does it."""

from pathlib import Path

import streamlit as st

from dashboard.logs import begin_logging
from dashboard.media import media_routes
from dashboard.preload import compile_beforehand, preload_page
from dashboard.security import secure
from dashboard.tidying import tidy_up
from dashboard.unexpected import show_unexpected
from dashboard.zips import zip_routes

begin_logging()
compile_beforehand()
preload_page()
app = st.App(
    Path(__file__).with_name("pages.py"),
    routes=[*media_routes(), *zip_routes()],
    middleware=secure(),
    lifespan=tidy_up,
    on_script_error=show_unexpected,
)
