"""The cache file of this server, named by the launcher."""

import os
from pathlib import Path

import streamlit as st

from core.cache import Cache, default_path
from dashboard.environment import CACHE_VARIABLE


@st.cache_resource(show_spinner=False)
def open_cache() -> Cache:
    """The cache that all sessions and media routes share.

    Raises:
        CoreError: the file cannot be used.
    """
    named = os.environ.get(CACHE_VARIABLE)
    return Cache(Path(named) if named else default_path())
