"""The whole network against torchvision's own with the same weights, layer by layer."""

import numpy as np
import pytest
import torch
from seeded import SEEDED, png, seeded_state, torchvisions
from torch import nn

from core.errors import CoreError
from core.images import identify
from core.network import full_network
from core.network.full_network import FullNetwork
from core.network.network_table import MAP_LAYERS
from core.network.pretrained import Weights, find_weights, load_state
from core.network.transforms import Transform
from core.pictures.decoding import ImageProblem
from core.pictures.reading import look

TRANSFORM = Transform("embedded", 64)
CLOSE = {"rtol": 1e-4, "atol": 1e-4}


@pytest.fixture(scope="module")
def state():
    return seeded_state()


@pytest.fixture
def open_network(monkeypatch):
    """A network of a state that lies in no file, with the layers that are said to be there."""

    def opened(state, layers=SEEDED.layers, transform=TRANSFORM):
        monkeypatch.setattr(full_network, "load_state", lambda _: state)
        return FullNetwork(Weights("seeded", SEEDED.file, SEEDED.sha256, layers), transform)

    return opened


@pytest.fixture
def network(open_network, state):
    return open_network(state)


def hooked(state, images):
    """What comes out of each ReLU and pooling of torchvision's network, and its scores."""
    full, maps = torchvisions(state), []

    def note(module, inputs, output):
        maps.append(output.clone().numpy())

    for module in full.features:
        if isinstance(module, nn.ReLU | nn.MaxPool2d):
            module.register_forward_hook(note)
    with torch.inference_mode():
        whole = "classifier.6.weight" in state
        scores = full(images) if whole else full.features(images)
    return dict(zip(MAP_LAYERS, maps, strict=True)), scores


def squares_of(network, *seeds):
    return [network.see(png(seed)) for seed in seeds]


def inputs(squares, transform=TRANSFORM):
    return transform.to_input(torch.from_numpy(np.stack(squares)))


@pytest.mark.parametrize("kind", ["seeded", "embedded"])
def test_all_maps_are_those_of_torchvisions_network(kind, network, open_network, state):
    if kind == "embedded":
        weights = find_weights("embedded")
        state = load_state(weights)
        network = open_network(state, weights.layers)
    (square,) = squares_of(network, 1)
    expected, _ = hooked(state, inputs([square]))
    found = network.all_maps(square)
    assert tuple(found) == MAP_LAYERS
    for name, maps in found.items():
        assert maps.dtype == np.float32
        np.testing.assert_allclose(maps, expected[name][0], **CLOSE)


def test_maps_after_a_relu_are_not_overwritten_by_what_follows(network):
    (square,) = squares_of(network, 2)
    found = network.all_maps(square)
    for name in ("conv1_1", "conv3_2", "pool2", "pool5"):
        np.testing.assert_allclose(found[name], network.maps_of([square], name)[0], **CLOSE)


def test_maps_of_several_images_at_once(network, state):
    squares = squares_of(network, 1, 2, 3)
    expected, _ = hooked(state, inputs(squares))
    found = network.maps_of(squares, "conv4_2")
    assert (found.shape, found.dtype) == ((3, 512, 8, 8), np.float32)
    np.testing.assert_allclose(found, expected["conv4_2"], **CLOSE)


@pytest.mark.parametrize("layer", ["fc1", "fc2"])
def test_connected_layers_are_taken_before_their_relu(layer, network, state):
    squares = squares_of(network, 1, 2)
    full = torchvisions(state)
    with torch.inference_mode():
        before = torch.flatten(full.avgpool(full.features(inputs(squares))), 1)
        expected = full.classifier[: {"fc1": 1, "fc2": 4}[layer]](before).numpy()
    found = network.connect(network.maps_of(squares, "pool5"), layer)
    assert (expected < 0).any()
    np.testing.assert_allclose(found, expected, **CLOSE)


@pytest.mark.parametrize("layer", ["fc1", "fc2"])
@pytest.mark.parametrize("size", [64, 96, 224])
def test_predictions_are_those_of_the_whole_forward_pass(layer, size, open_network, state):
    transform = Transform("imagenet", size)
    network = open_network(state, transform=transform)
    squares = squares_of(network, 4, 5)
    _, scores = hooked(state, inputs(squares, transform))
    values = network.connect(network.maps_of(squares, "pool5"), layer)
    kept = values.copy()
    found = network.classify(values, layer)
    np.testing.assert_allclose(found, scores.softmax(1).numpy(), atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert np.array_equal(values, kept)


def test_the_network_sees_what_the_features_are_made_of(network):
    data = png(3, side=90)
    expected = look(identify(data), lambda _: data, TRANSFORM).pixels
    assert np.array_equal(network.see(data), expected)


@pytest.mark.parametrize("data", [b"", b"no image", png()[:60]])
def test_bytes_that_are_no_image_are_refused_with_the_reason(data, network):
    with pytest.raises(ImageProblem, match=r"empty|not an image|damaged"):
        network.see(data)


def test_weights_that_end_early_have_maps_up_to_there(open_network, state):
    few = {name: state[name] for name in state if name.startswith("features.")}
    for name in [name for name in few if int(name.split(".")[1]) > 14]:
        del few[name]
    network = open_network(few, ("conv3",))
    assert network.table().layers[-1].name == "pool3"
    assert list(network.all_maps(squares_of(network, 1)[0]))[-1] == "pool3"
    with pytest.raises(CoreError, match="the weights seeded have no conv4_1: they end at pool3"):
        network.maps_of(squares_of(network, 1), "conv4_1")


def test_the_table_ends_where_the_weights_end(network, open_network):
    assert network.table().layers[-1].name == "fc3"
    assert open_network({}, ("conv3", "conv4", "conv5", "fc1")).table().layers[-1].name == "fc1"


def test_a_layer_without_maps_is_refused(network):
    with pytest.raises(CoreError, match="no layer with maps named 'fc1'"):
        network.maps_of([], "fc1")


def test_weights_without_a_classifier_say_which_have_one(network, open_network, state):
    embedded = FullNetwork(find_weights("embedded"), TRANSFORM)
    for refuse in (embedded.require_classes, lambda: embedded.classify(np.ones((1, 4096)), "fc2")):
        with pytest.raises(CoreError, match=r"embedded have no classifier.* --weights imagenet"):
            refuse()
    headless = {name: one for name, one in state.items() if "classifier.6" not in name}
    with pytest.raises(CoreError, match="seeded have no classifier"):
        open_network(headless).require_classes()
    with pytest.raises(CoreError, match="embedded have no fc1"):
        embedded.connect(np.ones((1, 512, 7, 7), dtype=np.float32), "fc1")


def test_weights_with_classes_of_their_own_are_refused(open_network, state):
    own = state | {"classifier.6.weight": torch.zeros(10, 4096)}
    with pytest.raises(CoreError, match=r"classes of their own \(10\)"):
        open_network(own).require_classes()


def test_only_what_is_asked_for_is_loaded(open_network, state, monkeypatch):
    network = open_network(state)
    network.maps_of(squares_of(network, 1), "conv1_1")
    monkeypatch.setattr(full_network, "load_state", None)  # loading again would fail
    network.all_maps(squares_of(network, 1)[0])
    with pytest.raises(TypeError):
        network.connect(np.ones((1, 512, 7, 7), dtype=np.float32), "fc1")
