"""What a training leaves: weights in half precision, and the card that says what they are."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import torch

from core.device import Device
from core.network.download import file_digest
from core.whole_files import write_whole
from training.image_folder import TrainingSet
from training.loop import Training, see
from training.network import fold, halve, verify
from training.options import TrainingParams

_LOOKED_AT = 32


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of trained weights.

    Attributes:
        top_1: the share of held-out images whose class is named first; NaN without any.
        folding: how far folding and half precision moved any feature, as a share of the largest.
        steps: how many were done, and of how many.
        quality: the lines of the table of `tools/embedding_quality.py`; none: not measured.
    """

    top_1: float
    folding: float
    steps: tuple[int, int]
    quality: Sequence[str] = ()


def write_weights(file: Path, training: Training, data: TrainingSet) -> Figures:
    """Fold, verify and write the averaged weights, in place of those of the same name.

    Raises:
        CoreError: they do not survive it, or cannot be written.
    """
    from safetensors.torch import save  # noqa: PLC0415 - imports torch

    half, folding = fold_and_verify(training, data)
    # One key: several are written in an order that changes.
    facts = {"groupsight": json.dumps({"data": data.name, **asdict(training.params)})}
    write_whole(file, save(half, facts), replace=True)
    steps = (training.step, training.schedule.n_steps)
    return Figures(training.judge(data.held_out), folding, steps)


def fold_and_verify(training: Training, data: TrainingSet) -> tuple[dict[str, torch.Tensor], float]:
    """The weights in half precision, and how far they are from the trained ones on real images.

    Raises:
        CoreError: they do not fit half precision, or give other features.
    """
    kept = training.kept
    half = halve(fold(kept))
    images = see(data.train.pixels[:_LOOKED_AT], training.params.size)
    return half, verify(kept, half, images)


def describe(
    file: Path, data: TrainingSet, params: TrainingParams, device: Device, figures: Figures
) -> str:
    """The model card of a file of weights, in Markdown."""
    step, n_steps = figures.steps
    unfinished = "" if step == n_steps else f" **Stopped at step {step:,} of {n_steps:,}.**"
    return "\n".join(
        [
            f"# {file.name}: model card",
            "The convolution stack of VGG-16 (torchvision's `vgg16().features`), trained from "
            "scratch by `tools/train_embedded.py`; batch norm folded into the convolutions; half "
            f"precision; {file.stat().st_size:,} bytes; SHA-256 `{file_digest(file)}`. Keys are "
            "torchvision's. No classifier.",
            "",
            f"- **Made**: {date.today().isoformat()}, {_device(device)}.{unfinished}",
            f"- **Data**: {_data(data)}",
            f"- **Training**: {_options(params)}",
            f"- **Input**: {params.size} x {params.size} RGB (bicubic), scaled to [0, 1], "
            "ImageNet mean and standard deviation.",
            f"- **Top-1 on held-out images**: {_top_1(data, figures)}",
            f"- **Folding and half precision** move a feature by at most {figures.folding:.2%} of "
            "the largest.",
            "",
            *_quality(figures),
            "",
        ]
    )


def _device(device: Device) -> str:
    name = torch.cuda.get_device_name() if device.kind == "cuda" else "CPU"
    return f"{name}, {device.precision}, torch {torch.__version__}"


def _data(data: TrainingSet) -> str:
    side = data.train.pixels.shape[1]
    left_out = f"; {len(data.left_out):,} could not be used" if data.left_out else ""
    return (
        f"{data.name}: {len(data.train):,} images of {len(data.classes)} classes, kept at "
        f"{side} x {side}{left_out}."
    )


def _options(params: TrainingParams) -> str:
    options = asdict(params)
    changes = options.pop("augmentation")
    return ", ".join(f"{name} {value}" for name, value in {**options, **changes}.items()) + "."


def _top_1(data: TrainingSet, figures: Figures) -> str:
    if math.isnan(figures.top_1):
        return "not measured, none were held out."
    return f"{figures.top_1:.1%} of {len(data.held_out):,}, {len(data.classes)} classes."


def _quality(figures: Figures) -> list[str]:
    if not figures.quality:
        return ["How well features group was not measured: `python tools/embedding_quality.py`."]
    return [
        "How well features group, by `python tools/embedding_quality.py` (its protocol is there):",
        "",
        *figures.quality,
    ]
