"""A ZIP of images over HTTP, made while it is sent: it never lies anywhere as a whole.

What a browser may fetch was offered by a page before, under a name that cannot be guessed.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from urllib.parse import quote

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from core.errors import CoreError
from dashboard.media import route_address

_KEPT = 64
"""Offers that stay open; a page makes its own anew at every rerun."""

Make = Callable[[], Iterator[bytes]]
"""Plans the ZIP and gives its bytes, one image after the other."""


class Zips:
    """What is offered, by its token; the oldest offers leave first."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._offers: OrderedDict[Hashable, tuple[str, str, Make]] = OrderedDict()
        self._lock = threading.Lock()

    def offer(self, made_of: Hashable, name: str, make: Make) -> str:
        """The address of a ZIP; the same as before for what is made of the same.

        Args:
            made_of: names everything that decides the ZIP.
            name: of the file.
            make: gives its bytes, once it is asked for.
        """
        with self._lock:
            known = self._offers.pop(made_of, None)
            token = known[0] if known else secrets.token_urlsafe(16)
            self._offers[made_of] = (token, name, make)
            while len(self._offers) > self._kept:
                self._offers.popitem(last=False)
        return route_address(f"zip/{token}")

    def find(self, token: str) -> tuple[str, Make] | None:
        """The name and the maker of an offer, or None."""
        with self._lock:
            offers = list(self._offers.values())
        return next(((name, make) for own, name, make in offers if own == token), None)


@st.cache_resource(show_spinner=False)
def all_zips() -> Zips:
    """The one store that sessions and the route share."""
    return Zips()


def serve_zip(request: Request) -> Response:
    """The ZIP of a token, byte by byte as it is made."""
    offer = all_zips().find(request.path_params["token"])
    if offer is None:
        return Response("this ZIP is not offered any more: reload the page", status_code=404)
    name, make = offer
    try:
        parts = make()
    except CoreError as error:
        return Response(str(error), status_code=503)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(parts, media_type="application/zip", headers=headers)


def zip_routes() -> list[Route]:
    """What the app serves of this."""
    return [Route(route_address("zip/{token}"), serve_zip)]
