"""Which weights are taken, where their file lies, and which files are refused."""

import pickle
import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torchvision.models import VGG16_Weights

from core.errors import Cancelled, CoreError
from core.network import pretrained
from core.network.download import file_digest
from core.network.layers import LAYERS, Cut
from core.network.pretrained import EMBEDDED_FILE, Suited, find_weights, imagenet_file, load_state
from core.network.vgg import build_network

IMAGENET = "vgg16-397923af.pth"
GENUINE = "397923af" + "0" * 56


def genuine(file):
    """A digest as that of torchvision's file, whose name begins it."""
    return GENUINE


@pytest.fixture
def torch_home(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "torch"


@pytest.fixture
def on_disk(torch_home):
    """A file that lies where torchvision's weights lie."""
    file = torch_home / "hub" / "checkpoints" / IMAGENET
    file.parent.mkdir(parents=True)
    file.write_bytes(b"weights")
    return file


def refuse_download(monkeypatch, error):
    def refuse(*args, **kwargs):
        raise error

    monkeypatch.setattr(pretrained, "download", refuse)


def few_weights():
    """Names as torchvision's up to conv4, each with a value of its own."""
    names = ("features.0.weight", "features.14.weight", "features.21.weight")
    return {name: torch.full((2, 2), float(i)) for i, name in enumerate(names)}


def assert_loads(file, expected):
    loaded = load_state(find_weights(str(file)))
    assert set(loaded) == set(expected)
    assert all(torch.equal(loaded[name], expected[name]) for name in expected)


# The embedded weights.


def test_the_embedded_weights_are_those_of_their_model_card():
    card = (EMBEDDED_FILE.parent / "README.md").read_text(encoding="utf-8")
    [promised] = re.findall(r"SHA-256 `([0-9a-f]{64})`", card)
    assert find_weights("embedded").sha256 == promised
    assert file_digest(EMBEDDED_FILE) == promised


def test_embedded_weights_that_a_disk_has_damaged_are_not_used():
    with pytest.raises(CoreError, match="damaged: install Groupsight again"):
        find_weights("embedded", digest=lambda _: "0" * 64)


def test_the_embedded_weights_reach_to_every_layer_they_name():
    weights = find_weights("embedded")
    assert weights.layers == ("conv3", "conv4", "conv5")
    state = load_state(weights)
    for layer in weights.layers:
        assert build_network(state, Cut(layer))(torch.zeros(1, 3, 32, 32)).isfinite().all()


# ImageNet's weights.


def test_imagenets_weights_are_torchvisions():
    assert VGG16_Weights.IMAGENET1K_V1.url == pretrained._IMAGENET_URL


@pytest.mark.parametrize("variable", ["TORCH_HOME", "XDG_CACHE_HOME", None])
def test_imagenets_weights_lie_where_torch_keeps_them(variable, tmp_path, monkeypatch):
    for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path))
    assert imagenet_file() == Path(torch.hub.get_dir()) / "checkpoints" / IMAGENET


def test_torch_home_comes_before_the_cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert imagenet_file() == Path(torch.hub.get_dir()) / "checkpoints" / IMAGENET


def test_imagenets_weights_on_disk_are_not_fetched(on_disk, monkeypatch):
    refuse_download(monkeypatch, AssertionError("fetched"))
    weights = find_weights("imagenet", digest=genuine)
    assert (weights.name, weights.file, weights.sha256) == ("imagenet", on_disk, GENUINE)
    assert weights.layers == tuple(LAYERS)
    assert weights.reason == ""


def test_imagenets_weights_are_fetched_where_they_are_missing(torch_home, monkeypatch):
    asked = []

    def fetch(url, target, *, sha256_prefix, watch):
        asked.append((url, target, sha256_prefix))

    monkeypatch.setattr(pretrained, "download", fetch)
    weights = find_weights("imagenet", digest=genuine)
    target = torch_home / "hub" / "checkpoints" / IMAGENET
    assert asked == [(VGG16_Weights.IMAGENET1K_V1.url, target, "397923af")]
    assert weights.file == target


def test_damaged_imagenet_weights_are_not_used(on_disk):
    with pytest.raises(CoreError, match=f"{IMAGENET} is damaged: delete it"):
        find_weights("imagenet")


# What auto takes.


def test_auto_takes_imagenets_weights_where_they_lie_on_disk(on_disk):
    weights = find_weights("auto", digest=genuine)
    assert (weights.name, weights.file) == ("imagenet", on_disk)
    assert weights.reason == "they are on this machine"


def test_auto_takes_the_embedded_weights_where_nothing_can_be_fetched(torch_home, monkeypatch):
    refuse_download(monkeypatch, CoreError("there is no network"))
    weights = find_weights("auto")
    assert (weights.name, weights.file) == ("embedded", EMBEDDED_FILE)
    assert weights.layers == ("conv3", "conv4", "conv5")
    assert "there is no network" in weights.reason


def test_auto_says_that_imagenets_weights_are_damaged(on_disk):
    weights = find_weights("auto")
    assert weights.name == "embedded"
    assert "is damaged" in weights.reason


def test_auto_takes_the_embedded_weights_where_torch_has_no_folder(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "file"))
    assert find_weights("auto").name == "embedded"


def test_a_stopped_download_is_no_reason_to_take_other_weights(torch_home, monkeypatch):
    refuse_download(monkeypatch, Cancelled("stopped"))
    with pytest.raises(Cancelled):
        find_weights("auto")


# Files of the user's own.


def test_a_pth_file_is_read(tmp_path):
    torch.save(few_weights(), tmp_path / "own.pth")
    weights = find_weights(str(tmp_path / "own.pth"))
    assert weights.name == "own.pth"
    assert weights.sha256 == file_digest(tmp_path / "own.pth")
    assert weights.layers == ("conv3", "conv4")
    assert_loads(tmp_path / "own.pth", few_weights())


def test_what_a_training_script_wraps_around_the_weights_is_undone(tmp_path):
    inner = {f"module.{name}": tensor for name, tensor in few_weights().items()}
    torch.save({"state_dict": inner, "epoch": 3}, tmp_path / "checkpoint.pth")
    assert_loads(tmp_path / "checkpoint.pth", few_weights())


def test_a_safetensors_file_is_read(tmp_path):
    save_file(few_weights(), tmp_path / "own.safetensors")
    assert find_weights(str(tmp_path / "own.safetensors")).layers == ("conv3", "conv4")
    assert_loads(tmp_path / "own.safetensors", few_weights())


def test_a_path_may_begin_at_the_users_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    save_file(few_weights(), tmp_path / "own.safetensors")
    assert find_weights("~/own.safetensors").file == tmp_path / "own.safetensors"


class _Touch:
    """Pickled, it asks whoever reads it to make a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_pickle_that_would_run_code_does_not_run(tmp_path):
    trace = tmp_path / "it-ran"
    pickle.loads(pickle.dumps(_Touch(trace)))  # noqa: S301 - proves that it would
    assert trace.exists()
    trace.unlink()
    torch.save({"features.14.weight": _Touch(trace)}, tmp_path / "hostile.pth")
    with pytest.raises(CoreError, match=r"hostile\.pth cannot be read as weights"):
        find_weights(str(tmp_path / "hostile.pth"))
    assert not trace.exists()


@pytest.mark.parametrize("name", ["text.pth", "text.safetensors", "text.bin"])
def test_a_text_is_refused_whatever_it_is_called(tmp_path, name):
    (tmp_path / name).write_text("features.14.weight")
    with pytest.raises(CoreError, match=f"{name} cannot be read as") as caught:
        find_weights(str(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_a_file_without_vggs_names_is_refused(tmp_path):
    save_file({"layer1.0.conv1.weight": torch.zeros(2)}, tmp_path / "resnet.safetensors")
    with pytest.raises(CoreError, match=r"no VGG-16 weights: .* features\.0\.weight"):
        find_weights(str(tmp_path / "resnet.safetensors"))


def test_a_file_of_one_tensor_is_refused(tmp_path):
    torch.save(torch.zeros(3), tmp_path / "tensor.pth")
    with pytest.raises(CoreError, match="holds Tensor, not the weights of a network"):
        find_weights(str(tmp_path / "tensor.pth"))


def test_a_missing_file_is_named_beside_the_known_names(tmp_path):
    with pytest.raises(
        CoreError, match=r"none\.pth\. Name a file that is there, auto, imagenet or embedded"
    ):
        find_weights(str(tmp_path / "none.pth"))


def test_the_home_of_nobody_holds_no_weights():
    with pytest.raises(CoreError, match="no such weights: '~nobody-of-that-name/own"):
        find_weights("~nobody-of-that-name/own.pth")


# What suits the weights.


def test_the_embedded_weights_suit_digits_otherwise_than_photographs():
    weights = find_weights("embedded")
    assert weights.suited("digits") == Suited("conv4", 2, "embedded", 64, "l2")
    assert weights.suited("photos") == Suited("conv5", 1, "embedded", 64, "l2")


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        (8, ("conv4", 2, 32)),
        (32, ("conv4", 2, 32)),
        (33, ("conv5", 1, 64)),
        (None, ("conv5", 1, 64)),
    ],
)
def test_the_embedded_weights_do_not_see_small_pictures_enlarged(side, expected):
    suited = find_weights("embedded").suited("photos", lambda: side)
    assert (suited.layer, suited.grid, suited.size) == expected


def test_the_digits_are_known_without_a_look():
    def measure():
        raise AssertionError

    assert find_weights("embedded").suited("digits", measure).size == 64


def test_imagenets_weights_suit_the_first_connected_layer(on_disk):
    weights = find_weights("imagenet", digest=genuine)
    assert weights.suited("digits") == Suited("fc1", 1, "imagenet", 224, "l2")


def test_a_file_without_connected_layers_suits_its_deepest_block(tmp_path):
    save_file(few_weights(), tmp_path / "own.safetensors")
    weights = find_weights(str(tmp_path / "own.safetensors"))
    assert weights.suited("photos") == Suited("conv4", 1, "imagenet", 224, "l2")
