"""The Inside VGG page without a browser: images, maps, the network, classes; good and odd ones."""

import io
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from seeded import SEEDED, png, seeded_state
from test_page import components, fetch, folder, page, settle, texts  # noqa: F401 - fixtures

from core.clusters.clustering import KMeansParams
from core.journal.deciding import Deciding
from core.network.map_pictures import draw_grid
from core.network.network_table import MAP_LAYERS
from core.network.predictions import categories
from dashboard.jobs import all_jobs
from dashboard.maps import COLUMNS
from dashboard.published import all_contents
from dashboard.views import inside_guest
from dashboard.views.inside_cost import Cost
from dashboard.views.inside_map_pictures import Enlarged

TWO = KMeansParams(2)


@pytest.fixture
def inside(page, folder):  # noqa: F811
    def opened(part="Feature maps", source=folder, **values):
        return page(source, view="inside_vgg", **{"inside": part, "k": 2, **values})

    return opened


def study_of(app):
    """The study that the page has opened."""
    del app
    return next(one for one in all_jobs().results() if type(one).__name__ == "Study")


def network_of(app):
    """The page's own way to look at an image."""
    del app
    return next(one for one in all_jobs().results() if type(one).__name__ == "Inside")


def row_of(study, name):
    return next(study.images.index[one.id] for one in study.images.records if one.path == name)


def chooser(app):
    return components(app)["chooser"]


def set_state(app, **values):
    for key, value in values.items():
        app.session_state[key] = value
    return settle(app.run())


def give(app, name, data, monkeypatch, *, text=""):
    """What the field does when something is given in it, within the page's own session."""
    given = SimpleNamespace(
        files=[SimpleNamespace(name=name, getvalue=lambda: data)] if name else [], text=text
    )
    show = inside_guest.show_field

    def submit_once(shown, inside):
        monkeypatch.setattr(inside_guest.st, "chat_input", lambda *_, **asked: asked["on_submit"]())
        monkeypatch.setitem(inside_guest.st.session_state, "inside field", given)
        show(shown, inside)
        monkeypatch.undo()

    monkeypatch.setattr("dashboard.views.inside_image.show_field", submit_once)
    return settle(settle(app.run()).run())


# The image.


def test_at_first_the_medoid_of_the_first_cluster_is_looked_at(inside):
    app = inside()
    study, data = study_of(app), chooser(app)
    medoid = int(study.medoids(TWO)[0])
    assert data["row"] == medoid
    assert data["title"] == study.images.by_id[study.images.ids[medoid]][0].path
    assert data["cluster"] == "cluster 0"
    assert data["hint"] == "What the network sees: 64 x 64 pixels."
    assert [one["row"] for one in data["medoids"]] == study.medoids(TWO).tolist()
    square = np.asarray(Image.open(io.BytesIO(fetch(data["square"]))))
    assert np.array_equal(square, network_of(app).square(study.images.ids[medoid]))


def test_the_open_image_of_the_other_pages_is_looked_at(inside, folder):  # noqa: F811
    app = inside()
    study = study_of(app)
    row = row_of(study, "red/220.png")
    app = inside(link={"image": study.images.ids[row][:16]})
    assert chooser(app)["title"] == "red/220.png"


def test_one_goes_through_the_cluster_the_nearest_to_its_centre_first(inside):
    app = inside()
    study, data = study_of(app), chooser(app)
    fit, clusters = study.fit(TWO), study.clusters(TWO)
    members = np.flatnonzero(clusters == 0)
    order = members[np.argsort(fit.own[members], kind="stable")].tolist()
    at = order.index(data["row"])
    assert data["place"] == f"{at + 1} of 3 in its cluster"
    assert data["previous"] == (order[at - 1] if at else None)
    assert data["following"] == order[at + 1]


def test_one_goes_through_the_selection_where_the_image_is_in_it(inside):
    app = inside()
    row = chooser(app)["row"]
    study = study_of(app)
    other = next(one for one in range(6) if study.clusters(TWO)[one] != study.clusters(TWO)[row])
    app.session_state["desk"] = replaced(app, rows=np.array(sorted((row, other))))
    data = chooser(settle(app.run()))
    assert data["place"].endswith("of 2 selected")
    assert {data["previous"], data["following"]} == {None, other}


def replaced(app, **changes):
    return replace(app.session_state["desk"], **changes)


# Feature maps.


def test_the_maps_of_the_first_layer_are_shown(inside):
    app = inside()
    data = components(app)["maps"]
    assert (data["layer"], data["n_maps"], data["order"]) == ("conv1_1", 64, "activation")
    assert tuple(data["layers"]) == MAP_LAYERS
    assert "conv1_1: 64 maps of 64 x 64, each value sees 3 x 3 pixels" in texts(app)
    assert "cannot be compared in strength" in texts(app)


@pytest.mark.parametrize("scale", ["each", "all"])
def test_the_picture_is_core_s_own(inside, scale):
    app = inside(map_layer="conv3_2", map_scale=scale)
    found = network_of(app).maps(study_of(app).images.ids[chooser(app)["row"]], "conv3_2")
    expected = draw_grid(
        found.in_order_of(np.arange(256)).maps, scale=scale, columns=COLUMNS, gap=0
    )
    sheet = components(app)["maps"]["images"][0]["sheet"]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(fetch(sheet)))), expected)


def test_the_smallest_maps_are_of_2_by_2(inside):
    app = inside(map_layer="pool5")
    assert "pool5: 512 maps of 2 x 2" in texts(app)


def test_maps_of_one_value(inside):
    app = inside(map_layer="pool5", size=32)
    assert "pool5: 512 maps of 1 x 1" in texts(app)
    assert components(app)["maps"]["n_maps"] == 512


def test_a_map_stays_enlarged_and_in_another_layer_the_most_active_is(inside):
    app = inside()
    app = set_state(app, **{"enlarged map": Enlarged("conv1_1", 7)})
    data = components(app)["maps"]
    assert data["enlarged"] == 7
    seventh = network_of(app).maps(study_of(app).images.ids[chooser(app)["row"]], "conv1_1")
    shown = np.asarray(Image.open(io.BytesIO(fetch(data["images"][0]["enlarged"]))))
    assert np.array_equal(shown, draw_grid(seventh.of_channel(7)[None]))
    app = set_state(app, map_layer="conv2_1")
    found = network_of(app).maps(study_of(app).images.ids[chooser(app)["row"]], "conv2_1")
    assert components(app)["maps"]["enlarged"] == int(found.channels[0])


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ("its nearest image", lambda study, row: study.neighbors(5).indices[row, 1]),
        (
            "the most typical of its rival cluster",
            lambda study, row: study.medoids(TWO)[study.fit(TWO).rivals[row]],
        ),
    ],
)
def test_another_image_is_shown_beside(inside, beside, expected):
    app = inside(map_beside=beside)
    study, row = study_of(app), chooser(app)["row"]
    other = int(expected(study, row))
    images = components(app)["maps"]["images"]
    path = study.images.by_id[study.images.ids[other]][0].path
    assert [one["title"] for one in images][1] == path


def test_nothing_is_beside_the_medoid_but_itself(inside):
    app = inside(map_beside="the most typical of its cluster")
    assert "this is the most typical of its cluster" in texts(app)
    assert len(components(app)["maps"]["images"]) == 1


def test_two_images_are_scaled_alike(inside):
    app = inside(map_beside="its nearest image", map_scale="all", map_layer="conv5_3")
    study, network = study_of(app), network_of(app)
    images = components(app)["maps"]["images"]
    ids = [study.images.by_id[one][0].path for one in study.images.ids]
    found = [
        network.maps(study.images.ids[ids.index(one["title"])], "conv5_3").in_order_of(
            np.arange(512)
        )
        for one in images
    ]
    peak = max(float(one.maps.max()) for one in found)
    for one, maps in zip(images, found, strict=True):
        expected = draw_grid(maps.maps, scale="all", columns=COLUMNS, gap=0, peak=peak)
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(fetch(one["sheet"])))), expected)


def test_what_was_chosen_stays_while_another_part_is_shown(inside):
    app = inside(map_layer="conv4_1", map_order="number")
    app = set_state(app, inside="Network")
    assert "maps" not in components(app)
    data = components(set_state(app, inside="Feature maps"))["maps"]
    assert (data["layer"], data["order"]) == ("conv4_1", "number")


# The network.


def test_the_table_has_every_layer_and_the_totals(inside):
    app = inside("Network")
    table = app.dataframe[0].value.set_index("layer")
    # 3 x 3 x 3 x 64 weights and 64 biases, at 64 x 64 positions.
    assert table.loc["conv1_1", "parameters"] == 1792
    assert table.loc["conv1_1", "multiply-adds"] == 1728 * 64 * 64
    assert table.loc["conv1_1", "output"] == "64 x 64 x 64"
    assert table.loc["pool2", "kernel"] == "2 x 2, max"
    assert table.loc["conv5_3", "sees (pixels)"] == "196 x 196"
    assert table.loc["all", "parameters"] == 14_714_688  # torchvision's vgg16().features
    assert "138,357,544 parameters: fc1, fc2 and fc3 are not" in texts(app)


def test_the_layer_of_the_features_is_marked(inside):
    app = inside("Network", layer="conv4")
    blocks = components(app)["network"]["blocks"]
    assert [one["name"] for one in blocks if one["is_used"]] == ["pool4"]
    assert [one["name"] for one in blocks if one["is_offered"]] == ["pool3", "pool4", "pool5"]
    assert components(app)["network"]["chosen"] == "pool4"


def test_other_features_are_taken_and_their_cost_is_said(inside):
    app = inside("Network", layer="conv4", grid="1")
    app = set_state(app, network_layer="pool3")
    assert "The features of 6 images are computed anew, about " in texts(app)
    (button,) = (one for one in app.button if one.label == "Take conv3 1x1 for the features")
    button.click()
    app = settle(settle(app.run()).run())
    assert (app.session_state["layer"], app.session_state["grid"]) == ("conv3", "1")
    assert study_of(app).recipe.cut.layer == "conv3"
    app = set_state(app, network_layer="pool4")
    assert "known already" in texts(app)


@pytest.mark.parametrize(
    ("cost", "sentence"),
    [
        (Cost(1797, 8.31), "The features of 1,797 images are computed anew, about 8 s."),
        (Cost(1, 0.02), "The features of 1 image are computed anew, about 1 s."),
        (Cost(9000, 137.0), "The features of 9,000 images are computed anew, about 2 min."),
        (Cost(2, None), "The features of 2 images are computed anew."),
        (
            Cost(0, 0.0),
            "These features are known already; only clusters and map are computed anew.",
        ),
    ],
)
def test_a_cost_is_a_sentence(cost, sentence):
    assert str(cost) == sentence


def test_a_layer_leads_to_its_maps(inside):
    app = inside("Network")
    app = set_state(app, network_layer="conv2_2")
    next(one for one in app.button if one.label == "See its maps").click()
    app = settle(settle(app.run()).run())
    assert app.session_state["inside"] == "Feature maps"
    assert components(app)["maps"]["layer"] == "conv2_2"


# Classes.


def test_weights_without_a_classifier_say_what_to_do(inside):
    app = inside("Classes")
    assert "have no classifier" in app.info[0].value
    assert "choose *imagenet*" in texts(app)
    assert not app.error


@pytest.fixture(scope="module")
def state():
    return seeded_state()


@pytest.fixture
def with_classes(inside, state, monkeypatch):
    """The page over seeded weights of the full network."""
    for module in ("core.network.full_network", "core.extraction", "dashboard.views.inside_cost"):
        monkeypatch.setattr(f"{module}.load_state", lambda _: state)
    monkeypatch.setattr("core.study.find_weights", lambda *_, **__: SEEDED)
    return lambda part, **values: inside(
        part,
        **{"layer": "conv5", "transform": "embedded", "size": 64, "precision": "fp32", **values},
    )


def test_the_classes_of_the_image_and_names_for_its_cluster(with_classes):
    app = with_classes("Classes")
    study, network = study_of(app), network_of(app)
    row = chooser(app)["row"]
    predictions = network.predict(study.images.ids[row], 5)
    shown = [one.proto.text for one in app.get("progress")]
    assert [text.split("  ")[0].replace("\\", "") for text in shown[:5]] == [
        one.name for one in predictions
    ]
    likeliest = [
        network.predict(study.images.ids[one], 1)[0].name
        for one in np.flatnonzero(study.clusters(TWO) == 0)
    ]
    for text in shown[5:]:
        name, _, count = text.replace("\\", "").partition("  ")
        assert count == f"{likeliest.count(name)} of 3 images"
    assert {one.split("  ")[0].replace("\\", "") for one in shown[5:]} == set(likeliest)


def test_the_cluster_is_named_by_a_button(with_classes):
    app = with_classes("Classes")
    (button, *_) = (one for one in app.button if one.label == "Name the cluster so")
    name = button.key.removeprefix("name 0 ")
    assert name in categories()
    button.click()
    app = settle(app.run())
    assert Deciding(study_of(app)).names(TWO)[0] == name
    assert chooser(app)["cluster"] == name


def test_the_full_network_has_all_of_its_parameters(with_classes):
    app = with_classes("Network")
    assert "have 138,357,544 parameters" in texts(app)
    assert app.dataframe[0].value.set_index("layer").loc["fc3", "parameters"] == 4_097_000


# An image from outside.


def test_an_image_from_outside_is_looked_at_and_left_again(inside, monkeypatch):
    app = inside()
    app = give(app, "mine.png", png(5), monkeypatch)
    data = chooser(app)
    assert (data["title"], data["row"]) == ("mine.png", None)
    assert data["cluster"].startswith("would be in cluster")
    assert "nothing of it is kept" in data["notes"][0]
    assert len(study_of(app).images.ids) == 6
    found = network_of(app).maps(png(5), "conv1_1").in_order_of(np.arange(64))
    expected = draw_grid(found.maps, columns=COLUMNS, gap=0)
    sheet = components(app)["maps"]["images"][0]["sheet"]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(fetch(sheet)))), expected)
    app.session_state["desk"] = replaced(app, opened=2)
    assert chooser(settle(app.run()))["row"] == 2


def test_an_image_of_the_set_is_opened(inside, folder, monkeypatch):  # noqa: F811
    data = (folder / "red" / "240.png").read_bytes()
    app = give(inside(), "same.png", data, monkeypatch)
    assert chooser(app)["title"] == "red/240.png"
    assert chooser(app)["notes"] == ["This very image is in the set."]


def test_what_is_no_image_is_said_and_nothing_else_changes(inside, monkeypatch):
    app = inside()
    row = chooser(app)["row"]
    app = give(app, "poem.png", b"no image", monkeypatch)
    assert chooser(app)["row"] == row
    assert "poem.png cannot be looked at: not an image" in chooser(app)["notes"][0]


def test_an_image_is_found_by_its_path(inside, monkeypatch):
    app = give(inside(), "", b"", monkeypatch, text="blue")
    assert chooser(app)["title"].startswith("blue/")
    assert chooser(app)["notes"] == ["3 images have “blue” in path or label; they are selected."]
    app = give(app, "", b"", monkeypatch, text="green")
    assert chooser(app)["notes"] == ["No image has “green” in path or label."]


# Odd sets.


def test_a_file_that_is_gone_is_said(inside, folder):  # noqa: F811
    app = inside()
    app.session_state["map_layer"] = "conv1_2"
    (folder / chooser(app)["title"]).unlink()
    all_contents()._keys.clear()
    network_of(app).looking._looked._values.clear()
    app = settle(app.run())
    assert "cannot be read" in app.info[0].value
    assert chooser(app)["square"] is None
    assert "cannot be read" in chooser(app)["notes"][0]
    assert not app.error


@pytest.mark.parametrize("part", ["Feature maps", "Network", "Classes"])
def test_one_image(inside, tmp_path, save_image, part):
    save_image(tmp_path / "one" / "only.png", size=(1, 1))
    app = inside(part, source=tmp_path / "one", k=1)
    data = chooser(app)
    assert (data["title"], data["place"]) == ("only.png", "1 of 1 in its cluster")
    assert (data["previous"], data["following"]) == (None, None)
    assert not app.error


def test_one_image_has_no_other_beside_it(inside, tmp_path, save_image):
    save_image(tmp_path / "one" / "only.png")
    app = inside(source=tmp_path / "one", k=1, map_beside="its nearest image")
    assert "There is no such image: its nearest image" in texts(app)


def test_an_image_from_outside_with_one_cluster_has_none(inside, monkeypatch):
    app = give(inside(k=1), "mine.png", png(5), monkeypatch)
    assert chooser(app)["cluster"] is None


def test_without_a_source_it_says_what_to_do(page):  # noqa: F811
    assert "Name the images" in page("", view="inside_vgg").info[0].value
