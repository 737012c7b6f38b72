"""A page with the gallery, the inspector or the cards alone, over synthetic images.

streamlit run tests/browser/pages/gallery_page.py
"""

import io
from functools import cache
from pathlib import Path

import streamlit as st
from PIL import Image
from sklearn.datasets import load_sample_images
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.media import media_routes, pack

TINY_PIXELS = 28
SIDES = {"small": 128, "large": 384, "full": 900, "tiny": TINY_PIXELS}


@cache
def photographs() -> list[Image.Image]:
    return [Image.fromarray(pixels) for pixels in load_sample_images().images]


def picture(image_id: bytes, side: int) -> bytes:
    """A square cut out of one of two photographs, at a place that the id decides."""
    photograph = photographs()[image_id[0] % 2]
    cut = 80 + image_id[3] % 120
    left = image_id[1] * (photograph.width - cut) // 255
    top = image_id[2] * (photograph.height - cut) // 255
    square = photograph.crop((left, top, left + cut, top + cut)).resize((side, side))
    buffer = io.BytesIO()
    square.save(buffer, "JPEG")
    return buffer.getvalue()


def serve_picture(request: Request) -> Response:
    """A picture of the asked size; one in 64 is broken, as a file on a disk may be."""
    content = content_of(request.path_params["image_id"], request.path_params["side"])
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "max-age=3600"})


def content_of(hex_id: str, side: str) -> bytes:
    image_id = bytes.fromhex(hex_id)
    return b"no picture" if image_id[4] % 64 == 0 else picture(image_id, SIDES[side])


def serve_pack(request: Request) -> Response:
    """Small pictures together; one in 16 has none, as before its thumbnail is made."""
    ids = request.path_params["ids"].split(",")
    pictures = [b"" if bytes.fromhex(one)[5] % 16 == 0 else content_of(one, "small") for one in ids]
    return Response(pack(pictures), media_type="application/octet-stream")


routes = [
    Route("/test/packed/{ids}", serve_pack),
    Route("/test/{side}/{image_id}", serve_picture),
    *media_routes(),
]
app = st.App(Path(__file__).with_name("gallery_script.py"), routes=routes)
