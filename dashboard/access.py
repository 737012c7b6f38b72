"""Who may see the page, and that what the page shows is fetched by nobody else.

Where a login is configured (`[auth]` in Streamlit's secrets.toml), the page asks for it. Images and
contents have addresses with a word in them that is drawn at the start of the server and told to
pages alone, so that they need no login of their own: who has not seen a page cannot ask for them.
"""

import secrets
from functools import cache

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError


@cache
def secret_word() -> str:
    """The word in the addresses of this server: 128 random bits."""
    return secrets.token_urlsafe(16)


def require_login() -> None:
    """Where a login is configured, end the run here for whoever has not logged in."""
    if not _has_login() or st.user.is_logged_in:
        return
    st.title("Groupsight")
    st.button("Log in", on_click=st.login, type="primary", icon=":material/login:")
    st.stop()


def offer_logout() -> None:
    """At the foot of the sidebar: who is logged in, and the way out."""
    if _has_login() and st.user.is_logged_in:
        st.sidebar.button("Log out", on_click=st.logout, icon=":material/logout:")


def _has_login() -> bool:
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False
