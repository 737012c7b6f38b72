"""What is done where nothing was asked for, and what the key of the features is made of."""

from dataclasses import replace
from pathlib import Path

import pytest

from core import recipe as recipe_module
from core.cache import fingerprint
from core.device import Device
from core.errors import CoreError
from core.network.layers import LAYERS, Cut
from core.network.pretrained import Weights
from core.network.transforms import Transform
from core.recipe import CODE_VERSION, StudyParams, decide, refuse_other_decoder
from core.reduction import ReductionParams

EMBEDDED = Weights("embedded", Path("e.safetensors"), "e" * 64, ("conv3", "conv4", "conv5"))
OWN = Weights("own.pth", Path("own.pth"), "0" * 64, tuple(LAYERS))
PHOTOS = StudyParams("photos", device="cpu", precision="fp32")


def ask(weights=EMBEDDED, **asked):
    return decide(replace(PHOTOS, **asked), weights)


def test_the_embedded_weights_see_photographs_as_their_model_card_says():
    made = ask()
    assert made.cut == Cut("conv5", 1)
    assert made.transform == Transform("embedded", 64)
    assert made.reduction == ReductionParams("l2", 256, 42)
    assert made.device == Device("cpu", "fp32")


def test_the_embedded_weights_see_digits_as_their_model_card_says():
    made = ask(source="digits")
    assert made.cut == Cut("conv4", 2)
    assert made.transform == Transform("embedded", 64)


def test_a_users_own_weights_start_from_the_first_connected_layer():
    made = ask(OWN)
    assert made.cut == Cut("fc1")
    assert made.transform == Transform("imagenet", 224)


def test_what_was_asked_for_wins():
    made = ask(
        layer="conv3",
        grid=2,
        transform="article",
        size=96,
        normalize="none",
        precision="bf16",
        reduce=None,
        seed=7,
    )
    assert made.cut == Cut("conv3", 2)
    assert made.transform == Transform("article", 96)
    assert made.reduction == ReductionParams("none", None, 7)
    assert made.device == Device("cpu", "bf16")


def test_a_transform_brings_its_own_size():
    assert ask(transform="article").transform.size == 448


def test_of_small_pictures_what_was_not_asked_for_is_chosen_for_their_size():
    def ask_small(**asked):
        return decide(replace(PHOTOS, **asked), EMBEDDED, lambda: 28)

    assert (ask_small().cut, ask_small().transform) == (Cut("conv4", 2), Transform("embedded", 32))
    assert ask_small(size=64).transform == Transform("embedded", 64)
    assert ask_small(layer="conv5").cut == Cut("conv5", 1)
    assert ask_small(transform="article").transform == Transform("article", 448)


def test_the_suited_grid_goes_with_the_suited_layer_only():
    assert ask(source="digits", layer="conv4").cut == Cut("conv4", 2)
    assert ask(source="digits", layer="conv3").cut == Cut("conv3", 1)
    assert ask(source="digits", grid=1).cut == Cut("conv4", 1)


def test_a_layer_that_the_weights_lack_is_refused():
    with pytest.raises(CoreError, match="embedded have no fc1: choose one of conv3, conv4, conv5"):
        ask(layer="fc1")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"layer": "conv9"}, "no layer named 'conv9'"),
        ({"grid": 3}, "no grid of 3"),
        ({"transform": "vgg"}, "no transform named 'vgg'"),
        ({"size": 16}, "size of 16 is too small"),
        ({"size": 100_000}, "size of 100000 is too large"),
        ({"normalize": "l1"}, "no normalisation named 'l1'"),
        ({"reduce": 0}, "cannot reduce to 0"),
        ({"device": "tpu"}, "no device named 'tpu'"),
        ({"jpeg_decoder": "gpu"}, "no JPEG decoder named 'gpu': choose one of cpu, cuda"),
    ],
)
def test_what_does_not_exist_is_refused(asked, message):
    with pytest.raises(CoreError, match=message):
        ask(**asked)


@pytest.mark.parametrize("asked", [{"size": 0}, {"grid": 0}, {"layer": ""}, {"normalize": ""}])
def test_nothing_is_not_the_same_as_not_asked_for(asked):
    with pytest.raises(CoreError):
        ask(**asked)


@pytest.mark.parametrize("batch_size", [0, -1])
def test_a_batch_holds_at_least_one_image(batch_size):
    with pytest.raises(CoreError, match=f"batch size of {batch_size}: choose at least 1"):
        StudyParams("photos", batch_size=batch_size)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_fits_in_32_bits(seed):
    with pytest.raises(CoreError):
        StudyParams("photos", seed=seed)


@pytest.mark.parametrize(
    "asked",
    [
        {"layer": "conv4"},
        {"grid": 2},
        {"transform": "article", "size": 64},
        {"size": 96},
        {"precision": "bf16"},
    ],
)
def test_the_fingerprint_changes_with_what_changes_the_features(asked):
    assert ask(**asked).fingerprint != ask().fingerprint


def test_the_fingerprint_changes_with_the_weights_and_not_with_their_name():
    other = replace(EMBEDDED, sha256="f" * 64)
    renamed = replace(EMBEDDED, file=Path("moved.safetensors"), reason="they were moved")
    assert ask(other).fingerprint != ask().fingerprint
    assert ask(renamed).fingerprint == ask().fingerprint


def test_the_fingerprint_changes_with_the_version_of_the_code(monkeypatch):
    before = ask().fingerprint
    monkeypatch.setattr(recipe_module, "CODE_VERSION", recipe_module.CODE_VERSION + 1)
    assert ask().fingerprint != before


@pytest.mark.parametrize(
    "asked",
    [
        {"batch_size": 1},
        {"seed": 0},
        {"normalize": "none"},
        {"reduce": None},
        {"labels": False},
        {"source": "other photos"},
    ],
)
def test_the_fingerprint_stays_with_what_leaves_the_features_alone(asked):
    assert ask(**asked).fingerprint == ask().fingerprint


def test_the_fingerprint_does_not_tell_devices_apart_only_precisions():
    made = ask()
    on_cuda = replace(made, device=Device("cuda", "fp32"))
    assert on_cuda.fingerprint == made.fingerprint


def test_the_decoder_of_jpegs_has_features_of_its_own():
    made = ask()
    by_cuda = replace(made, device=Device("cuda", "fp32"), jpeg_decoder="cuda")
    assert (made.jpegs_on_device, by_cuda.jpegs_on_device) == (False, True)
    assert by_cuda.fingerprint != made.fingerprint
    assert by_cuda.describe() == {
        **made.describe(),
        "precision": "fp32 on cuda",
        "jpegs": "decoded by cuda",
    }


def test_features_of_jpegs_that_a_cpu_decoded_keep_their_key():
    assert ask().fingerprint == fingerprint(
        weights="e" * 64,
        layer=str(Cut("conv5", 1)),
        transform="embedded",
        size=64,
        precision="fp32",
        code=CODE_VERSION,
    )
    assert "jpegs" not in ask().describe()


def test_a_decoder_goes_with_its_device(monkeypatch):
    with pytest.raises(CoreError) as caught:
        ask(jpeg_decoder="cuda")
    assert str(caught.value) == (
        "JPEGs cannot be decoded by cuda where the network runs on cpu: take --jpeg-decoder cpu, "
        "or --device cuda on a machine that has it"
    )
    monkeypatch.setattr(recipe_module, "choose_device", Device)
    assert ask(device="cuda", jpeg_decoder="cuda").jpeg_decoder == "cuda"
    assert ask(device="cuda").jpeg_decoder == "cpu"


def test_shards_have_no_room_for_another_decoder():
    refuse_other_decoder(PHOTOS)
    with pytest.raises(CoreError, match="asked for is cuda: leave --jpeg-decoder out"):
        refuse_other_decoder(replace(PHOTOS, jpeg_decoder="cuda"))


def test_a_recipe_is_described_in_words():
    assert ask(source="digits").describe() == {
        "weights": "embedded (eeeeeeee)",
        "layer": "conv4 2x2, 2048 values",
        "transform": "embedded, 64 px",
        "precision": "fp32 on cpu",
        "normalize": "l2",
    }
