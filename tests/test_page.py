"""The page without a browser: what it says of good, bad and odd sources."""

import gzip
import json
import time

import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.images import identify
from dashboard.environment import CACHE_VARIABLE, PRESET_VARIABLE
from dashboard.published import all_figures
from dashboard.state import DEFAULTS, Selection
from dashboard.storage import open_cache

PATIENCE = 90
SCRIPT = """
from dashboard import session, state
from dashboard.views import {0}

state.start_session()
session.ask()
{0}.show()
"""


@pytest.fixture
def page(tmp_path, monkeypatch):
    """A function that opens a source in a fresh server and waits until the page stands still."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "page.sqlite"))
    monkeypatch.delenv(PRESET_VARIABLE, raising=False)
    st.cache_resource.clear()

    def open_source(source, view="explore", **values):
        app = AppTest.from_string(SCRIPT.format(view), default_timeout=PATIENCE)
        for key, value in {"source": str(source), "weights": "embedded", **values}.items():
            app.session_state[key] = value
        return settle(app.run())

    yield open_source
    open_cache().close()
    st.cache_resource.clear()


def settle(app):
    deadline = time.monotonic() + PATIENCE
    while any(one.label == "Stop" for one in app.button) and time.monotonic() < deadline:
        time.sleep(0.2)
        app.run()
    assert not app.exception
    return app


@pytest.fixture
def folder(tmp_path, save_image):
    """Three reddish and three bluish images, by folder."""
    for shade in (200, 220, 240):
        save_image(tmp_path / "images" / "red" / f"{shade}.png", (shade, 0, 0))
        save_image(tmp_path / "images" / "blue" / f"{shade}.png", (0, 0, shade))
    return tmp_path / "images"


def components(app):
    """The data of the components on the page: the map, then the gallery if one is shown."""
    return [json.loads(one.proto.json) for one in app.get("bidi_component")]


def draws_a_map(app):
    return any("plotly" in data for data in components(app))


def texts(app):
    return " ".join(one.value for one in [*app.caption, *app.markdown])


def test_without_a_source_the_page_says_what_to_do(page):
    app = page("")
    assert app.title[0].value == "See how your images group"
    assert not app.error


def test_every_widget_starts_at_its_default(page):
    app = page("", weights="auto")
    assert {key: app.session_state[key] for key in DEFAULTS} == DEFAULTS


def test_labels_of_a_folder_can_colour_the_map(page, folder):
    app = page(folder, k=2, color="label")
    assert draws_a_map(app)
    key = components(app)[0]["figure"].rpartition("/")[2]
    traces = json.loads(gzip.decompress(all_figures().get(key)))["data"]
    assert [trace["name"] for trace in traces] == ["blue (3)", "red (3)"]


def test_a_folder_becomes_a_map_with_its_making_beneath(page, folder):
    app = page(folder, k=2)
    assert draws_a_map(app)
    for part in ("6 images", r"embedded \(67d99a16\)", r"conv5 1x1", r"K\-Means k 2", "UMAP"):
        assert part in texts(app)


def test_every_cluster_can_be_taken_as_a_whole(page, folder):
    app = page(folder, k=2)
    names = [one.label for one in app.button if one.label.startswith("cluster")]
    assert names == ["cluster 0 · 3", "cluster 1 · 3"]
    next(one for one in app.button if one.label == "cluster 0 · 3").click().run()
    assert "3 images: 3 of cluster 0" in texts(app)


def test_the_gallery_shows_exactly_what_is_selected(page, folder):
    ids = {identify((folder / "red" / f"{shade}.png").read_bytes()) for shade in (200, 240)}
    app = page(folder, k=2, selection=Selection(frozenset(ids)))
    drawn, gallery = components(app)
    assert {card["id"] for card in gallery["cards"]} == ids
    assert set(drawn["selected"]) == ids


def test_a_selection_in_other_images_does_not_fade_these(page, folder):
    app = page(folder, k=2, selection=Selection(frozenset({"of another folder"})))
    assert components(app)[0]["selected"] == []


def test_moving_k_regroups(page, folder):
    app = page(folder, k=2)
    app.slider(key="k").set_value(3).run()
    assert r"K\-Means k 3" in texts(settle(app))


def test_a_broken_image_is_listed_with_its_reason(page, folder):
    data = (folder / "red" / "200.png").read_bytes()
    (folder / "red" / "broken.png").write_bytes(data[: len(data) // 2])
    app = page(folder, k=2)
    assert draws_a_map(app)
    listed = app.dataframe[0].value
    assert listed["path"].tolist() == ["red/broken.png"]
    assert "damaged" in listed["reason"][0]


@pytest.mark.parametrize("content", [b"", b"just text"])
def test_a_folder_in_which_nothing_can_be_read(page, tmp_path, content):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.jpg").write_bytes(content)
    app = page(tmp_path / "x")
    assert app.error[0].value == "None of the 1 images can be read."
    assert app.dataframe[0].value["path"].tolist() == ["a.jpg"]


def test_a_missing_path_is_named(page, tmp_path):
    app = page(tmp_path / "nowhere")
    assert "nowhere" in app.error[0].value
    assert [one.label for one in app.button if one.label == "Try again"]


def test_an_empty_folder_is_named(page, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "no images in" in page(tmp_path / "empty").error[0].value


def test_an_impossible_option_is_explained(page, folder):
    assert "have no fc1" in page(folder, layer="fc1").error[0].value


def test_a_single_image_gets_a_map(page, tmp_path, save_image):
    save_image(tmp_path / "one" / "a.png")
    app = page(tmp_path / "one")
    assert draws_a_map(app)
    assert "PCA, since 1 images are few" in texts(app)


def test_identical_images_are_one_image(page, tmp_path, save_image):
    for name in "abc":
        save_image(tmp_path / "same" / f"{name}.png")
    app = page(tmp_path / "same")
    assert draws_a_map(app)
    assert r"3 images \(2 copies of others\)" in texts(app)


def test_images_of_equal_pixels_but_other_bytes_cannot_be_split(page, tmp_path, save_image):
    save_image(tmp_path / "same" / "a.png", compress_level=1)
    save_image(tmp_path / "same" / "b.bmp")
    assert "more than the 1 images that differ" in page(tmp_path / "same", k=2).error[0].value


def test_more_clusters_than_images_are_cut_down_to_the_slider(page, folder):
    app = page(folder, k=40)
    assert app.slider(key="k").max == 6
    assert draws_a_map(app)


def test_the_data_page_counts_and_offers_downloads(page, folder):
    Image.new("RGB", (8, 8)).save(folder / "copy.png")
    Image.new("RGB", (8, 8)).save(folder / "copy2.png")
    (folder / "notes.txt").write_text("not an image")
    app = page(folder, view="data", k=2)
    counts = {one.label: one.value for one in app.metric}
    assert counts == {
        "images": "8", "distinct": "7", "copies": "1", "unreadable": "0", "other files": "1"
    }  # fmt: skip
    assert [one.proto.label for one in app.get("download_button")] == [
        "Clusters (CSV)", "What made them (JSON)"
    ]  # fmt: skip
