"""Thumbnails, images, figures and plotly.js over HTTP.

Content never changes under its address, so a browser may keep it.
"""

import io
from typing import TYPE_CHECKING

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.decoding import ImageProblem, decode
from core.errors import CoreError
from dashboard.jobs import all_jobs
from dashboard.published import all_figures, plotly_script, plotly_version
from dashboard.storage import open_cache

if TYPE_CHECKING:
    from core.study import Study

_PREFIX = "/groupsight"
_HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}
_SHOWN_AS_IS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif"}
"""What every browser shows upright by itself, by its first bytes."""


def thumbnail_address(image_id: str) -> str:
    """Where the page finds the thumbnail of an image."""
    return f"{_base()}{_PREFIX}/thumbnail/{image_id}"


def image_address(image_id: str) -> str:
    """Where the page finds the whole image."""
    return f"{_base()}{_PREFIX}/image/{image_id}"


def figure_address(key: str) -> str:
    """Where the page finds a published figure."""
    return f"{_base()}{_PREFIX}/figure/{key}"


def plotly_address() -> str:
    """Where the page finds plotly.js."""
    return f"{_base()}{_PREFIX}/plotly-{plotly_version()}.js"


def _base() -> str:
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def _serve_thumbnail(request: Request) -> Response:
    try:
        thumbnail = open_cache().thumbnail(request.path_params["image_id"])
    except CoreError as error:
        return Response(str(error), status_code=503)
    if thumbnail is None:
        return Response("no such thumbnail", status_code=404)
    return Response(thumbnail, media_type="image/jpeg", headers=_HEADERS)


def _serve_image(request: Request) -> Response:
    from core.study import Study  # noqa: PLC0415 - the server starts before it is loaded

    image_id = request.path_params["image_id"]
    for study in all_jobs().results():
        if isinstance(study, Study) and image_id in study.images.index:
            return _respond(study, image_id)
    return Response("no open study holds this image", status_code=404)


def _respond(study: "Study", image_id: str) -> Response:
    try:
        data = study.read(image_id)
        for start, kind in _SHOWN_AS_IS.items():
            if data.startswith(start):
                return Response(data, media_type=kind, headers=_HEADERS)
        buffer = io.BytesIO()
        decode(data).save(buffer, "PNG")
    except ImageProblem as problem:
        return Response(str(problem), status_code=404)
    return Response(buffer.getvalue(), media_type="image/png", headers=_HEADERS)


def _serve_figure(request: Request) -> Response:
    text = all_figures().get(request.path_params["key"])
    if text is None:
        return Response("no such figure", status_code=404)
    return _gzipped(text, "application/json")


def _serve_plotly(_: Request) -> Response:
    return _gzipped(plotly_script(), "text/javascript")


def _gzipped(content: bytes, kind: str) -> Response:
    headers = _HEADERS | {"Content-Encoding": "gzip"}
    return Response(content, media_type=kind, headers=headers)


def media_routes() -> list[Route]:
    """What the app serves besides its page. Plain functions: Starlette runs them in threads."""
    return [
        Route(thumbnail_address("{image_id}"), _serve_thumbnail),
        Route(image_address("{image_id}"), _serve_image),
        Route(figure_address("{key}"), _serve_figure),
        Route(plotly_address(), _serve_plotly),
    ]
