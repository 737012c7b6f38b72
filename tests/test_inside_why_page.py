"""Inside VGG without a browser: why an image is where it is, what clusters share, other layers."""

import io
import json
import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import adjusted_rand_score
from test_page import components, fetch, folder, page, settle, texts  # noqa: F401 - fixtures

from core.clusters.clustering import KMeansParams
from core.inside.inside import Inside
from core.recipe import StudyParams
from core.study import open_study
from dashboard.storage import open_cache
from dashboard.views import inside_vgg

PATIENCE = 90


@pytest.fixture
def look(page, folder):  # noqa: F811
    """Opens a part of the page and waits for its jobs, which run on while the page is shown."""

    def opened(part, source=folder, until=None, **values):
        app = page(source, view="inside_vgg", inside=part, **values)
        return wait_until(app, until) if until else app

    return opened


def wait_until(app, text):
    deadline = time.monotonic() + PATIENCE
    while text not in texts(app) and time.monotonic() < deadline:
        time.sleep(0.3)
        settle(app.run())
    assert text in texts(app)
    return app


def parts_of(app, kind):
    """The data of all components of this kind, in their order."""
    shown = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    return [data for data in shown if data["module"].split("/")[-2] == kind]


def tiles_of(app, nth=0):
    return json.loads(fetch(parts_of(app, "tiles")[nth]["tiles"]))["groups"]


def open_inside(folder, **asked):  # noqa: F811
    study = open_study(StudyParams(str(folder), weights="embedded", **asked), open_cache())
    return Inside(study)


def test_the_reasons_begin_with_a_sentence(look, folder):  # noqa: F811
    app = look("Why here?", k=2, until="from its centre")
    inside = open_inside(folder)
    row = int(inside.study.medoids(KMeansParams(2))[0])
    fit = inside.study.fit(KMeansParams(2))
    sentence = next(one.value for one in app.markdown if "from its centre" in one.value)
    plain = sentence.replace("\\", "")
    own, rival = fit.own[row], fit.rival[row]
    assert f"{own:.3g} from its centre" in plain
    assert f"is {rival:.3g} away" in plain
    assert "2 of its 5 nearest images are in" in plain  # the other two of its colour


def test_the_parts_of_the_heat_map_are_said_to_sum_to_the_likeness(look, folder):  # noqa: F811
    app = look("Why here?", k=2, until="sum exactly")
    inside, params = open_inside(folder), KMeansParams(2)
    study = inside.study
    row = int(study.medoids(params)[0])
    values, fit = study.reduction.values, study.fit(params)
    from_mean = float(np.square(values[row] - values.mean(axis=0)).sum())
    own, rival = (from_mean - float(one[row]) ** 2 for one in (fit.own, fit.rival))
    panels = components(app)["heat"]["panels"]
    assert [one["layer"] is None for one in panels] == [True, False, False, False]
    for panel, expected in zip(panels[1:], (own, rival, own - rival), strict=True):
        summed, likeness = (float(word) for word in panel["text"].split() if word[-1].isdigit())
        assert summed == likeness
        assert summed == pytest.approx(expected, abs=2e-2 * abs(own))  # bfloat16, or 4 digits


def test_pictures_are_served_as_pictures(look):
    panels = components(look("Why here?", k=2, until="sum exactly"))["heat"]["panels"]
    for address in (panels[0]["picture"], panels[1]["layer"]):
        assert fetch(address).startswith(b"\x89PNG")


def test_neighbours_bear_the_colour_of_their_cluster(look, folder):  # noqa: F811
    app = look("Why here?", k=2, until="sum exactly")
    study = open_inside(folder).study
    row = int(study.medoids(KMeansParams(2))[0])
    clusters = study.clusters(KMeansParams(2))
    (votes,) = tiles_of(app)
    rows = [one["row"] for one in votes["tiles"]]
    assert rows == [one for one in np.argsort(study.distances(row, np.arange(6))) if one != row]
    colors = {one["color"] for one in votes["tiles"] if clusters[one["row"]] == clusters[row]}
    others = {one["color"] for one in votes["tiles"] if clusters[one["row"]] != clusters[row]}
    assert len(colors) == len(others) == 1
    assert colors != others


def test_channels_come_with_their_place_and_with_images(look):
    app = look("Why here?", k=2, until="sum exactly")
    groups = tiles_of(app, 1)
    assert groups[0]["title"].startswith("Channel ")
    here, *images = groups[0]["tiles"]
    assert fetch(here["picture"]).startswith(b"\x89PNG")
    assert not here["acts"]
    assert all(one["acts"] and one["row"] is not None for one in images)


@pytest.mark.parametrize(
    ("part", "until"), [("Why here?", "sum exactly"), ("Clusters", "What sets it apart")]
)
def test_an_image_from_outside_is_looked_at_like_one_of_the_set(look, monkeypatch, part, until):
    data = io.BytesIO()
    Image.new("RGB", (50, 50), (0, 0, 230)).save(data, "BMP")
    ask = inside_vgg.ask_for_image
    monkeypatch.setattr(
        inside_vgg,
        "ask_for_image",
        lambda shown: replace(ask(shown), image=data.getvalue(), title="dropped.bmp"),
    )
    app = look(part, k=2, until=until)
    assert components(app)["heat"]["panels"]
    if part == "Why here?":
        assert "dropped.bmp would fall into" in texts(app).replace("\\", "")
        assert "of its 6 nearest images" in texts(app)


def test_what_is_no_image_is_said(look, monkeypatch):
    ask = inside_vgg.ask_for_image
    monkeypatch.setattr(
        inside_vgg, "ask_for_image", lambda shown: replace(ask(shown), image=b"no", title="no.txt")
    )
    app = look("Why here?", k=2)
    deadline = time.monotonic() + PATIENCE
    while not app.error and time.monotonic() < deadline:
        time.sleep(0.3)
        settle(app.run())
    assert "This image cannot be looked at" in app.error[0].value


@pytest.mark.parametrize("part", ["Why here?", "Clusters"])
def test_one_cluster_is_a_sentence(look, part):
    assert "nothing to compare" in look(part, k=1).info[0].value


def test_a_cluster_shows_what_its_images_share(look, folder):  # noqa: F811
    app = look("Clusters", k=2, until="What sets it apart")
    assert app.selectbox(key="of_cluster").value == "own"
    cards, patches = tiles_of(app), tiles_of(app, 1)
    assert [len(group["tiles"]) for group in cards] == [2]
    assert all(group["title"].startswith("Channel ") for group in patches)
    inside = open_inside(folder)
    own = int(inside.study.clusters(KMeansParams(2))[inside.study.medoids(KMeansParams(2))[0]])
    members = set(np.flatnonzero(inside.study.clusters(KMeansParams(2)) == own).tolist())
    assert {one["row"] for group in patches for one in group["tiles"]} <= members
    app.selectbox(key="of_cluster").set_value(str(1 - own))
    app = settle(app.run())
    deadline = time.monotonic() + PATIENCE
    while len(parts_of(app, "tiles")) < 2 and time.monotonic() < deadline:
        time.sleep(0.3)
        settle(app.run())
    rows = {one["row"] for group in tiles_of(app, 1) for one in group["tiles"]}
    assert rows
    assert not rows & members


def test_a_variant_is_measured_on_a_click_and_can_be_used(look, folder):  # noqa: F811
    app = look("Layers compared", k=2)
    assert "not extracted yet: 6 images" in texts(app)
    button = next(one for one in app.button if one.key == "Compare layer conv3 1x1")
    button.click()
    app = settle(app.run())
    deadline = time.monotonic() + PATIENCE
    key = "use layer conv3 1x1"
    while not any(one.key == key for one in app.button) and time.monotonic() < deadline:
        time.sleep(0.3)
        settle(app.run())
    now, then = (
        open_inside(folder, layer=layer).study.cluster(KMeansParams(2)).labels
        for layer in ("conv5", "conv3")
    )
    assert f"{adjusted_rand_score(now, then):.3f}" in [one.value for one in app.markdown]
    next(one for one in app.button if one.key == key).click()
    app = settle(settle(app.run()).run())
    assert (app.session_state["layer"], app.session_state["grid"]) == ("conv3", "1")
    assert "**conv3 1x1** · now" in texts(app)
