"""Other ways to features and clusters, measured on six images in two kinds, and by scikit-learn."""

import io
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import (
    adjusted_rand_score,
    normalized_mutual_info_score,
    silhouette_score,
)

from core.clusters.clustering import KMeansParams
from core.clusters.edits import Split
from core.compare import variants as module
from core.compare.variants import (
    KINDS,
    list_variants,
    measure_variant,
    open_variant,
    recall_variant,
)
from core.errors import Cancelled, CoreError
from core.progress import Watch
from core.recipe import StudyParams
from core.study import Study, open_study

TWO, FOUR = KMeansParams(2), KMeansParams(4)


def noise(seed, side):
    """Squares of random colours, of this many pixels."""
    colors = np.random.default_rng(seed).integers(0, 256, (64 // side, 64 // side, 3))
    data = io.BytesIO()
    image = Image.fromarray(colors.astype(np.uint8)).resize((64, 64), Image.Resampling.NEAREST)
    image.save(data, "PNG")
    return data.getvalue()


@pytest.fixture
def folder(tmp_path):
    for side in (4, 32):
        (tmp_path / "in" / str(side)).mkdir(parents=True)
        for seed in range(4):
            (tmp_path / "in" / str(side) / f"{seed}.png").write_bytes(noise(seed, side))
    shutil.copy(tmp_path / "in/4/0.png", tmp_path / "in/32/copy.png")
    return tmp_path / "in"


@pytest.fixture
def opened(folder, cache):
    """The images through the embedded weights, with what is asked for."""

    def open_it(**asked):
        params = StudyParams(str(folder), weights="embedded", device="cpu", precision="fp32")
        study = open_study(replace(params, **asked), cache)
        study.extract()
        return study

    return open_it


def named(study, title):
    (variant,) = (one for one in list_variants(study) if one.title == title)
    return variant


def titles(study, kind):
    return [one.title for one in list_variants(study) if one.kind == kind]


def test_all_layers_of_the_weights_are_listed_on_both_grids(opened):
    study = opened(layer="conv4", grid=2)
    assert titles(study, "layer") == [
        "conv3 1x1", "conv3 2x2", "conv4 1x1", "conv4 2x2", "conv5 1x1", "conv5 2x2",
    ]  # fmt: skip
    assert [one.title for one in list_variants(study) if one.is_present] == [
        "conv4 2x2", "PCA to 8", "L2",
    ]  # fmt: skip


def test_connected_layers_have_no_grid(opened, monkeypatch):
    study = opened()
    weights = replace(study.recipe.weights, layers=("conv5", "fc1", "fc2"))
    study.recipe = replace(study.recipe, weights=weights)
    assert titles(study, "layer") == ["conv5 1x1", "conv5 2x2", "fc1", "fc2"]


def test_numbers_of_components_that_come_to_the_same_are_listed_once(opened):
    # 8 distinct images and 512 features: 16, 64 and 256 components are all 8.
    assert sorted(titles(opened(layer="conv5"), "PCA")) == ["PCA to 8", "no PCA"]
    assert sorted(titles(opened(layer="conv5", reduce=3), "PCA")) == [
        "PCA to 3", "PCA to 8", "no PCA",
    ]  # fmt: skip
    # 256 features: PCA to 256 drops nothing, so none is made.
    assert sorted(titles(opened(layer="conv3", grid=1), "PCA")) == ["PCA to 8", "no PCA"]


def test_only_one_thing_differs_from_the_study(opened):
    study = opened(layer="conv4", grid=2, reduce=5)
    for variant in list_variants(study):
        now, then = study.recipe, open_variant(study, variant).recipe
        changed = {
            "layer": then.cut != now.cut,
            "PCA": then.reduction.n_components != now.reduction.n_components,
            "normalisation": then.reduction.normalize != now.reduction.normalize,
        }
        assert [kind for kind in KINDS if changed[kind]] == (
            [] if variant.is_present else [variant.kind]
        )
        assert (then.transform, then.device, then.weights) == (
            now.transform, now.device, now.weights,
        )  # fmt: skip


@pytest.mark.parametrize("title", ["conv3 1x1", "conv5 2x2", "no PCA", "not normalised"])
def test_the_numbers_are_those_of_a_study_opened_by_itself(title, opened):
    study = opened(layer="conv4", grid=2)
    variant = named(study, title)
    found = measure_variant(study, variant, FOUR)
    asked = {"layer": "conv4", "grid": 2, "normalize": "l2", "reduce": 256}
    asked |= {
        "conv3 1x1": {"layer": "conv3", "grid": 1},
        "conv5 2x2": {"layer": "conv5", "grid": 2},
        "no PCA": {"reduce": None},
        "not normalised": {"normalize": "none"},
    }[title]
    alone = opened(**asked)
    before, after = study.cluster(FOUR).labels, alone.cluster(FOUR).labels  # of all 9 files
    labels = ["32"] * 5 + ["4"] * 4
    assert found.ari == pytest.approx(adjusted_rand_score(before, after))
    assert found.nmi == pytest.approx(normalized_mutual_info_score(before, after))
    assert found.label_ari == pytest.approx(adjusted_rand_score(labels, after))
    assert found.label_nmi == pytest.approx(normalized_mutual_info_score(labels, after))
    assert found.silhouette == pytest.approx(silhouette_score(alone.row_values, after), abs=1e-5)
    assert found.n_values == alone.reduction.values.shape[1]


def test_the_present_choice_agrees_with_itself(opened):
    study = opened()
    found = measure_variant(study, named(study, "conv5 1x1"), TWO)
    assert (found.ari, found.nmi) == (1.0, 1.0)
    assert found.extraction_seconds is None
    assert found.seconds == found.grouping_seconds > 0


def test_copies_count(opened):
    study = opened()
    found = measure_variant(study, named(study, "conv3 1x1"), FOUR)
    before = study.cluster(FOUR).labels
    after = opened(layer="conv3", grid=1).cluster(FOUR).labels
    expected = adjusted_rand_score(before, after)
    once = adjusted_rand_score(np.delete(before, 4), np.delete(after, 4))  # without the copy
    assert found.ari == pytest.approx(expected)
    assert expected != pytest.approx(once)


def test_without_labels_nothing_is_said_of_them(opened):
    study = opened(labels=False)
    found = measure_variant(study, named(study, "L2"), TWO)
    assert (found.label_ari, found.label_nmi) == (None, None)


def test_one_cluster_has_no_silhouette(opened):
    study = opened()
    found = measure_variant(study, named(study, "conv3 1x1"), KMeansParams(1))
    assert (found.ari, found.silhouette) == (1.0, None)


def test_what_was_measured_is_kept(opened, monkeypatch):
    study = opened()
    variant = named(study, "conv3 2x2")
    assert recall_variant(study, variant, TWO) is None
    found = measure_variant(study, variant, TWO)
    assert found.extraction_seconds > 0
    monkeypatch.setattr(module, "_measure", None)  # measuring again would fail
    assert recall_variant(study, variant, TWO) == found
    assert measure_variant(study, variant, TWO) == found
    assert recall_variant(study, variant, FOUR) is None
    assert recall_variant(opened(layer="conv4"), variant, TWO) is None  # other present clusters
    assert recall_variant(opened(labels=False), variant, TWO) is None


def test_features_that_are_there_are_not_extracted_again(opened, monkeypatch):
    opened(layer="conv3", grid=1)
    study = opened(layer="conv5")
    monkeypatch.setattr(Study, "extract", None)  # extracting would fail
    assert measure_variant(study, named(study, "conv3 1x1"), TWO).extraction_seconds is None


def test_splits_by_hand_belong_to_the_present_clusters_alone(opened):
    study = opened()
    large = int(study.cluster(TWO).sizes.argmax())
    params = KMeansParams(2, edits=(Split(large, 2),))
    found = measure_variant(study, named(study, "conv3 1x1"), params)
    before = study.cluster(params).labels
    after = opened(layer="conv3", grid=1).cluster(TWO).labels
    assert found.ari == pytest.approx(adjusted_rand_score(before, after))


def test_a_stop_is_heard_and_what_is_extracted_is_kept(opened):
    study = opened(batch_size=2)
    variant = named(study, "conv3 1x1")
    steps = []
    watch = Watch(steps.append, lambda: bool(steps) and steps[-1].done >= 4)
    with pytest.raises(Cancelled):
        measure_variant(study, variant, TWO, watch)
    assert 0 < len(open_variant(study, variant).missing()) <= 8 - steps[-1].done
    assert recall_variant(study, variant, TWO) is None


def test_more_clusters_than_images_are_refused(opened):
    study = opened()
    with pytest.raises(CoreError, match="k = 9"):
        measure_variant(study, named(study, "conv3 1x1"), KMeansParams(9))


def test_an_image_that_turns_out_to_be_damaged_is_said(opened, folder):
    study = opened()
    variant = named(study, "conv3 1x1")
    (folder / "4/1.png").write_bytes(b"no image")
    with pytest.raises(CoreError, match="open the images again"):
        measure_variant(study, variant, TWO)
