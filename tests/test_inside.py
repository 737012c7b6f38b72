"""Looking inside a study of six images in two kinds, one of them with a copy."""

import io
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from seeded import SEEDED, png, seeded_state, torchvisions

from core.clusters.clustering import KMeansParams
from core.errors import Cancelled, CoreError
from core.inside import inside_classes as classes_module
from core.inside.inside import Inside
from core.inside.occlusion import OcclusionParams
from core.network import full_network
from core.network.predictions import categories
from core.network.pretrained import find_weights
from core.pictures.decoding import ImageProblem
from core.pictures.scan import scan
from core.progress import Watch
from core.recipe import StudyParams, decide
from core.sources import open_source
from core.study import Study, open_study

TWO, ONE = KMeansParams(2), KMeansParams(1)
CLOSE = 1e-4
"""Of the largest likeness: features are stored in float32, and summed in another order."""


def striped(seed):
    """Stripes across, which the network tells from blocks."""
    rows = np.random.default_rng(seed).integers(0, 256, (8, 1, 3), dtype=np.uint8)
    return Image.fromarray(np.repeat(rows, 8, axis=1)).resize((64, 64), Image.Resampling.NEAREST)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    for seed in range(3):
        (tmp_path / "in" / f"block {seed}.png").write_bytes(png(seed))
        striped(seed).save(tmp_path / "in" / f"stripe {seed}.png")
    shutil.copy(tmp_path / "in/block 1.png", tmp_path / "in/copy.png")
    return tmp_path / "in"


@pytest.fixture
def open_inside(folder, cache):
    """The images through the embedded weights, with what is asked for."""

    def opened(**asked):
        params = StudyParams(str(folder), weights="embedded", device="cpu", precision="fp32")
        study = open_study(replace(params, **asked), cache)
        study.extract()
        return Inside(study)

    return opened


@pytest.fixture(scope="module")
def state():
    return seeded_state()


@pytest.fixture
def open_seeded(folder, cache, state, monkeypatch):
    """The same through seeded weights, which have connected layers and classes."""

    def opened(**asked):
        for module in ("core.network.full_network", "core.extraction"):
            monkeypatch.setattr(f"{module}.load_state", lambda _: state)
        asked = {"transform": "embedded", "size": 64, "precision": "fp32", **asked}
        params = StudyParams(str(folder), device="cpu", **asked)
        source = open_source(params.source, images=None, labels=True)
        study = Study(params, source, scan(source, cache), decide(params, SEEDED), cache)
        study.extract()
        return Inside(study, occlusion=OcclusionParams(2))

    return opened


def row_of(inside, name):
    (record,) = (one for one in inside.study.images.records if one.path == name)
    return inside.study.images.index[record.id]


def id_of(inside, name):
    return inside.study.images.ids[row_of(inside, name)]


def in_another_file(seed):
    """The very pixels of an image of the set, in bytes that are none of its."""
    data = io.BytesIO()
    Image.open(io.BytesIO(png(seed))).save(data, "BMP")
    return data.getvalue()


def contents(cache):
    with cache.transaction() as db:
        return list(db.iterdump())


CUTS = pytest.mark.parametrize(
    "asked",
    [
        {"layer": "conv5", "grid": 1},
        {"layer": "conv5", "grid": 2, "reduce": 3},
        {"layer": "conv4", "grid": 2, "normalize": "none"},
        {"layer": "conv3", "grid": 1, "reduce": None},
        {"layer": "conv5", "grid": 2, "size": 100},
        {"layer": "conv5", "transform": "article", "size": 64},
    ],
    ids=str,
)


@CUTS
def test_a_heat_map_sums_to_the_distances_that_k_means_compares(asked, open_inside):
    inside = open_inside(**asked)
    fit, mean = inside.study.fit(TWO), inside.study.reduction.values.mean(axis=0)
    for name in ("block 0.png", "stripe 2.png"):
        row, image = row_of(inside, name), id_of(inside, name)
        heat, why = inside.heat(image, TWO), inside.why(image, TWO)
        from_mean = float(np.square(inside.study.reduction.values[row] - mean).sum())
        own, rival = (from_mean - float(one[row]) ** 2 for one in (fit.own, fit.rival))
        close = CLOSE * max(abs(own), abs(rival), from_mean)
        assert heat.own.sum() == pytest.approx(own, abs=close)
        assert heat.rival.sum() == pytest.approx(rival, abs=close)
        assert (why.likeness, why.rival_likeness) == pytest.approx((own, rival), abs=close)
        assert why.margin == pytest.approx(own - rival, abs=close)
        assert (heat.is_exact, heat.n_passes, inside.n_passes) == (True, 1, 1)


@pytest.mark.parametrize(("layer", "side"), [("conv3", 16), ("conv4", 8), ("conv5", 4)])
def test_a_heat_map_is_as_fine_as_the_convolution_before_the_pooling(layer, side, open_inside):
    inside = open_inside(layer=layer)
    assert inside.heat(inside.study.images.ids[0], TWO).own.shape == (side, side)


def test_an_image_is_placed_where_the_study_has_it(open_inside):
    inside = open_inside()
    row = row_of(inside, "stripe 1.png")
    why = inside.why(inside.study.images.ids[row], TWO)
    clusters, fit = inside.study.clusters(TWO), inside.study.fit(TWO)
    assert why.place.row == row
    assert (why.place.cluster, why.place.rival) == (clusters[row], fit.rivals[row])
    distances = inside.study.distances(row, np.arange(6))
    assert why.place.neighbors.tolist() == [one for one in np.argsort(distances) if one != row]
    counts = [clusters[why.place.neighbors].tolist().count(vote.cluster) for vote in why.votes]
    assert [vote.count for vote in why.votes] == counts
    assert sum(counts) == 5


@pytest.mark.parametrize("asked", [{}, {"layer": "conv4", "grid": 2}], ids=str)
def test_an_image_from_outside_is_like_one_of_the_set(asked, open_inside):
    inside = open_inside(**asked)
    image, upload = id_of(inside, "block 2.png"), in_another_file(2)
    why, other = inside.why(image, TWO), inside.why(upload, TWO)
    assert (other.place.cluster, other.place.rival) == (why.place.cluster, why.place.rival)
    assert other.place.row is None
    assert other.place.neighbors[0] == why.place.row  # its twin in the set
    assert other.place.neighbors[1:].tolist() == why.place.neighbors.tolist()
    assert other.likeness == pytest.approx(why.likeness)
    assert other.speaks_for == why.speaks_for
    np.testing.assert_allclose(inside.heat(upload, TWO).own, inside.heat(image, TWO).own)
    assert np.array_equal(inside.maps(upload, "conv2_1").maps, inside.maps(image, "conv2_1").maps)


def test_an_image_from_outside_leaves_nothing_behind(open_inside, cache):
    inside = open_inside()
    inside.study.fit(TWO)
    before, ids = contents(cache), inside.study.images.ids
    upload = in_another_file(0)
    inside.maps(upload, "pool5")
    inside.why(upload, TWO)
    inside.heat(upload, TWO)
    assert contents(cache) == before
    assert inside.study.images.ids == ids


def test_bytes_of_an_image_of_the_set_are_that_image(open_inside):
    inside = open_inside()
    why = inside.why(png(1), TWO)
    assert why.place.row == row_of(inside, "block 1.png") == row_of(inside, "copy.png")


def test_what_is_kept_needs_no_network(open_inside, monkeypatch):
    inside = open_inside()
    image = inside.study.images.ids[0]
    found = inside.why(image, TWO), inside.heat(image, TWO), inside.traits(0, TWO)
    monkeypatch.setattr(full_network, "load_state", None)  # loading the weights would fail
    later = open_inside()
    assert later.why(image, TWO).speaks_for == found[0].speaks_for
    assert np.array_equal(later.heat(image, TWO).own, found[1].own)
    assert later.traits(0, TWO).rows == found[2].rows
    with pytest.raises(TypeError):
        later.why(image, KMeansParams(3))  # other clusters are another question


def test_maps_are_those_of_the_layer_in_order(open_inside):
    inside = open_inside()
    found = inside.maps(inside.study.images.ids[0], "conv4_3")
    assert found.layer.name == "conv4_3"
    assert found.maps.shape == found.layer.shape == (512, 8, 8)
    assert (np.diff(found.activations) <= 0).all()
    raw = inside.network.maps_of([inside.square(inside.study.images.ids[0])], "conv4_3")[0]
    np.testing.assert_allclose(found.maps, raw[found.channels], rtol=1e-4, atol=1e-5)


def test_the_table_marks_what_the_features_are_of(open_inside):
    table = open_inside().table()
    assert table.size == 64
    assert [row.name for row in table.layers if row.feature == "conv5"] == ["pool5"]
    assert table.parameters == 14_714_688


@pytest.mark.parametrize("image", ["0" * 64, b"", b"no image"])
def test_what_is_no_image_is_refused(image, open_inside):
    with pytest.raises(ImageProblem):
        open_inside().maps(image, "conv1_1")


def test_with_one_cluster_there_is_nothing_to_explain(open_inside):
    inside = open_inside()
    image = inside.study.images.ids[0]
    asked = (
        lambda: inside.why(image, ONE),
        lambda: inside.heat(image, ONE),
        lambda: inside.why(in_another_file(0), ONE),
        lambda: inside.traits(0, ONE),
    )
    for one in asked:
        with pytest.raises(CoreError, match="with one cluster there is nothing to compare"):
            one()


def test_a_set_of_two_images_can_be_asked_everything(folder, open_inside):
    for name in ("block 1.png", "block 2.png", "copy.png", "stripe 1.png", "stripe 2.png"):
        (folder / name).unlink()
    inside = open_inside()
    why = inside.why(png(0), TWO)
    assert [vote.count for vote in why.votes] == [1]
    assert why.likeness > 0 > why.rival_likeness
    assert inside.traits(why.place.cluster, TWO).rows == (why.place.row,)


# Clusters.


def test_what_a_cluster_shares_is_the_mean_of_its_images(open_inside):
    inside = open_inside(layer="conv5", grid=2)
    cluster = int(inside.study.clusters(TWO)[row_of(inside, "block 0.png")])
    traits = inside.traits(cluster, TWO)
    members = np.flatnonzero(inside.study.clusters(TWO) == cluster)
    order = np.argsort(inside.study.fit(TWO).own[members])
    assert traits.rows == tuple(members[order].tolist())
    heats = [inside.heat(inside.study.images.ids[row], TWO).own for row in traits.rows]
    np.testing.assert_allclose(traits.shared, np.mean(heats, axis=0), atol=1e-7)
    assert traits.layer == "conv5_3"
    assert 0 < len(traits.traits) <= 4
    shares = [trait.share for trait in traits.traits]
    assert shares == sorted(shares, reverse=True)


def test_patches_are_cut_out_of_the_clusters_own_images(open_inside):
    inside = open_inside()
    traits = inside.traits(1, TWO)
    for row in traits.rows:
        image = inside.study.images.ids[row]
        square, maps = inside.square(image), inside.maps(image, "conv5_3")
        for trait in traits.traits:
            for patch in [one for one in trait.patches if one.row == row]:
                side = len(patch.pixels)
                cut = square[patch.top : patch.top + side, patch.left : patch.left + side]
                assert np.array_equal(patch.pixels, cut)
                peak = maps.of_channel(trait.channel).max()
                assert patch.activation == pytest.approx(peak, rel=1e-4)


def test_no_more_images_are_read_than_said(open_inside, monkeypatch):
    monkeypatch.setattr("core.inside.inside_clusters.LOOKED_AT", 2)
    inside, read = open_inside(), []
    go = Study.read
    monkeypatch.setattr(Study, "read", lambda self, image: read.append(image) or go(self, image))
    assert len(inside.traits(0, TWO).rows) == len(read) == min(2, len(read))


def test_a_cluster_is_told_progress_and_a_stop_is_heard(open_inside):
    inside, steps = open_inside(), []
    with pytest.raises(Cancelled):
        inside.traits(0, TWO, Watch(should_stop=lambda: True))
    inside.traits(0, TWO, Watch(steps.append))
    assert steps[0].stage == "look"


def test_an_empty_or_unknown_cluster_is_refused(open_inside, monkeypatch):
    inside = open_inside()
    with pytest.raises(CoreError, match="no cluster 2: choose one from 0 to 1"):
        inside.traits(2, TWO)
    monkeypatch.setattr(Study, "clusters", lambda *_: np.zeros(6, dtype=np.int32))
    with pytest.raises(CoreError, match="cluster 1 holds no images"):
        inside.traits(1, TWO)


# Weights with connected layers and classes.


@pytest.mark.parametrize("asked", [{"layer": "fc1"}, {"layer": "fc2", "reduce": 3}], ids=str)
def test_of_connected_layers_hiding_tells(asked, open_seeded, state):
    inside = open_seeded(**asked)
    image = inside.study.images.ids[3]
    why, heat = inside.why(image, TWO), inside.heat(image, TWO)
    fit, row = inside.study.fit(TWO), why.place.row
    margin = float(fit.rival[row] ** 2 - fit.own[row] ** 2)
    assert why.margin == pytest.approx(margin, abs=1e-3 * max(1, abs(margin)))
    assert (heat.is_exact, heat.n_passes, inside.n_passes) == (False, 5, 5)
    assert heat.own.shape == (2, 2)
    hidden = inside.square(image).copy()
    hidden[32:, :32] = np.rint(hidden.mean(axis=(0, 1)))
    assert heat.margin[1, 0] == pytest.approx(
        why.margin - margin_of(inside, state, hidden, why), abs=1e-3
    )


def margin_of(inside, state, square, why):
    """By torchvision's own network and distances alone."""
    recipe = inside.study.recipe
    full = torchvisions(state)
    depth = {"fc1": 1, "fc2": 4}[recipe.cut.layer]
    with torch.inference_mode():
        images = recipe.transform.to_input(torch.from_numpy(square[None].copy()))
        flat = torch.flatten(full.avgpool(full.features(images)), 1)
        features = full.classifier[:depth](flat).numpy()
    z = inside.study.reduction.apply(features)[0]
    centroids = inside.study.fit(TWO).centroids
    own, rival = (
        np.square(z - centroids[one]).sum() for one in (why.place.cluster, why.place.rival)
    )
    return rival - own


def test_parts_are_hidden_once_for_all_clusterings(open_seeded, monkeypatch):
    inside = open_seeded(layer="fc1")
    image = inside.study.images.ids[0]
    inside.heat(image, TWO)
    monkeypatch.setattr("core.inside.inside.encode_hidden", None)
    assert inside.heat(image, KMeansParams(3)).n_passes == 5


def test_an_upload_is_like_one_of_the_set_in_connected_layers_too(open_seeded):
    inside = open_seeded(layer="fc1")
    upload, image = in_another_file(1), id_of(inside, "block 1.png")
    np.testing.assert_allclose(inside.heat(upload, TWO).own, inside.heat(image, TWO).own, atol=1e-6)
    assert inside.predict(upload) == inside.predict(image)


def test_predictions_are_those_of_the_whole_forward_pass(open_seeded, state):
    inside = open_seeded(layer="conv5")
    image = inside.study.images.ids[2]
    with torch.inference_mode():
        images = inside.network.transform.to_input(torch.from_numpy(inside.square(image)[None]))
        expected = torchvisions(state)(images).softmax(1)[0].topk(3)
    found = inside.predict(image, 3)
    assert [one.number for one in found] == expected.indices.tolist()
    assert [one.probability for one in found] == pytest.approx(expected.values.tolist(), abs=1e-5)
    assert found[0].name == categories()[found[0].number]


@pytest.mark.parametrize("layer", ["conv5", "fc1", "fc2"])
def test_a_cluster_is_named_after_what_its_images_show(layer, open_seeded):
    inside = open_seeded(layer=layer)
    members = np.flatnonzero(inside.study.clusters(TWO) == 0)
    likeliest = [inside.predict(inside.study.images.ids[row], 1)[0].name for row in members]
    found = inside.suggest_names(0, TWO)
    assert {one.name: one.count for one in found} == {
        one.name: likeliest.count(one.name) for one in found
    }
    assert found[0].count == max(likeliest.count(name) for name in likeliest)
    assert found[0].total == len(members)


def test_names_come_from_the_features_where_those_tell(open_seeded, monkeypatch):
    inside = open_seeded(layer="fc2")
    monkeypatch.setattr(Study, "read", None)  # reading an image would fail
    assert inside.suggest_names(1, TWO)


def test_no_more_images_are_predicted_than_said(open_seeded, monkeypatch):
    monkeypatch.setattr(classes_module, "NAMED_BY", 1)
    monkeypatch.setattr(classes_module, "NAMED_BY_FEATURES", 2)
    assert open_seeded(layer="conv5").suggest_names(0, TWO)[0].total == 1
    inside = open_seeded(layer="fc1")
    cluster = int(np.bincount(inside.study.clusters(TWO)).argmax())
    assert sum(one.count for one in inside.suggest_names(cluster, TWO)) == 2


def test_traits_of_connected_layers_are_those_of_the_last_convolution(open_seeded):
    inside = open_seeded(layer="fc1")
    traits = inside.traits(0, TWO)
    assert (traits.layer, traits.shared.shape) == ("conv5_3", (4, 4))
    assert traits.likeness > 0
    assert traits.traits


def test_without_a_classifier_it_is_said_what_to_do(open_inside):
    inside = open_inside()
    for asked in (
        lambda: inside.predict(inside.study.images.ids[0]),
        lambda: inside.suggest_names(0, TWO),
    ):
        with pytest.raises(CoreError, match=r"no classifier.*take --weights imagenet"):
            asked()


def test_the_network_is_that_of_the_recipe(open_inside):
    inside = open_inside(transform="imagenet", size=96)
    assert inside.network.weights == replace(find_weights("embedded"))
    assert inside.square(inside.study.images.ids[0]).shape == (96, 96, 3)
