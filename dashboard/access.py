"""Who may see the page, and that what the page shows is fetched by nobody else.

Where a login is configured (`[auth]` in Streamlit's secrets.toml), the page asks for it, and so
does every address from which a page takes pictures, files and uploads. Besides, the addresses of
images and contents have a word in them that is drawn at the start of the server and told to pages
alone: who has not seen a page cannot ask for them, also where there is no login.
"""

import json
import secrets
from collections.abc import Mapping
from functools import cache

import streamlit as st
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.errors import StreamlitSecretNotFoundError

_OF_STREAMLIT = ("/media/", "/_stcore/upload_file", "/_stcore/metrics")
"""What Streamlit itself serves of people's work; the rest is its scripts, and the way to log in."""


@cache
def secret_word() -> str:
    """The word in the addresses of this server: 128 random bits."""
    return secrets.token_urlsafe(16)


class MembersOnly:
    """Where a login is configured, answers for what pages show only to who has logged in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_closed = scope["type"] == "http" and _is_private(scope["path"]) and has_login()
        if is_closed and not is_logged_in(HTTPConnection(scope).cookies):
            answer = PlainTextResponse("log in first: open the page", status_code=401)
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_private(path: str) -> bool:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    own = path.removeprefix(f"/{base}") if base else path
    return f"/{secret_word()}/" in own or own.startswith(_OF_STREAMLIT)


def is_logged_in(cookies: Mapping[str, str]) -> bool:
    """Whether these cookies hold what Streamlit signed at a login."""
    # Streamlit tells its scripts alone who is logged in; should it move this, nobody is let in.
    from streamlit.web.server.starlette import (  # noqa: PLC0415 - slow to import
        starlette_server_config,
        starlette_websocket,
    )

    signed = starlette_websocket._get_signed_cookie_with_chunks(
        dict(cookies), starlette_server_config.USER_COOKIE_NAME
    )
    return signed is not None and json.loads(signed).get("is_logged_in") is True


def is_member() -> bool:
    """Whether whoever looks at the page may see it: by a login, or as there is none."""
    return not has_login() or bool(st.user.is_logged_in)


def name_member() -> str:
    """Who has logged in, by name or else by e-mail; nothing where nobody did, or nobody says."""
    if not has_login() or not st.user.is_logged_in:
        return ""
    told = (str(st.user.get(claim) or "").strip() for claim in ("name", "email"))
    return next(filter(None, told), "")


def require_login() -> None:
    """Where a login is configured, end the run here for whoever has not logged in."""
    if is_member():
        return
    st.title("Groupsight")
    st.button("Log in", on_click=st.login, type="primary", icon=":material/login:")
    st.stop()


def offer_logout() -> None:
    """At the foot of the sidebar: who is logged in, and the way out."""
    if has_login() and st.user.is_logged_in:
        st.sidebar.button("Log out", on_click=st.logout, icon=":material/logout:")


def has_login() -> bool:
    """Whether a login is configured."""
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False
