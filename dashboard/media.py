"""Thumbnails, images, published contents, modules and plotly.js over HTTP.

Content never changes under its address, so a browser may keep it.
"""

import io
import struct
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.errors import CoreError
from core.pictures.decoding import ImageProblem, decode
from dashboard.access import secret_word
from dashboard.browser import all_modules
from dashboard.jobs import all_jobs
from dashboard.published import Content, all_contents, plotly_script, plotly_version
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
_LOSSLESS_PIXELS = 1_000_000
"""Larger images of other formats are shown as JPEG: a PNG of them takes seconds to make."""
_MOST_IN_A_PACK = 64
"""As many thumbnails as go into one response: `packs.js` asks for no more."""


def thumbnail_address(image_id: str) -> str:
    """Where the page finds the thumbnail of an image."""
    return f"{_private()}/thumbnail/{image_id}"


def thumbnails_address(ids: str) -> str:
    """Where the page finds the thumbnails of several images, their ids joined by commas."""
    return f"{_private()}/thumbnails/{ids}"


def preview_address(image_id: str) -> str:
    """Where the page finds a larger thumbnail; of a small image, the image itself."""
    return f"{_private()}/preview/{image_id}"


def image_address(image_id: str) -> str:
    """Where the page finds the whole image."""
    return f"{_private()}/image/{image_id}"


def content_address(key: str) -> str:
    """Where the page finds a published content."""
    return f"{_private()}/content/{key}"


def module_address(path: str) -> str:
    """Where the page finds a script, such as `gallery/gallery.js`.

    The hash of all scripts is part of it, so that the relative imports among them fit together.
    """
    return f"{_base()}{_PREFIX}/modules/{all_modules().revision}/{path}"


def plotly_address() -> str:
    """Where the page finds plotly.js."""
    return f"{_base()}{_PREFIX}/plotly-{plotly_version()}.js"


def route_address(path: str) -> str:
    """Where the page finds what another module serves."""
    return f"{_private()}/{path}"


def _private() -> str:
    """Below it lies what only a page may ask for."""
    return f"{_base()}{_PREFIX}/{secret_word()}"


def _base() -> str:
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def _serve_thumbnail(request: Request) -> Response:
    return _serve(request, _find_thumbnail)


def _find_thumbnail(study: "Study", image_id: str) -> bytes | None:
    """From the cache, which most have; else from shards that hold it."""
    return open_cache().thumbnail(image_id) or study.thumbnails([image_id]).get(image_id)


def _serve_thumbnails(request: Request) -> Response:
    ids = request.path_params["ids"].split(",")
    if len(ids) > _MOST_IN_A_PACK:
        reason = f"{len(ids)} thumbnails at once: ask for at most {_MOST_IN_A_PACK}"
        return Response(reason, status_code=400)
    homes = {image_id: study for image_id in ids if (study := _find_study(image_id)) is not None}
    try:
        found = open_cache().thumbnails(list(homes))
        for study in {id(one): one for one in homes.values()}.values():
            lacking = [one for one, home in homes.items() if home is study and one not in found]
            found |= study.thumbnails(lacking) if lacking else {}
    except CoreError as error:
        return Response(str(error), status_code=503)
    # What is missing now may be there later: a pack with a gap is not kept.
    headers = _HEADERS | ({} if len(found) == len(set(ids)) else {"Cache-Control": "no-store"})
    body = pack([found.get(image_id, b"") for image_id in ids])
    return Response(body, media_type="application/octet-stream", headers=headers)


def pack(pictures: Sequence[bytes]) -> bytes:
    """The length of each picture as little-endian u32, then all of them; 0 where there is none."""
    lengths = struct.pack(f"<{len(pictures)}I", *map(len, pictures))
    return lengths + b"".join(pictures)


def _serve_preview(request: Request) -> Response:
    return _serve(request, lambda study, image_id: study.make_preview(image_id))


def _serve_image(request: Request) -> Response:
    return _serve(request, lambda _study, _image_id: None)


def _serve(request: Request, picture: Callable[["Study", str], bytes | None]) -> Response:
    """A picture of an image of an open study; where there is none, the image itself."""
    image_id = request.path_params["image_id"]
    study = _find_study(image_id)
    if study is None:
        return Response("no open study holds this image", status_code=404)
    try:
        jpeg = picture(study, image_id)
        kind, data = ("image/jpeg", jpeg) if jpeg else _show(study.read(image_id))
    except ImageProblem as problem:
        return _stand_in(study, image_id, str(problem))
    except CoreError as error:
        return Response(str(error), status_code=503)
    return Response(data, media_type=kind, headers=_HEADERS)


def _stand_in(study: "Study", image_id: str, problem: str) -> Response:
    """The thumbnail that shards hold of an image which cannot be read itself; else the problem."""
    try:
        jpeg = None if study.source.made_by is None else _find_thumbnail(study, image_id)
    except CoreError as error:
        return Response(str(error), status_code=503)
    if jpeg is None:
        return Response(problem, status_code=404)
    headers = _HEADERS | {"Cache-Control": "no-store"}  # perhaps it can be read later
    return Response(jpeg, media_type="image/jpeg", headers=headers)


def _find_study(image_id: str) -> "Study | None":
    from core.study import Study  # noqa: PLC0415 - the server starts before it is loaded

    studies = (one for one in all_jobs().results() if isinstance(one, Study))
    return next((one for one in studies if image_id in one.images.index), None)


def _show(data: bytes) -> tuple[str, bytes]:
    """What every browser can show: the file itself, or its pixels in another format."""
    for start, kind in _SHOWN_AS_IS.items():
        if data.startswith(start):
            return kind, data
    image = decode(data)
    kind = "PNG" if image.width * image.height <= _LOSSLESS_PIXELS else "JPEG"
    buffer = io.BytesIO()
    image.save(buffer, kind, quality=92)
    return f"image/{kind.lower()}", buffer.getvalue()


def _serve_content(request: Request) -> Response:
    content = all_contents().get(request.path_params["key"])
    if content is None:
        return Response("no such content", status_code=404)
    return _send(content)


def _serve_module(request: Request) -> Response:
    modules = all_modules()
    text = modules.texts.get(request.path_params["path"])
    if text is None or request.path_params["revision"] != modules.revision:
        return Response("no such module", status_code=404)
    return Response(text, media_type="text/javascript", headers=_HEADERS)


def _serve_plotly(_: Request) -> Response:
    return _send(Content(plotly_script(), "text/javascript", gzipped=True))


def _send(content: Content) -> Response:
    headers = _HEADERS | ({"Content-Encoding": "gzip"} if content.gzipped else {})
    return Response(content.body, media_type=content.media_type, headers=headers)


def media_routes() -> list[Route]:
    """What the app serves besides its page. Plain functions: Starlette runs them in threads."""
    return [
        Route(thumbnail_address("{image_id}"), _serve_thumbnail),
        Route(thumbnails_address("{ids}"), _serve_thumbnails),
        Route(preview_address("{image_id}"), _serve_preview),
        Route(image_address("{image_id}"), _serve_image),
        Route(content_address("{key}"), _serve_content),
        Route(f"{_base()}{_PREFIX}/modules/{{revision}}/{{path:path}}", _serve_module),
        Route(plotly_address(), _serve_plotly),
    ]
