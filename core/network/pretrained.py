"""Weights: which there are, where their file lies, and what suits them.

`imagenet` is torchvision's download, `embedded` comes with Groupsight, anything else is a file
of the user's own. Torch is imported only to read a file, never to find one.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError, safe_open

from core.addresses import expand, expand_home
from core.errors import CoreError
from core.network.download import download, file_digest
from core.network.layers import LAYERS, available_layers
from core.network.transforms import TRANSFORMS
from core.progress import Watch

if TYPE_CHECKING:
    import torch

EMBEDDED_FILE = Path(__file__).parents[1] / "weights" / "vgg16-tiny-imagenet.safetensors"
_EMBEDDED_SHA256 = "67d99a162ada51e84cca529055e3ec4baec41245efe3ad8bfe29860e5d4622a1"
"""As the model card has it; a test holds the two together."""
IMAGENET_PREFIX = "397923af"
"""With what the SHA-256 of ImageNet's weights begins."""
_IMAGENET_FILE = f"vgg16-{IMAGENET_PREFIX}.pth"
_IMAGENET_URL = f"https://download.pytorch.org/models/{_IMAGENET_FILE}"
"""torchvision's `VGG16_Weights.IMAGENET1K_V1`; a test holds the two together."""

NAMED_WEIGHTS = ("auto", "imagenet", "embedded")
"""Every other name is that of a file."""

Digest = Callable[[Path], str]
MeasureSide = Callable[[], int | None]


@dataclass(frozen=True, slots=True)
class Suited:
    """What suits a set of weights unless the user says otherwise."""

    layer: str
    grid: int
    transform: str
    size: int
    normalize: str = "l2"


@dataclass(frozen=True, slots=True)
class Weights:
    """One set of weights, found on disk and identified by the SHA-256 of its file.

    `reason` says why `auto` took these; it is empty where they were asked for by name. `absent`
    is empty but where features are there that the weights made, and the weights are not: it says
    what to do.
    """

    name: str
    file: Path
    sha256: str
    layers: tuple[str, ...]
    reason: str = ""
    absent: str = ""

    def suited(self, source: str, measure_side: MeasureSide = lambda: None) -> Suited:
        """What is chosen for a source, as the model card has it.

        Args:
            source: its name.
            measure_side: how large its images are as a rule, in pixels, or None; asked where it
                matters.
        """
        if self.name == "embedded":
            return _DIGITS if source == "digits" else _suit_side(measure_side())
        layer = "fc1" if "fc1" in self.layers else self.layers[-1]
        return Suited(layer, 1, "imagenet", TRANSFORMS["imagenet"])


_EMBEDDED = Suited("conv5", 1, "embedded", TRANSFORMS["embedded"])
_DIGITS = Suited("conv4", 2, "embedded", TRANSFORMS["embedded"])
_SMALL = Suited("conv4", 2, "embedded", 32)
"""Enlarged, small pictures are a blur to these weights."""


def _suit_side(side: int | None) -> Suited:
    return _SMALL if side is not None and side <= _SMALL.size else _EMBEDDED


def find_weights(
    name: str,
    *,
    digest: Digest = file_digest,
    watch: Watch = Watch(),  # noqa: B008 - frozen
) -> Weights:
    """The weights of that name; `imagenet` is fetched where it is not on disk.

    Args:
        name: `auto`, `imagenet`, `embedded`, or a `.pth` or `.safetensors` file.
        digest: how a file's SHA-256 is found; a cache may know it already.
        watch: told of a download's progress.

    Raises:
        CoreError: there are no such weights, or they cannot be fetched.
    """
    if name == "auto":
        return _choose(digest, watch)
    if name == "imagenet":
        return _imagenet(digest, watch)
    if name == "embedded":
        return _embedded(digest)
    return _from_file(expand(name, "weights"), digest)


def _choose(digest: Digest, watch: Watch) -> Weights:
    try:
        found = _imagenet(digest, watch)
    except CoreError as error:
        embedded = find_weights("embedded", digest=digest)
        return _because(embedded, f"ImageNet's weights are not to be had: {error}")
    return _because(found, "they are on this machine")


def _because(weights: Weights, reason: str) -> Weights:
    return Weights(weights.name, weights.file, weights.sha256, weights.layers, reason)


def imagenet_file() -> Path:
    """Where torch keeps torchvision's ImageNet weights; it need not be there.

    The folder is that of `torch.hub.get_dir`, found without importing torch.
    """
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("TORCH_HOME", f"{cache}/torch")
    return expand_home(home, "folder for torch's files") / "hub" / "checkpoints" / _IMAGENET_FILE


def _embedded(digest: Digest) -> Weights:
    sha256 = digest(EMBEDDED_FILE)
    if sha256 != _EMBEDDED_SHA256:
        raise CoreError(f"{EMBEDDED_FILE} is damaged: install Groupsight again")
    return Weights("embedded", EMBEDDED_FILE, sha256, ("conv3", "conv4", "conv5"))


def _imagenet(digest: Digest, watch: Watch) -> Weights:
    file = imagenet_file()
    prefix = file.stem.rpartition("-")[2]
    if not file.exists():
        download(_IMAGENET_URL, file, sha256_prefix=prefix, watch=watch)
    sha256 = digest(file)
    if not sha256.startswith(prefix):
        raise CoreError(f"{file} is damaged: delete it, and it is fetched again")
    return Weights("imagenet", file, sha256, tuple(LAYERS))


def _from_file(file: Path, digest: Digest) -> Weights:
    if not file.is_file():
        raise CoreError(
            f"no such weights: {file}. Name a file that is there, auto, imagenet or embedded"
        )
    layers = available_layers(_names(file))
    if not layers:
        raise CoreError(
            f"{file} holds no VGG-16 weights: name a file with torchvision's names, such as "
            "features.0.weight"
        )
    return Weights(file.name, file, digest(file), layers)


def _names(file: Path) -> set[str]:
    if file.suffix != ".safetensors":
        return set(_load_pickle(file))
    try:
        with safe_open(file, framework="numpy") as tensors:
            return set(tensors.keys())
    except (SafetensorError, OSError) as error:
        raise CoreError(f"{file} cannot be read as safetensors: {error}. Name another") from error


def load_state(weights: Weights) -> Mapping[str, "torch.Tensor"]:
    """The weights themselves, under torchvision's names, on the CPU.

    Raises:
        CoreError: the file cannot be read, or is absent.
    """
    if weights.absent:
        raise CoreError(weights.absent)
    if weights.file.suffix != ".safetensors":
        return _load_pickle(weights.file)
    from safetensors.torch import load_file  # noqa: PLC0415 - imports torch

    try:
        return load_file(weights.file)
    except (SafetensorError, OSError) as error:
        raise CoreError(
            f"{weights.file} cannot be read as safetensors: {error}. Name another"
        ) from error


def _load_pickle(file: Path) -> dict[str, "torch.Tensor"]:
    """A `.pth` file, with `weights_only=True`: a pickle may not run code here."""
    import torch  # noqa: PLC0415 - slow to import

    try:
        loaded = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises what unpickling raises
        reason = str(error).strip().partition("\n")[0]
        raise CoreError(
            f"{file} cannot be read as weights (.pth): {reason}. Name another"
        ) from error
    return _plain(loaded, file)


def _plain(loaded: Any, file: Path) -> dict[str, "torch.Tensor"]:
    """Undo what training scripts wrap around a state dict: a `state_dict` key, a `module.`."""
    if isinstance(loaded, dict) and "state_dict" in loaded:
        loaded = loaded["state_dict"]
    if not isinstance(loaded, dict):
        found = type(loaded).__name__
        raise CoreError(f"{file} holds {found}, not the weights of a network: name another file")
    return {str(name).removeprefix("module."): weight for name, weight in loaded.items()}
