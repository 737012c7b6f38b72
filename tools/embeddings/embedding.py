"""Features of a labelled set as the program makes them, and those that any weights must beat."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.cache import Cache
from core.network.download import file_digest
from core.network.pretrained import find_weights
from core.network.transforms import TRANSFORMS, Transform
from core.pictures.decoding import ImageProblem, decode
from core.pictures.native_side import measure_side
from core.recipe import StudyParams
from core.reduction import ReductionParams, reduce_features
from core.sources import open_source
from core.study import open_study
from embeddings.labelled_sets import LabelledSet

_SIDE = TRANSFORMS["embedded"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Where the network is cut, the side in pixels of the square that it sees, and the scaling."""

    layer: str
    grid: int
    size: int
    normalize: str = "l2"

    def __str__(self) -> str:
        return f"{self.layer} {self.grid}x{self.grid}, {self.size} px, {self.normalize}"


@dataclass(frozen=True, slots=True)
class Embedded:
    """Prepared features float32 (n, d) of n readable images, and the label of each."""

    values: NDArray[np.float32]
    labels: list[str]


def suited_choice(one: LabelledSet) -> Choice:
    """What the embedded weights are used with on a set unless the user says otherwise."""
    source = open_source(one.source, images=one.images)
    weights = find_weights("embedded", digest=file_digest)
    suited = weights.suited(one.source, lambda: measure_side(source))
    return Choice(suited.layer, suited.grid, suited.size, suited.normalize)


def embed(
    one: LabelledSet, weights: str, cache: Cache, *, choice: Choice | None, device: str = "auto"
) -> Embedded:
    """The prepared features of a set: by the program's own extraction, normalised, PCA-256.

    Args:
        one: the set.
        weights: `embedded`, `imagenet`, or a file.
        cache: where features go on their way.
        choice: the layer, grid, size and normalisation; None: what suits the weights.
        device: `auto`, `cpu`, `cuda` or `mps`.

    Raises:
        CoreError: the set or the weights cannot be read.
    """
    cut: dict[str, Any] = {}
    if choice is not None:
        cut = asdict(choice) | {"transform": "embedded"}
    params = StudyParams(one.source, images=one.images, weights=weights, device=device, **cut)
    study = open_study(params, cache)
    study.extract()
    return Embedded(study.row_values, [label or "" for label in study.labels])


def embed_pixels(one: LabelledSet) -> Embedded:
    """The pixels that the network would see, 64 x 64, prepared like features."""
    source, transform = open_source(one.source, images=one.images), Transform("embedded", _SIDE)
    squares, labels = [], []
    for position, entry in enumerate(source.entries):
        try:
            image = decode(source.read(position))
        except ImageProblem:
            continue
        squares.append(transform.cut(np.asarray(image)).ravel())
        labels.append(entry.label or "")
    values = np.stack(squares).astype(np.float32) / np.float32(255)  # (n, 64 * 64 * 3)
    return Embedded(reduce_features(values, ReductionParams()).values, labels)


def draw_random_weights(folder: Path, *, seed: int) -> Path:
    """A file of VGG-16's convolutions as nobody has trained them (He et al., 2015)."""
    import torch  # noqa: PLC0415 - slow to import
    from safetensors.torch import save_file  # noqa: PLC0415 - imports torch
    from torchvision.models import vgg16  # noqa: PLC0415 - slow to import

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        with torch.device("meta"):
            shapes = vgg16(init_weights=False).features.state_dict()
        state = {f"features.{name}": torch.zeros(one.shape) for name, one in shapes.items()}
        for weight in (one for one in state.values() if one.ndim > 1):
            torch.nn.init.kaiming_normal_(weight, mode="fan_out", nonlinearity="relu")
    file = folder / "random.safetensors"
    save_file(state, file)
    return file
