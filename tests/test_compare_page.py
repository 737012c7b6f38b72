"""The Compare page without a browser: what it says of good, small and odd sets."""

import json
import time

import pytest
from test_page import components, fetch, folder, page, settle, texts  # noqa: F401 - fixtures


@pytest.fixture
def compare(page, folder):  # noqa: F811
    def opened(part="Measures", source=folder, **values):
        return page(source, view="compare", part=part, **values)

    return opened


def measure(app):
    """The texts of the page once all is measured."""
    deadline = time.monotonic() + 60
    while "Measuring" in texts(app) and time.monotonic() < deadline:
        time.sleep(0.2)
        settle(app.run())
    return texts(app)


def test_the_curves_come_with_a_sentence_on_them(compare):
    app = compare(k=2, k_from=2, k_to=4)
    said = measure(app)
    assert "the silhouette of all 6 images" in said
    assert "stability from 3 seeds" in said
    assert "dotted" not in said  # up to two images a cluster there are two k: too few for an elbow
    assert app.dataframe[0].value["k"].tolist() == [2, 3, 4]


def test_the_elbow_is_drawn_and_said_where_there_is_one(compare, tmp_path, save_image):
    for shade in range(180, 230, 5):
        for place, name in enumerate(("red", "green", "blue")):
            color = tuple(shade if place == channel else 0 for channel in range(3))
            save_image(tmp_path / "three" / f"{name}{shade}.png", color)
    said = measure(compare(source=tmp_path / "three", k=2, k_from=2, k_to=6))
    assert "the k that is shown, the dotted one where the inertia bends most" in said


@pytest.mark.parametrize(
    ("k_from", "scored"),
    [
        (2, "the silhouette of all 6 images"),
        (6, "there is no silhouette where every image is a cluster of its own"),
    ],
)
def test_as_many_clusters_as_images_have_no_silhouette(compare, k_from, scored):
    said = measure(compare(k=2, k_from=k_from, k_to=6))
    assert scored in said
    assert "sample of" not in said


@pytest.mark.parametrize(
    ("part", "kind"),
    [("Ribbon", "ribbon"), ("Step by step", "steps"), ("Two maps", "contingency")],
)
def test_every_part_has_its_picture(compare, part, kind):
    assert kind in components(compare(part, k=2, k_from=2, k_to=3))


def test_the_ribbon_holds_all_images_at_every_k(compare):
    data = components(compare("Ribbon", k=3, k_from=2, k_to=5))["ribbon"]
    columns = json.loads(fetch(data["ribbon"]))["columns"]
    assert [one["title"] for one in columns] == ["k = 2", "k = 3", "k = 4", "k = 5"]
    assert [sum(node[3] for node in one["nodes"]) for one in columns] == [6] * 4
    assert [sum(flow[2] for flow in one["flows"]) for one in columns] == [6, 6, 6, 0]
    assert data["current"] == 1


def test_two_layers_are_compared_as_well_as_two_k(compare):
    app = compare("Two maps", k=2)
    next(one for one in app.selectbox if one.key == "other_layer").set_value("conv3")
    settle(app.run())
    assert "layer conv3" in texts(app)
    assert "numbered by the clusters in common" in texts(app)


def test_a_split_is_on_every_page_and_can_be_undone(compare):
    app = compare("Split and merge", k=2)
    next(one for one in app.button if one.label == "Keep this split").click()
    settle(settle(app.run()).run())
    assert app.session_state["edits"] == "2:split-0-2"
    assert "cluster 0 split into 2" in texts(app).replace("\\", "")
    next(one for one in app.button if one.label == "Undo the last").click()
    settle(settle(app.run()).run())
    assert app.session_state["edits"] == ""


def test_a_split_into_more_parts_than_images_is_refused_in_words(compare):
    app = compare("Split and merge", k=2)
    next(one for one in app.number_input if one.key == "split parts").set_value(4)
    settle(app.run())
    assert "k = 4 is more than the 3 images that differ" in app.error[0].value


def test_an_edit_that_fits_no_longer_says_so(compare):
    app = compare(k=2, edits="2:merge-7-0")
    assert "no images are in cluster 7" in app.error[0].value


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"edits": "2:cut-1"}, "changes no cluster"),
        ({"k_from": 9, "k_to": 4}, "k from 9 to 4: choose a range within 2 to 100"),
    ],
)
def test_what_cannot_be_read_is_said(compare, values, reason):
    assert reason in compare(k=2, **values).error[0].value.replace("\\", "")


def test_more_k_than_images_end_the_ribbon(compare):
    app = compare("Ribbon", k=5, k_from=4, k_to=20)
    assert components(app)["ribbon"]["current"] == 1


def test_a_range_beyond_the_images_is_said(compare):
    assert "start it lower" in compare(k=2, k_from=9, k_to=12).info[0].value


@pytest.mark.parametrize("names", [["a.png"], ["a.png", "copy.png"]])
def test_one_image_cannot_be_compared(compare, tmp_path, save_image, names):
    for name in names:
        save_image(tmp_path / "one" / name)
    app = compare(source=tmp_path / "one")
    assert "nothing can be compared" in app.info[0].value


def test_without_a_source_it_says_what_to_do(page):  # noqa: F811
    assert "Name the images" in page("", view="compare").info[0].value
