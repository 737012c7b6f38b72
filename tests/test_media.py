"""Routes: an image by its id from an open study, and nothing else."""

import gzip
import io
from types import SimpleNamespace

import pytest
import streamlit as st
from PIL import Image

from core.images import Seen
from core.recipe import StudyParams
from core.study import open_study
from dashboard import media
from dashboard.access import secret_word
from dashboard.browser import all_modules
from dashboard.jobs import all_jobs
from dashboard.published import all_contents


@pytest.fixture
def study(tmp_path, cache, save_image, monkeypatch):
    """An open study of a JPEG that browsers show, and a TIFF that they don't."""
    st.cache_resource.clear()
    monkeypatch.setattr(media, "open_cache", lambda: cache)
    save_image(tmp_path / "images" / "a.jpg", (200, 0, 0))
    save_image(tmp_path / "images" / "b.tiff", (0, 0, 200))
    opened = open_study(StudyParams(str(tmp_path / "images"), weights="embedded"), cache)
    all_jobs().run("study", lambda _: opened).wait(10)
    yield opened
    st.cache_resource.clear()


def ask(serve, **parameters):
    return serve(SimpleNamespace(path_params=parameters))


def test_what_browsers_show_is_sent_as_it_is(study, tmp_path):
    response = ask(media._serve_image, image_id=study.images.ids[0])
    assert response.body == (tmp_path / "images" / "a.jpg").read_bytes()
    assert response.media_type == "image/jpeg"


def test_what_they_do_not_show_is_sent_as_png(study):
    response = ask(media._serve_image, image_id=study.images.ids[1])
    assert response.media_type == "image/png"
    with Image.open(io.BytesIO(response.body)) as image:
        assert image.getpixel((0, 0)) == (0, 0, 200)


def test_the_type_is_not_left_to_guessing(study):
    headers = ask(media._serve_image, image_id=study.images.ids[0]).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "immutable" in headers["cache-control"]


@pytest.mark.parametrize("image_id", ["0" * 64, "../../etc/passwd", ""])
def test_an_image_of_no_open_study_is_not_there(study, image_id):
    assert ask(media._serve_image, image_id=image_id).status_code == 404


def test_a_file_that_has_gone_is_not_there(study, tmp_path):
    (tmp_path / "images" / "a.jpg").unlink()
    assert ask(media._serve_image, image_id=study.images.ids[0]).status_code == 404


@pytest.mark.parametrize("serve", [media._serve_thumbnail, media._serve_preview])
def test_small_pictures_come_from_the_cache(study, cache, serve):
    image_id = study.images.ids[0]
    cache.remember_images({image_id: Seen(900, 600, None, b"small", "decoder", b"larger")})
    response = ask(serve, image_id=image_id)
    assert response.body == (b"small" if serve is media._serve_thumbnail else b"larger")
    assert response.media_type == "image/jpeg"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in response.headers["cache-control"]


@pytest.mark.parametrize("serve", [media._serve_thumbnail, media._serve_preview])
def test_an_image_without_a_small_picture_is_sent_itself(study, tmp_path, serve):
    response = ask(serve, image_id=study.images.ids[0])
    assert response.body == (tmp_path / "images" / "a.jpg").read_bytes()


@pytest.mark.parametrize(
    "serve", [media._serve_thumbnail, media._serve_preview, media._serve_image]
)
def test_what_was_seen_in_another_folder_is_not_shown(study, cache, serve):
    """The cache file remembers all that was ever opened; only what is open now is served."""
    cache.remember_images({"A" * 64: Seen(900, 600, None, b"private", "decoder", b"private")})
    response = ask(serve, image_id="A" * 64)
    assert response.status_code == 404
    assert b"private" not in response.body


def test_a_large_image_that_browsers_do_not_show_is_sent_as_jpeg(study, tmp_path, save_image):
    # Another million pixels, under the path of the small one: the bytes are what counts.
    save_image(tmp_path / "images" / "b.tiff", (0, 0, 200), (1200, 1000))
    opened = open_study(StudyParams(str(tmp_path / "images"), weights="embedded"), study.cache)
    all_jobs().run("larger", lambda _: opened).wait(10)
    response = ask(media._serve_image, image_id=opened.images.ids[1])
    assert response.media_type == "image/jpeg"
    with Image.open(io.BytesIO(response.body)) as image:
        assert (image.format, image.size) == ("JPEG", (1200, 1000))


@pytest.mark.parametrize(
    ("name", "kind"), [("c.png", "image/png"), ("d.gif", "image/gif"), ("e.webp", "image/png")]
)
def test_the_kind_is_told_by_the_bytes_not_by_the_name(study, tmp_path, save_image, name, kind):
    data = save_image(tmp_path / name, (0, 200, 0)).read_bytes()
    (tmp_path / "images" / "named.jpg").write_bytes(data)
    opened = open_study(StudyParams(str(tmp_path / "images"), weights="embedded"), study.cache)
    all_jobs().run(name, lambda _: opened).wait(10)
    image_id = next(one.id for one in opened.images.records if one.path == "named.jpg")
    assert ask(media._serve_image, image_id=image_id).media_type == kind


def test_a_published_content_is_sent_as_what_it_is():
    key = all_contents().publish("test media", lambda: b"0123456789" * 100)
    response = ask(media._serve_content, key=key)
    assert gzip.decompress(response.body) == b"0123456789" * 100
    assert response.headers["content-encoding"] == "gzip"
    assert response.media_type == "application/octet-stream"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in response.headers["cache-control"]
    assert media.content_address(key) == f"/groupsight/{secret_word()}/content/{key}"


def test_a_content_that_was_not_published_is_not_there():
    assert ask(media._serve_content, key="unknown").status_code == 404


def test_every_script_of_a_component_is_served_under_one_hash():
    address = media.module_address("scatter/map.js")
    revision = address.split("/")[3]
    assert address == f"/groupsight/modules/{revision}/scatter/map.js"
    response = ask(media._serve_module, revision=revision, path="scatter/map.js")
    assert b"export default" in response.body
    assert response.media_type == "text/javascript"


@pytest.mark.parametrize(
    ("revision", "path"),
    [
        ("0" * 16, "scatter/map.js"),
        (all_modules().revision, "scatter/content.py"),
        (all_modules().revision, "../core/__init__.py"),
        (all_modules().revision, "scatter/nothing.js"),
    ],
)
def test_nothing_else_is_served_as_a_script(revision, path):
    assert ask(media._serve_module, revision=revision, path=path).status_code == 404


def test_several_thumbnails_are_packed_in_the_order_asked(study, cache):
    first, second = study.images.ids
    cache.remember_images(
        {
            first: Seen(900, 600, None, b"one", "decoder"),
            second: Seen(9, 9, None, b"x" * 258, "decoder"),
        }
    )
    response = ask(media._serve_thumbnails, ids=f"{second},{first},{second}")
    # 258 is 2 and 1 x 256: the least significant byte comes first.
    lengths = bytes([2, 1, 0, 0, 3, 0, 0, 0, 2, 1, 0, 0])
    assert response.body == lengths + b"x" * 258 + b"one" + b"x" * 258
    assert response.media_type == "application/octet-stream"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in response.headers["cache-control"]


def test_a_pack_with_a_gap_is_not_kept(study, cache):
    first, second = study.images.ids
    cache.remember_images({second: Seen(9, 9, None, b"two", "decoder")})
    response = ask(media._serve_thumbnails, ids=f"{first},{second}")
    assert response.body == bytes([0, 0, 0, 0, 3, 0, 0, 0]) + b"two"
    assert response.headers["cache-control"] == "no-store"


def test_a_pack_has_nothing_of_another_folder(study, cache):
    cache.remember_images({"A" * 64: Seen(900, 600, None, b"private", "decoder")})
    response = ask(media._serve_thumbnails, ids="A" * 64)
    assert response.body == bytes(4)


def test_a_pack_is_bounded(study):
    ids = [study.images.ids[0]] * 65
    response = ask(media._serve_thumbnails, ids=",".join(ids))
    assert response.status_code == 400
    assert response.body == b"65 thumbnails at once: ask for at most 64"
    assert ask(media._serve_thumbnails, ids=",".join(ids[:64])).status_code == 200


def test_the_address_of_a_pack_is_served():
    paths = [route.path for route in media.media_routes()]
    assert media.thumbnails_address("{ids}") in paths
