"""A training on disk: written whole, and taken up again only by the same training."""

import pickle
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from core.cache import fingerprint
from core.errors import CoreError
from core.whole_files import whole_file
from training.image_folder import TrainingSet
from training.options import TrainingParams

_VERSION = 1
"""Raised whenever the code would go on in another way than it began."""


def identify_training(params: TrainingParams, data: TrainingSet) -> str:
    """A key made of everything that changes what a training gives but the device.

    Of the images that is what they are called and a sum over all their values.
    """
    return fingerprint(
        version=_VERSION,
        params=asdict(params),
        classes=list(data.classes),
        labels=int((data.train.labels * range(1, len(data.train) + 1)).sum()),
        shape=list(data.train.pixels.shape),
        pixels=int(data.train.pixels.sum(dtype="int64")),
    )


def save_checkpoint(file: Path, identity: str, state: dict[str, Any]) -> None:
    """Write the state of a training, in place of an earlier one.

    Raises:
        CoreError: it cannot be written; the earlier one is still there.
    """
    with whole_file(file, replace=True) as opened:
        torch.save({"identity": identity, **state}, opened)


def load_checkpoint(file: Path, identity: str) -> dict[str, Any]:
    """The state of the same training, on the CPU.

    Raises:
        CoreError: there is none, it cannot be read, or it is of another training.
    """
    if not file.is_file():
        raise CoreError(f"there is no {file} to go on with: leave --resume out")
    try:
        state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise CoreError(f"{file} cannot be read: delete it and begin again ({error})") from error
    if state.pop("identity", None) != identity:
        raise CoreError(
            f"{file} belongs to other images or other options: give those it was begun with, or "
            "delete it and begin again"
        )
    return state
