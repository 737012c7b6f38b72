"""What every response carries, and which requests are answered at all.

Streamlit brings a token against forged uploads (XSRF). This adds what browsers enforce for the
page, lets no page but this server's own open a socket, and answers only to the names of this
machine where the server listens to it alone: a page elsewhere that has its own name lead here
learns nothing.
"""

import json
import os
from collections.abc import Sequence
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access import MembersOnly
from dashboard.environment import HOSTS_VARIABLE

_OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")

# Streamlit needs scripts and styles in line and from blobs: the components of a page come so, and
# its charts compile expressions. Nothing is loaded from, sent to, or framed by another machine.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: blob: data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SecureHeaders:
    """Adds HEADERS to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class OwnOrigin:
    """Refuses sockets that a page of another origin opens, or of another port of this machine.

    Streamlit would let any page of this machine in, and ask the network for its own address first.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str] = ()) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "websocket" and not self._is_own(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 1008})
            return
        await self.app(scope, receive, send)

    def _is_own(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:  # no browser leaves it out
            return True
        place = urlsplit(origin)
        return place.netloc == headers.get("host") or place.hostname in self.names


def secure() -> Sequence[Middleware]:
    """What is put before the app."""
    names = allowed_hosts()
    always = [Middleware(SecureHeaders), Middleware(OwnOrigin, names=names)]
    members = Middleware(MembersOnly)
    if not is_local(str(st.get_option("server.address") or "")):
        return [*always, members]  # its names are the proxy's affair
    hosts = [*_OWN_NAMES, *names]
    return [*always, Middleware(TrustedHostMiddleware, allowed_hosts=hosts), members]


def allowed_hosts() -> list[str]:
    """Names under which a proxy may call this server."""
    hosts: list[str] = json.loads(os.environ.get(HOSTS_VARIABLE, "[]"))
    return hosts


def is_local(address: str) -> bool:
    """Whether only this machine reaches a server that listens there; empty is everywhere."""
    return address in {"localhost", "::1"} or address.startswith("127.")


def warn_of_strangers(address: str, roots: Sequence[str]) -> str:
    """What to say loudly where others reach the server; nothing where they do not."""
    if is_local(address):
        return ""
    return (
        f"WARNING: listening on {address}: whoever reaches this port sees every image below "
        f"{', '.join(roots)} and can change what was decided. Put a login before it, or take the "
        "one that Streamlit has: docs/server.md says how.\n"
    )
