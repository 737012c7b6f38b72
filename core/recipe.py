"""From what a user asked for to what is done: every `auto` and every default decided."""

from dataclasses import dataclass
from pathlib import Path

from core.cache import fingerprint
from core.device import Device, check_jpeg_decoder, choose_device
from core.errors import CoreError, check_seed
from core.network.layers import Cut
from core.network.pretrained import MeasureSide, Weights
from core.network.transforms import TRANSFORMS, Transform
from core.reduction import ReductionParams

CODE_VERSION = 2
"""Raised whenever a change in decoding, transforms or the network alters what comes out."""


@dataclass(frozen=True, slots=True)
class StudyParams:
    """What a user asks for. None means: what suits the weights and the source.

    Attributes:
        source: a folder, a CSV manifest, `digits`, `torchvision:NAME[:SPLIT]`, or
            `parquet:ADDRESS`.
        images: for a manifest, the folder in which its images lie.
        labels: whether the names of a folder's first subfolders are taken as labels.
        weights: `auto`, `imagenet`, `embedded`, or a `.pth` or `.safetensors` file.
        layer: `conv3`, `conv4`, `conv5`, `fc1` or `fc2`.
        grid: side of the grid to which a convolution block is averaged, 1 or 2.
        transform: `imagenet`, `article` or `embedded`.
        size: side in pixels of the square that the network sees.
        normalize: `l2` or `none`.
        device: `auto`, `cpu`, `cuda` or `mps`.
        precision: `auto`, `fp32` or `bf16`.
        jpeg_decoder: `cpu`, or `cuda` where that is the device: who decodes JPEGs. Pixels differ a
            little between the two, and so do features.
        batch_size: how many images go through the network at once; None: what suits the device.
        reduce: how many principal components are kept; None keeps the features as they are.
        seed: for every random step.
        sample: of a folder of shards that has more rows, so many are drawn and studied.
    """

    source: str
    images: Path | None = None
    labels: bool = True
    weights: str = "auto"
    layer: str | None = None
    grid: int | None = None
    transform: str | None = None
    size: int | None = None
    normalize: str | None = None
    device: str = "auto"
    precision: str = "auto"
    jpeg_decoder: str = "cpu"
    batch_size: int | None = None
    reduce: int | None = 256
    seed: int = 42
    sample: int = 100_000

    def __post_init__(self) -> None:
        if self.batch_size is not None and self.batch_size < 1:
            raise CoreError(f"a batch size of {self.batch_size}: choose at least 1")
        check_seed(self.seed)
        if self.sample < 1:
            raise CoreError(f"a sample of {self.sample} images: choose at least 1")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How images become prepared features; nothing in it is left open.

    `jpeg_decoder` is who decodes JPEGs, the CPU or the device. `code` is the version that made the
    features where that is another than this one.
    """

    weights: Weights
    cut: Cut
    transform: Transform
    device: Device
    reduction: ReductionParams
    code: int | None = None
    jpeg_decoder: str = "cpu"

    @property
    def jpegs_on_device(self) -> bool:
        """Whether the device decodes JPEGs."""
        return self.jpeg_decoder != "cpu"

    @property
    def fingerprint(self) -> str:
        """The key of the features. The kind of device is not part of it: the precision is."""
        # Only where it is not the usual one, under whose keys all of before is kept.
        decoder = {"jpeg_decoder": self.jpeg_decoder} if self.jpegs_on_device else {}
        return fingerprint(
            weights=self.weights.sha256,
            layer=str(self.cut),
            transform=self.transform.name,
            size=self.transform.size,
            precision=self.device.precision,
            code=self.code or CODE_VERSION,
            **decoder,
        )

    def describe(self) -> dict[str, str]:
        """Each choice in words, for display and for exports."""
        cut, transform = self.cut, self.transform
        decoder = {"jpegs": f"decoded by {self.jpeg_decoder}"} if self.jpegs_on_device else {}
        return {
            "weights": f"{self.weights.name} ({self.weights.sha256[:8]})",
            "layer": f"{cut}, {cut.n_features} values",
            "transform": f"{transform.name}, {transform.size} px",
            "precision": f"{self.device.precision} on {self.device.kind}",
            **decoder,
            "normalize": self.reduction.normalize,
        }


def decide(
    params: StudyParams, weights: Weights, measure_side: MeasureSide = lambda: None
) -> Recipe:
    """Fill in what was not asked for by what suits the weights and the source.

    Args:
        params: what was asked for.
        weights: which were found.
        measure_side: how large the images are as a rule, in pixels; None where nobody knows.

    Raises:
        CoreError: what was asked for does not exist, or not with these weights.
    """
    suited = weights.suited(params.source, measure_side)
    layer = suited.layer if params.layer is None else params.layer
    # The suited grid belongs to the suited layer: another layer starts from the whole image.
    suited_grid = suited.grid if layer == suited.layer else 1
    grid = suited_grid if params.grid is None else params.grid
    cut = Cut(layer, grid)
    if layer not in weights.layers:
        raise CoreError(
            f"the weights {weights.name} have no {layer}: choose one of {', '.join(weights.layers)}"
        )
    transform = suited.transform if params.transform is None else params.transform
    # So does the suited size to the suited transform: another one brings its own.
    suited_size = suited.size if transform == suited.transform else TRANSFORMS.get(transform, 0)
    size = suited_size if params.size is None else params.size
    normalize = suited.normalize if params.normalize is None else params.normalize
    device = choose_device(params.device, params.precision)
    check_jpeg_decoder(params.jpeg_decoder, device.kind)
    return Recipe(
        weights,
        cut,
        Transform(transform, size),
        device,
        ReductionParams(normalize, params.reduce, params.seed),
        jpeg_decoder=params.jpeg_decoder,
    )


def refuse_other_decoder(params: StudyParams) -> None:
    """Shards hold features of JPEGs that a CPU has decoded, and no word of it.

    Raises:
        CoreError: another decoder was asked for.
    """
    if params.jpeg_decoder != "cpu":
        raise CoreError(
            f"shards hold what came of JPEGs decoded by the CPU, and asked for is "
            f"{params.jpeg_decoder}: leave --jpeg-decoder out"
        )
