"""The table of layers against torchvision's own network, and what its windows really see."""

import pytest
import torch
from seeded import empty_vgg16
from torch import nn
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import VGG16_Weights

from core.errors import CoreError
from core.network.layers import LAYERS
from core.network.network_table import (
    MAP_LAYERS,
    find_map_layer,
    in_words,
    last_convolution,
    tabulate_network,
)


def real_layers(size):
    """Of each convolution, pooling and connected layer its module and the shape that came out."""
    network, found = empty_vgg16(), []

    def note(module, inputs, output):
        found.append((module, tuple(output.shape[1:])))

    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.Linear):
            module.register_forward_hook(note)
    network(torch.empty(1, 3, size, size, device="meta"))
    return found


@pytest.mark.parametrize("size", [32, 64, 100, 224, 448])
def test_shapes_kernels_and_parameters_are_the_real_networks(size):
    table = tabulate_network(size)
    for row, (module, shape) in zip(table.layers, real_layers(size), strict=True):
        assert row.shape == shape
        assert row.parameters == sum(one.numel() for one in module.parameters())
        window = getattr(module, "kernel_size", None)
        assert row.kernel == (window if isinstance(window, int) or window is None else window[0])


@pytest.mark.parametrize("size", [64, 224])
def test_multiply_adds_are_those_that_torch_counts(size):
    with FlopCounterMode(display=False) as counted:
        empty_vgg16()(torch.empty(1, 3, size, size, device="meta"))
    assert tabulate_network(size).multiply_adds * 2 == counted.get_total_flops()


def test_totals_are_those_of_torchvisions_documentation():
    documented = VGG16_Weights.IMAGENET1K_V1.meta
    table = tabulate_network(224)
    assert table.parameters == documented["num_params"] == 138_357_544
    assert round(table.multiply_adds / 1e9, 2) == documented["_ops"] == 15.47


def test_the_convolutions_alone_are_those_of_the_model_card():
    table = tabulate_network(64, deepest="conv5")
    assert table.parameters == 14_714_688
    assert table.layers[-1].name == "pool5"


def windows_alone(layers):
    """As many windows one after the other, all of whose values count: means in place of maxima."""
    modules = []
    for name in layers:
        if name.startswith("conv"):
            modules.append(nn.Conv2d(1, 1, 3, padding=1, bias=False))
            nn.init.ones_(modules[-1].weight)
        else:
            modules.append(nn.AvgPool2d(2))
    return nn.Sequential(*modules).double()


def extent(gradient):
    seen = gradient.abs().sum(dim=(0, 1, 2)).nonzero().flatten()
    return int(seen[0]), int(seen[-1])


@pytest.mark.parametrize("place", range(0, len(MAP_LAYERS), 3))
def test_a_receptive_field_is_what_a_value_depends_on(place):
    row = tabulate_network(512).layers[place]
    image = torch.zeros(1, 1, 512, 512, dtype=torch.double, requires_grad=True)
    out = windows_alone(MAP_LAYERS[: place + 1])(image)
    middle = out.shape[-1] // 2
    first, next_one = (
        extent(torch.autograd.grad(out[0, 0, middle, middle + step], image, retain_graph=True)[0])
        for step in (0, 1)
    )
    assert first[1] - first[0] + 1 == row.receptive_field
    assert next_one[0] - first[0] == row.stride


def test_modules_are_counted_as_torchvision_has_them():
    features, classifier = empty_vgg16().features, empty_vgg16().classifier
    for row in tabulate_network(64).layers:
        kinds = {"convolution": nn.ReLU, "pooling": nn.MaxPool2d, "connected": nn.MaxPool2d}
        assert isinstance(features[row.features - 1], kinds[row.kind])
        if row.kind == "connected":
            assert isinstance(classifier[row.classifier - 1], nn.Linear)


def test_every_choice_of_features_is_marked():
    marked = {row.feature: row.name for row in tabulate_network(64).layers if row.feature}
    assert set(marked) == set(LAYERS)
    assert marked["conv4"] == "pool4"
    assert marked["fc1"] == "fc1"


@pytest.mark.parametrize(
    ("feature", "convolution"),
    [("conv3", "conv3_3"), ("conv4", "conv4_3"), ("conv5", "conv5_3"), ("fc2", "conv5_3")],
)
def test_the_convolution_before_the_pooling(feature, convolution):
    assert last_convolution(feature) == convolution


def test_there_are_13_convolutions_and_5_poolings():
    assert sum(name.startswith("conv") for name in MAP_LAYERS) == 13
    assert sum(name.startswith("pool") for name in MAP_LAYERS) == 5
    assert (MAP_LAYERS[0], MAP_LAYERS[-1]) == ("conv1_1", "pool5")


def test_a_layer_in_words():
    assert in_words(find_map_layer("conv2_1", 224)) == (
        "conv2_1: 128 maps of 112 x 112, each value sees 10 x 10 pixels, one every 2"
    )
    assert (
        in_words(tabulate_network(224).layers[-1]) == "fc3: 1,000 values, each sees the whole image"
    )


@pytest.mark.parametrize("name", ["conv3", "fc1", "", "conv9_9"])
def test_what_has_no_maps_is_refused_with_what_has(name):
    with pytest.raises(CoreError, match=r"no layer with maps named .*: choose one of conv1_1,"):
        find_map_layer(name, 64)


def test_a_table_up_to_an_unknown_layer_is_refused():
    with pytest.raises(CoreError, match="no layer named 'conv6'"):
        tabulate_network(64, deepest="conv6")


def test_an_image_too_small_to_be_halved_five_times_is_refused():
    with pytest.raises(CoreError, match="a size of 31 is too small: VGG-16 needs 32 pixels"):
        tabulate_network(31)
