"""The page without a browser: what it says of good, bad and odd sources."""

import gzip
import json
import re
import time

import numpy as np
import pytest
import streamlit as st
from hostile import NAMES
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.images import identify
from core.network.transforms import LARGEST_SIZE
from core.recipe import StudyParams
from core.sources.base import as_text
from core.study import Study
from dashboard import session, sidebar, state
from dashboard.environment import CACHE_VARIABLE, PRESET_VARIABLE
from dashboard.jobs import all_jobs
from dashboard.published import all_contents
from dashboard.state import DEFAULTS
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

    def open_source(source, view="explore", link=(), **values):
        app = AppTest.from_string(SCRIPT.format(view), default_timeout=PATIENCE)
        for name, value in dict(link).items():
            app.query_params[name] = value
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
    """The data of the components on the page, by what they are: map, cards, inspector, gallery."""
    shown = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    kinds = {"scatter": "map"}
    folders = [data["module"].split("/")[-2] for data in shown]
    return {kinds.get(one, one): data for one, data in zip(folders, shown, strict=True)}


def draws_a_map(app):
    return "map" in components(app)


def fetch(address):
    """What the browser would get at the address of a content."""
    content = all_contents().get(address.rpartition("/")[2])
    return gzip.decompress(content.body) if content.gzipped else content.body


def cards(app):
    return json.loads(fetch(components(app)["cards"]["cards"]))["cards"]


def shown_rows(app):
    """The rows in the gallery, in their order."""
    return np.frombuffer(fetch(components(app)["gallery"]["order"]), "<u4").tolist()


def rows_of(folder, *paths):
    """Rows are the places of the images in the order of their paths."""
    files = sorted(path for path in folder.rglob("*") if path.suffix == ".png")
    return sorted(files.index(folder / path) for path in paths)


def texts(app):
    return " ".join(one.value for one in [*app.caption, *app.markdown])


def test_a_map_of_too_many_images_says_that_it_shows_a_sample(page, folder, monkeypatch):
    monkeypatch.setattr("dashboard.grouping.MOST_DRAWN", 4)
    monkeypatch.setattr("core.map_sample.SOME", 1)
    shown = components(page(folder, k=2))["map"]
    assert re.match(r"4 of 6 shown: every cluster in proportion", shown["content"]["sample"])
    assert shown["content"]["sample"] in shown["picture"]["making"]
    assert shown["description"] == "Map of 6 images in 2 clusters"


def test_without_a_source_the_page_says_what_to_do(page):
    app = page("")
    assert app.title[0].value == "See how your images group"
    assert not app.error


def test_every_widget_starts_at_its_default(page):
    app = page("", weights="auto")
    assert {key: app.session_state[key] for key in DEFAULTS} == DEFAULTS


def test_labels_of_a_folder_can_colour_the_map(page, folder):
    coloring = components(page(folder, k=2, color="label"))["map"]["coloring"]
    assert [group["name"] for group in coloring["groups"]] == ["blue", "red"]
    assert np.frombuffer(fetch(coloring["address"]), "<u2").tolist() == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("color", ["fit", "density"])
def test_what_is_measured_can_colour_the_map(page, folder, color):
    app = page(folder, k=2, color=color)
    coloring = components(app)["map"]["coloring"]
    low, high = coloring["range"]
    values = np.frombuffer(fetch(coloring["address"]), "<f4")
    assert coloring["title"] == color
    assert (values >= low).all()
    assert (values <= high).all()
    options = app.selectbox(key="color").options
    assert options[:4] == ["cluster", "label", "fit", "density"]
    assert "column: label" not in options  # it is there already


def test_a_column_of_the_manifest_can_colour_the_map(page, folder):
    lines = ["path,year,camera"]
    for year, path in enumerate(sorted(folder.rglob("*.png"))):
        lines.append(f"{path.relative_to(folder)},{2000 + year},{'XY'[year % 2]}")
    (folder / "list.csv").write_text("\n".join(lines), encoding="utf-8")
    app = page(folder / "list.csv", k=2, color="column: year")
    coloring = components(app)["map"]["coloring"]
    assert (coloring["title"], coloring["range"]) == ("year", [2000, 2005])
    app.selectbox(key="color").set_value("column: camera")
    coloring = components(settle(app.run()))["map"]["coloring"]
    assert [group["name"] for group in coloring["groups"]] == ["X", "Y"]


def test_a_colour_that_another_set_had_becomes_that_of_the_clusters(page, folder):
    coloring = components(page(folder, k=2, color="column: gone"))["map"]["coloring"]
    assert coloring["title"] == "cluster"


def test_a_folder_becomes_a_map_with_its_making_beneath(page, folder):
    app = page(folder, k=2)
    assert draws_a_map(app)
    for part in ("6 images", r"embedded \(67d99a16\)", r"conv5 1x1", r"K\-Means k 2", "UMAP"):
        assert part in texts(app)


def test_a_map_in_space_says_so(page, folder):
    app = page(folder, k=2, dimensions=3)
    drawn = components(app)["map"]["content"]
    assert (drawn["n"], drawn["dimensions"]) == (6, 3)
    assert len(fetch(drawn["coordinates"])) == 6 * 3 * 4
    assert r"3\-D" in texts(app)


def test_there_is_a_card_for_every_cluster(page, folder):
    shown = cards(page(folder, k=2))
    assert [(one["name"], one["size"], one["share"]) for one in shown] == [
        ("cluster 0", 3, 0.5), ("cluster 1", 3, 0.5)
    ]  # fmt: skip
    blues, reds = set(range(3)), set(range(3, 6))
    assert [set(one["typical"]) for one in shown] in ([blues, reds], [reds, blues])
    assert all(fact["text"].startswith("100% ") for one in shown for fact in one["facts"][2:])


def test_while_nothing_is_selected_there_is_no_gallery(page, folder):
    assert set(components(page(folder, k=2))) == {"map", "cards"}


def test_a_search_for_words_fills_the_gallery(page, folder):
    app = page(folder, k=2)
    app.chat_input(key="search").set_value("red 200").run()
    assert shown_rows(settle(app)) == rows_of(folder, "red/200.png")
    assert "1 image with “red 200” in path or label" in texts(app)
    assert r"1 image\: 1 of cluster" in texts(app)
    assert set(components(app)) == {"map", "gallery"}
    drawn = components(app)["map"]
    assert fetch(drawn["selected"]) == bytes([1 << rows_of(folder, "red/200.png")[0]])


def test_a_search_without_result_says_so_and_selects_nothing(page, folder):
    app = page(folder, k=2)
    app.chat_input(key="search").set_value("*green*").run()
    assert r"0 images with “\*green\*” in path or label" in texts(settle(app))
    assert set(components(app)) == {"map", "cards"}


def test_what_was_searched_for_can_be_put_away(page, folder):
    app = page(folder, k=2)
    app.chat_input(key="search").set_value("red").run()
    app.button(key="forget search").click().run()
    assert "in path or label" not in texts(app)
    assert shown_rows(app) != []


def test_clear_brings_the_cards_back(page, folder):
    app = page(folder, k=2)
    app.chat_input(key="search").set_value("red").run()
    revision = components(app)["map"]["revision"]
    next(one for one in app.button if one.label == "Clear").click().run()
    assert set(components(settle(app))) == {"map", "cards"}
    drawn = components(app)["map"]
    assert drawn["selected"] is None
    assert drawn["revision"] > revision


@pytest.mark.parametrize(
    ("sort", "expected"), [("path", ["200", "220", "240"]), ("likeness", ["200", "220", "240"])]
)
def test_the_gallery_is_sorted_as_asked(page, folder, sort, expected):
    app = page(folder, k=2, sort=sort)
    app.chat_input(key="search").set_value("red").run()
    rows = [rows_of(folder, f"red/{name}.png")[0] for name in expected]
    shown = shown_rows(settle(app))
    assert set(shown) == set(rows)
    assert shown == rows if sort == "path" else shown[0] == rows[0]


def test_restlessness_is_a_colour_and_an_order(page, folder):
    app = page(folder, k=2, color="restlessness", sort="restlessness", k_from=2, k_to=5)
    coloring = components(app)["map"]["coloring"]
    assert (coloring["title"], coloring["range"]) == ("restlessness", [0, 1])
    restless = np.frombuffer(fetch(coloring["address"]), "<f4")
    assert len(restless) == 6
    assert restless.min() < restless.max()  # six images in two colours: some are the more restless
    app.chat_input(key="search").set_value("png").run()
    shown = shown_rows(settle(app))
    assert sorted(shown) == list(range(6))
    assert restless[shown].tolist() == sorted(restless.tolist(), reverse=True)


def test_a_selection_outlives_a_change_of_k(page, folder):
    app = page(folder, k=2)
    app.chat_input(key="search").set_value("red").run()
    app.slider(key="k").set_value(3).run()
    assert set(shown_rows(settle(app))) == set(rows_of(
        folder, "red/200.png", "red/220.png", "red/240.png"
    ))  # fmt: skip


def test_a_link_opens_an_image_with_its_true_neighbours(page, folder):
    image = (folder / "red" / "220.png").read_bytes()
    app = page(folder, k=2, link={"image": identify(image)[:16]})
    opened = components(app)["inspector"]
    assert opened["row"] == rows_of(folder, "red/220.png")[0]
    assert opened["title"] == "red/220.png"
    reds = set(rows_of(folder, "red/200.png", "red/240.png"))
    assert set(opened["neighbors"][:2]) == reds
    assert len(opened["neighbors"]) == 5
    facts = {fact["name"]: fact["text"] for fact in opened["facts"]}
    assert facts["label"] == "red"
    assert facts["size"] == "40 x 30 pixels"
    assert components(app)["map"]["ringed"] == [opened["row"]]
    assert components(app)["map"]["edges"] is None


def test_a_link_to_an_image_that_is_not_here_opens_nothing(page, folder):
    app = page(folder, k=2, link={"image": "0123456789abcdef", "selection": "x", "zoom": "y"})
    assert set(components(app)) == {"map", "cards"}
    assert components(app)["map"]["zoom"] is None


def test_a_link_zooms(page, folder):
    app = page(folder, k=2, link={"zoom": "0,1,-2.5,3"})
    assert components(app)["map"]["zoom"] == [0, 1, -2.5, 3]
    app = page(folder, k=2, dimensions=3, link={"zoom": "0,1,-2.5,3"})
    assert components(app)["map"]["zoom"] is None


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


def add(folder, save_image):
    """Two greenish images: with them there are eight."""
    for shade in (210, 230):
        save_image(folder / "green" / f"{shade}.png", (0, shade, 0))


def press_open(app):
    next(one for one in app.button if one.label == "Open").click().run()
    return settle(app)


def test_open_reads_a_folder_again(page, folder, save_image):
    app = page(folder, k=2)
    assert "6 images" in texts(app)
    add(folder, save_image)
    assert "6 images" in texts(settle(app.run()))  # as long as nobody asks for it
    press_open(app)
    assert "8 images" in texts(app)
    drawn = components(app)["map"]["content"]
    assert (drawn["n"], len(fetch(drawn["clusters"]))) == (8, 16)
    assert sum(one["size"] for one in cards(app)) == 8


def test_open_says_that_a_folder_has_gone_and_that_it_is_back(page, folder):
    app = page(folder, k=2)
    folder.rename(folder.with_name("elsewhere"))
    assert "no such folder" in press_open(app).error[0].value
    folder.with_name("elsewhere").rename(folder)
    assert draws_a_map(press_open(app))


def test_open_lets_another_who_looks_at_the_same_folder_go_on(page, folder, save_image):
    other, app = page(folder, k=2), page(folder, k=2)
    other.chat_input(key="search").set_value("red").run()
    add(folder, save_image)
    (folder / "blue" / "200.png").unlink()
    press_open(app)
    studies = [one for one in all_jobs().results() if isinstance(one, Study)]
    assert [len(one.images.ids) for one in studies] == [7, 6]  # whose images are served
    other.slider(key="k").set_value(3).run()
    assert "7 images" in texts(settle(other))


def test_open_reads_the_second_of_two_maps_again_too(page, folder, save_image):
    app = page(folder, view="compare", k=2, part="Two maps")
    next(one for one in app.selectbox if one.key == "other_layer").set_value("conv3")
    settle(app.run())
    add(folder, save_image)
    press_open(app)
    assert not app.error
    assert "of 8 distinct images" in texts(app)


def drop_study(app):
    """As nine others do, which are opened after it."""
    studies = [one for one in all_jobs()._jobs if isinstance(one, StudyParams)]
    for one in studies:
        all_jobs().forget(one)
    return settle(app.run())


@pytest.mark.parametrize("read_again", [press_open, drop_study])
@pytest.mark.parametrize("change", [add, lambda folder, _: (folder / "red" / "240.png").unlink()])
def test_nothing_is_left_of_a_folder_as_it_was(page, folder, save_image, read_again, change):
    app = page(folder, view="review", k=2)
    row = rows_of(folder, "red/240.png")[0]
    assert components(app)["deck"]["count"] == row + 1 == 6
    app.session_state["at"] = "red/240.png"
    settle(app.run())
    change(folder, save_image)
    read_again(app)
    count = sum(1 for _ in folder.rglob("*.png"))
    deck = components(app)["deck"]
    assert (deck["count"], components(app)["map"]["content"]["n"]) == (count, count)


def test_a_missing_path_is_named(page, tmp_path):
    app = page(tmp_path / "nowhere")
    assert "nowhere" in app.error[0].value
    assert [one.label for one in app.button if one.label == "Try again"]


def test_an_empty_folder_is_named(page, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "no images in" in page(tmp_path / "empty").error[0].value


def test_an_impossible_option_is_explained(page, folder):
    assert "have no fc1" in page(folder, layer="fc1").error[0].value


def test_a_link_asks_for_no_size_that_memory_does_not_hold(page, folder):
    app = page(folder, k=2, link={"size": "100000"})
    assert app.number_input(key="size").max == LARGEST_SIZE
    assert draws_a_map(app)


def test_a_single_image_gets_a_map(page, tmp_path, save_image):
    save_image(tmp_path / "one" / "a.png")
    app = page(tmp_path / "one")
    assert draws_a_map(app)
    assert "PCA, since 1 images are few" in texts(app)


def test_what_is_ready_once_the_sidebar_is_drawn_is_not_asked_for_too_many_clusters(
    page, folder, monkeypatch
):
    draw = sidebar.ask_for_clusters

    def draw_while_it_becomes_ready(study):
        draw(study)
        session.begin_study(state.read_view().study).wait(PATIENCE)

    monkeypatch.setattr(session, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(sidebar, "ask_for_clusters", draw_while_it_becomes_ready)
    app = page(folder, k=50)
    assert not app.error
    assert app.slider(key="k").value == 6
    assert draws_a_map(app)


def test_identical_images_are_one_image(page, tmp_path, save_image):
    for name in "abc":
        save_image(tmp_path / "same" / f"{name}.png")
    app = page(tmp_path / "same")
    assert draws_a_map(app)
    assert r"3 images \(2 copies of others\)" in texts(app)


def test_images_of_equal_pixels_but_other_bytes_cannot_be_split(page, tmp_path, save_image):
    save_image(tmp_path / "same" / "a.png", compress_level=1)
    save_image(tmp_path / "same" / "b.bmp")
    refusal = r"k = 2 is too many for images that are all alike\: choose k = 1"
    assert page(tmp_path / "same", k=2).error[0].value == refusal
    counted = page(tmp_path / "same", view="data", k=2)
    assert counted.error[0].value == refusal
    assert [(one.label, one.value) for one in counted.metric][:2] == [
        ("images", "2"), ("distinct", "2"),
    ]  # fmt: skip
    assert "Every image could be read." in texts(counted)


def test_more_clusters_than_images_are_cut_down_to_the_slider(page, folder):
    app = page(folder, k=40)
    assert app.slider(key="k").max == 6
    assert draws_a_map(app)


def test_the_data_page_shows_hostile_names_as_they_are_and_in_its_table_alone(page, folder):
    names = [as_text(name) for name in NAMES]
    for name in NAMES:
        (folder / name).write_bytes(b"no image")
    app = page(folder, view="data", k=2)
    (table,) = app.dataframe
    assert sorted(table.value["path"]) == sorted(names)
    assert set(table.value["reason"]) == {"not an image: begins with b'no image'"}
    assert "link" not in table.proto.columns  # a column of links would be clickable
    others = formatted(app)
    assert any("What could not be read" in one for one in others)
    assert all(name not in one for name in names for one in others)


def formatted(app):
    """All texts of the page that may hold Markdown or HTML."""
    kinds = ("markdown", "caption", "subheader", "title", "info", "warning", "error", "success")
    cells = [str(cell) for table in app.table for cell in table.value.to_numpy().ravel()]
    return [str(one.value) for kind in kinds for one in getattr(app, kind)] + cells


def test_the_name_of_a_folder_is_no_markdown_on_the_data_page(page, folder):
    named = folder.rename(folder.with_name("![x](http:evil) *b*"))
    app = page(named, view="data", k=2)
    assert any(r"\!\[x\]\(http\:evil\) \*b\*" in one for one in formatted(app))
    assert all("![x](" not in one for one in formatted(app))


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
        "Download the CSV", "What made it (JSON)", "What made them (JSON)"
    ]  # fmt: skip


def test_a_decoder_of_jpegs_without_its_device_is_refused_in_one_sentence(page, folder):
    app = page(folder, link={"jpeg_decoder": "cuda", "device": "cpu"})
    assert app.selectbox(key="jpeg_decoder").value == "cuda"
    [error] = app.error
    assert error.value.startswith("JPEGs cannot be decoded by cuda where the network runs on cpu")
