"""A server of the map alone, over images that never were: `streamlit run` this file."""

import re
from pathlib import Path

import streamlit as st
import synthetic
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.media import media_routes, pack


def serve_thumbnail(request: Request) -> Response:
    image_id = request.path_params["image_id"]
    if not re.fullmatch(r"[0-9a-f]{64}", image_id):
        return Response("no such image", status_code=404)
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(synthetic.thumbnail(image_id), media_type="image/jpeg", headers=headers)


def serve_thumbnails(request: Request) -> Response:
    pictures = [synthetic.thumbnail(image_id) for image_id in request.path_params["ids"].split(",")]
    return Response(pack(pictures), media_type="application/octet-stream")


routes = [
    *media_routes(),
    Route("/harness/thumbnail/{image_id}", serve_thumbnail),
    Route("/harness/thumbnails/{ids}", serve_thumbnails),
]
app = st.App(Path(__file__).with_name("map_page.py"), routes=routes)
