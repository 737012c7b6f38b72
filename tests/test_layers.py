"""Where VGG-16 can be cut, and what a cut gives."""

import pytest

from core.errors import CoreError
from core.network.layers import GRIDS, LAYERS, Cut, available_layers

CONVOLUTIONS = {f"features.{i}.weight" for i in (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)}


@pytest.mark.parametrize(
    ("layer", "grid", "n_features"),
    [
        ("conv3", 1, 256),
        ("conv3", 2, 1024),
        ("conv4", 1, 512),
        ("conv4", 2, 2048),
        ("conv5", 1, 512),
        ("conv5", 2, 2048),
        ("fc1", 1, 4096),
        ("fc2", 1, 4096),
    ],
)
def test_every_cut_says_how_many_features_it_gives(layer, grid, n_features):
    assert Cut(layer, grid).n_features == n_features


def test_the_table_of_features_holds_every_cut():
    assert tuple(LAYERS) == ("conv3", "conv4", "conv5", "fc1", "fc2")
    assert GRIDS == (1, 2)


@pytest.mark.parametrize(
    ("cut", "text"),
    [
        (Cut("conv4", 2), "conv4 2x2"),
        (Cut("conv5"), "conv5 1x1"),
        (Cut("fc1"), "fc1"),
    ],
)
def test_a_cut_is_spelled_with_its_grid_where_it_has_one(cut, text):
    assert str(cut) == text


@pytest.mark.parametrize("layer", ["conv2", "fc3", "", "Conv5"])
def test_an_unknown_layer_is_refused_with_the_known_ones(layer):
    with pytest.raises(CoreError, match=f"{layer!r}: choose one of conv3, conv4, conv5, fc1, fc2"):
        Cut(layer)


def test_a_fully_connected_layer_has_no_grid():
    with pytest.raises(CoreError, match="fc1 is fully connected and has no grid of 2"):
        Cut("fc1", 2)


@pytest.mark.parametrize("grid", [0, 3, -1])
def test_an_unknown_grid_is_refused(grid):
    with pytest.raises(CoreError, match=f"no grid of {grid}: choose 1"):
        Cut("conv5", grid)


def test_weights_of_the_convolutions_alone_give_no_connected_layer():
    assert available_layers(CONVOLUTIONS) == ("conv3", "conv4", "conv5")


def test_weights_up_to_the_first_connected_layer_give_no_second():
    names = CONVOLUTIONS | {"classifier.0.weight", "classifier.0.bias"}
    assert available_layers(names) == ("conv3", "conv4", "conv5", "fc1")


def test_weights_of_the_whole_network_give_every_layer():
    names = CONVOLUTIONS | {f"classifier.{i}.weight" for i in (0, 3, 6)}
    assert available_layers(names) == tuple(LAYERS)


def test_names_of_another_network_give_no_layer():
    assert available_layers({"conv1.weight", "layer1.0.conv1.weight"}) == ()
