"""Every cut against the same layer of torchvision's own VGG-16, run as a whole."""

import subprocess
import sys

import pytest
import torch
from torchvision.models import vgg16

from core.errors import CoreError
from core.network.layers import Cut
from core.network.vgg import build_network

TAPS = {
    "conv3": ("features", 16),
    "conv4": ("features", 23),
    "conv5": ("features", 30),
    "fc1": ("classifier", 0),
    "fc2": ("classifier", 3),
}
"""Where each layer lies in torchvision's network: the last module of it."""


def empty_vgg16():
    with torch.device("meta"):
        return vgg16(init_weights=False)


@pytest.fixture(scope="module")
def state():
    """Seeded weights whose values neither vanish nor explode on their way (He et al., 2015)."""
    generator = torch.Generator().manual_seed(0)
    weights = {}
    for name, tensor in empty_vgg16().state_dict().items():
        values = torch.randn(tensor.shape, generator=generator)
        fan_in = tensor[0].numel()
        weights[name] = values * (2 / fan_in) ** 0.5 if name.endswith("weight") else values * 0.1
    return weights


@pytest.fixture(scope="module")
def images():
    return torch.randn((2, 3, 64, 64), generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def activations(state, images):
    """What comes out of each layer of the whole network, in one run."""
    full = empty_vgg16().eval()
    full.load_state_dict(state, assign=True)
    caught = {}
    for layer, (part, position) in TAPS.items():

        def catch(module, inputs, output, layer=layer):
            caught[layer] = output.clone()  # the ReLU that follows works in place

        getattr(full, part)[position].register_forward_hook(catch)
    with torch.inference_mode():
        full(images)
    return caught


@pytest.mark.parametrize("layer", ["conv3", "conv4", "conv5"])
def test_a_block_on_a_grid_of_1_is_averaged_over_the_image(layer, state, images, activations):
    expected = activations[layer].mean(dim=(2, 3))
    torch.testing.assert_close(build_network(state, Cut(layer, 1))(images), expected)


@pytest.mark.parametrize(("layer", "half"), [("conv3", 4), ("conv4", 2), ("conv5", 1)])
def test_a_block_on_a_grid_of_2_is_averaged_over_quarters(layer, half, state, images, activations):
    maps = activations[layer]  # (2, channels, 2 * half, 2 * half)
    quarters = [
        maps[:, :, rows, columns].mean(dim=(2, 3))
        for rows in (slice(0, half), slice(half, None))
        for columns in (slice(0, half), slice(half, None))
    ]
    expected = torch.stack(quarters, dim=2).flatten(1)  # of a channel all quarters, then the next
    torch.testing.assert_close(build_network(state, Cut(layer, 2))(images), expected)


@pytest.mark.parametrize("layer", ["fc1", "fc2"])
def test_a_connected_layer_is_taken_before_its_relu(layer, state, images, activations):
    assert (activations[layer] < 0).any()
    torch.testing.assert_close(build_network(state, Cut(layer))(images), activations[layer])


@pytest.mark.parametrize("cut", [Cut("conv3", 2), Cut("conv5"), Cut("fc1")])
def test_as_many_features_come_out_as_the_cut_says(cut, state, images):
    assert build_network(state, cut)(images).shape == (2, cut.n_features)


def test_a_connected_layer_takes_any_size(state):
    assert build_network(state, Cut("fc1"))(torch.zeros(1, 3, 96, 96)).shape == (1, 4096)


def test_the_network_is_torchvisions():
    assert sum(one.numel() for one in empty_vgg16().parameters()) == 138_357_544


def test_features_need_no_torchvision():
    code = (
        "import sys; from core.features import Extractor; from core.network import vgg; "
        "vgg.build_network({}, vgg.Cut('conv3'))"
    )
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "the weights have no features.0.weight" in run.stderr
    assert "torch.nn" in run.stderr
    assert "torchvision" not in run.stderr  # two seconds, and 160 MB


def test_the_network_keeps_no_gradients_and_does_not_train(state):
    network = build_network(state, Cut("fc2"))
    assert not network.training
    assert not any(one.requires_grad for one in network.parameters())


def test_weights_beyond_the_cut_are_not_needed(state, images, activations):
    of_conv3 = {name: state[name] for name in state if name.startswith("features.")}
    for name in [name for name in of_conv3 if int(name.split(".")[1]) > 14]:
        del of_conv3[name]
    expected = activations["conv3"].mean(dim=(2, 3))
    torch.testing.assert_close(build_network(of_conv3, Cut("conv3"))(images), expected)


def test_weights_in_half_precision_are_computed_in_full(state):
    halves = {name: state[name].half() for name in state if name.startswith("features.")}
    network = build_network(halves, Cut("conv3"))
    assert {one.dtype for one in network.parameters()} == {torch.float32}


def test_a_missing_weight_is_named(state):
    incomplete = {name: tensor for name, tensor in state.items() if name != "features.5.bias"}
    with pytest.raises(CoreError, match=r"have no features\.5\.bias"):
        build_network(incomplete, Cut("conv5"))


def test_a_weight_of_another_shape_is_named_with_both_shapes(state):
    other = state | {"features.2.weight": torch.zeros(64, 64, 1, 1)}
    with pytest.raises(
        CoreError, match=r"features\.2\.weight .*\(64, 64, 1, 1\).*\(64, 64, 3, 3\)"
    ):
        build_network(other, Cut("conv5"))
