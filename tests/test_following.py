"""The recipe of shards is followed: what contradicts it is refused, what is absent is named."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from core.errors import CoreError
from core.network import pretrained
from core.network.download import file_digest
from core.network.full_network import FullNetwork
from core.network.pretrained import EMBEDDED_FILE, find_weights, load_state
from core.recipe import StudyParams, decide
from core.shards import following
from core.shards.following import follow
from core.shards.making import ShardRecipe

DIGESTS = {EMBEDDED_FILE: file_digest(EMBEDDED_FILE)}
PARAMS = StudyParams("parquet:/shards")


def digest(file):
    return DIGESTS.get(file, "f" * 64)


def made(weights="embedded", **changes):
    """Shards of `conv4` in bfloat16, which this machine would not choose for itself."""
    found = find_weights(weights, digest=digest)
    asked = StudyParams(
        "x", layer="conv4", grid=2, device="cpu", precision="bf16", normalize="none"
    )
    recipe = decide(asked, replace(found, **changes))
    return ShardRecipe.of(recipe)


def test_all_that_decides_the_features_is_taken_from_the_shards():
    settled, recipe = follow(PARAMS, made(), digest=digest)
    assert recipe.fingerprint == made().fingerprint
    assert (str(recipe.cut), recipe.device.precision) == ("conv4 2x2", "bf16")
    assert recipe.reduction.normalize == "none"
    assert recipe.weights.file == EMBEDDED_FILE
    assert recipe.weights.reason == "the shards were made by them"
    assert decide(settled, recipe.weights) == recipe  # as variants of it are decided


def test_what_comes_after_the_features_may_be_asked_for():
    asked = replace(PARAMS, normalize="l2", reduce=16, seed=3)
    _, recipe = follow(asked, made(), digest=digest)
    assert asdict(recipe.reduction) == {"normalize": "l2", "n_components": 16, "seed": 3}
    assert recipe.fingerprint == made().fingerprint


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ({"layer": "conv5"}, "layer conv4"),
        ({"grid": 1}, "grid 2"),
        ({"transform": "article"}, "transform embedded"),
        ({"size": 65}, "size 64"),
        ({"precision": "fp32"}, "precision bf16"),
    ],
)
def test_a_contradiction_names_both(asked, there):
    ((name, value),) = asked.items()
    said = f"/shards was made with {there}, and asked for is {name} {value}: leave it out"
    with pytest.raises(CoreError, match=said):
        follow(replace(PARAMS, **asked), made(), digest=digest)


def test_the_same_may_be_asked_for():
    asked = replace(PARAMS, layer="conv4", grid=2, size=64, precision="bf16", weights="embedded")
    _, recipe = follow(asked, made(), digest=digest)
    assert recipe.fingerprint == made().fingerprint


def test_other_weights_than_those_of_the_shards_are_refused():
    foreign = made(name="own.pth", sha256="0" * 64)
    with pytest.raises(CoreError, match=r"own\.pth \(00000000\), and asked for are embedded"):
        follow(replace(PARAMS, weights="embedded"), foreign, digest=digest)


def test_imagenet_is_not_fetched_where_the_shards_are_of_others(monkeypatch):
    monkeypatch.setattr(following, "find_weights", None)
    with pytest.raises(CoreError, match=r"asked for are imagenet \(397923af\)"):
        follow(replace(PARAMS, weights="imagenet"), made(), digest=digest)


def test_absent_weights_close_the_network_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(following, "imagenet_file", lambda: tmp_path / "none.pth")
    for sha256, fix in (("0" * 64, "choose their file"), ("397923af" * 8, "choose imagenet")):
        foreign = made(name="own.pth", sha256=sha256)
        _, recipe = follow(PARAMS, foreign, digest=digest)
        assert recipe.fingerprint == foreign.fingerprint
        assert recipe.weights.layers == ("conv3", "conv4")
        said = f"weights own.pth .{sha256[:8]}., which made the shards, are not on this .*{fix}"
        with pytest.raises(CoreError, match=said):
            load_state(recipe.weights)
        with pytest.raises(CoreError, match=said):
            FullNetwork(recipe.weights, recipe.transform).require_classes()


def test_imagenets_weights_are_taken_where_they_lie(tmp_path, monkeypatch):
    file = tmp_path / "vgg16-397923af.pth"
    file.write_bytes(b"")
    monkeypatch.setattr(following, "imagenet_file", lambda: file)
    monkeypatch.setattr(pretrained, "imagenet_file", lambda: file)
    monkeypatch.setitem(DIGESTS, file, "397923af" * 8)
    _, recipe = follow(PARAMS, made("imagenet"), digest=digest)
    assert recipe.weights.file == file
    assert not recipe.weights.absent


def test_features_of_another_version_are_shown_but_its_network_is_not_taken_for_this_one():
    known = made()
    old = replace(known, code=1)
    recipe = replace(decide(StudyParams("x", layer="conv4", grid=2, device="cpu", precision="bf16"),
                            find_weights("embedded", digest=digest)), code=1)  # fmt: skip
    old = replace(old, fingerprint=recipe.fingerprint)
    _, found = follow(PARAMS, old, digest=digest)
    assert found.fingerprint == old.fingerprint != known.fingerprint
    with pytest.raises(CoreError, match="made by version 1 of Groupsight's network, and this is"):
        load_state(found.weights)


def test_a_description_that_does_not_fit_its_fingerprint_is_refused():
    with pytest.raises(CoreError, match="parquet:/shards is damaged"):
        follow(PARAMS, replace(made(), layer="conv5"), digest=digest)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(CoreError, match="no such weights"):
        follow(replace(PARAMS, weights=str(Path("/none.pth"))), made(), digest=digest)
