"""Routes: an image by its id from an open study, and nothing else."""

import io
from types import SimpleNamespace

import pytest
import streamlit as st
from PIL import Image

from core.images import Seen
from core.recipe import StudyParams
from core.study import open_study
from dashboard import media
from dashboard.jobs import all_jobs


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


def test_thumbnails_come_from_the_cache(study, cache):
    assert ask(media._serve_thumbnail, image_id="A").status_code == 404
    cache.remember_images({"A": Seen(8, 8, None, b"thumbnail", "decoder")})
    assert ask(media._serve_thumbnail, image_id="A").body == b"thumbnail"


def test_a_figure_that_was_not_published_is_not_there():
    assert ask(media._serve_figure, key="unknown").status_code == 404
