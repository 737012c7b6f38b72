"""torchvision's own data sets, downloaded by torchvision."""

import contextlib
import inspect
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import platformdirs
from PIL import Image

from core.errors import CoreError
from core.pictures.decoding import ImageProblem, portable_pixmap
from core.sources.base import Entry, Source


@dataclass(frozen=True)
class TorchvisionSource(Source):
    """One of torchvision's own data sets, which yields (PIL image, class) pairs."""

    name: str
    entries: Sequence[Entry]
    dataset: Any = field(repr=False)
    _lock: Any = field(default_factory=threading.Lock, repr=False, compare=False)

    def read(self, position: int) -> bytes:
        """One image as a PGM or PPM file. One at a time: data sets need not be thread-safe."""
        try:
            with self._lock:
                image = self.dataset[position][0]
        except Exception as error:  # each data set fails in its own way
            reason = " ".join(str(error).split()) or type(error).__name__
            raise ImageProblem(f"{self.name} cannot read it: {reason}") from error
        if not isinstance(image, Image.Image):
            raise ImageProblem(f"{self.name} yields {type(image).__name__}, not images")
        plain = image if image.mode in {"L", "RGB"} else image.convert("RGB")
        return portable_pixmap(np.asarray(plain))


def open_torchvision(spec: str) -> TorchvisionSource:
    """The data set that `NAME` or `NAME:SPLIT` stands for, downloaded where it is not there yet.

    Raises:
        CoreError: torchvision has no such data set, or cannot provide it.
    """
    from torchvision import datasets  # noqa: PLC0415 - takes seconds to import

    name, _, split = spec.partition(":")
    kind = getattr(datasets, name, None)
    if not (inspect.isclass(kind) and issubclass(kind, datasets.VisionDataset)):
        raise CoreError(f"torchvision has no data set named {name!r}: see torchvision.datasets")
    arguments = _torchvision_arguments(kind, spec, split)
    try:
        # Its progress belongs on stderr: stdout is for data.
        with contextlib.redirect_stdout(sys.stderr):
            dataset = kind(**arguments)
        labels = _torchvision_labels(dataset)
    except Exception as error:  # each data set fails in its own way
        reason = " ".join(str(error).split())
        raise CoreError(f"torchvision could not provide {spec}: {reason}. Try again") from error
    entries = tuple(Entry(f"{name}/{i:06}", label) for i, label in enumerate(labels))
    return TorchvisionSource(f"torchvision:{spec}", entries, dataset)


def _torchvision_arguments(kind: type, spec: str, split: str) -> dict[str, Any]:
    accepted = inspect.signature(kind).parameters
    root = platformdirs.user_cache_path("groupsight") / "torchvision"
    arguments: dict[str, Any] = {"root": str(root), "download": True}
    if split and "split" in accepted:
        arguments["split"] = split
    elif split in {"train", "test"} and "train" in accepted:
        arguments["train"] = split == "train"
    elif split:
        raise CoreError(
            f"torchvision:{spec}: this data set has no part named {split!r}, leave it out"
        )
    return {key: value for key, value in arguments.items() if key in accepted}


def _torchvision_labels(dataset: Any) -> list[str | None]:
    """Labels where the data set lists them; reading every image for its class would take hours."""
    listed = [name for name in ("targets", "labels", "_labels") if hasattr(dataset, name)]
    if not listed:
        return [None] * len(dataset)
    classes = getattr(dataset, "classes", None)
    try:
        numbers = [int(value) for value in getattr(dataset, listed[0])]
    except (TypeError, ValueError):  # annotations, or several values an image: no single class
        return [None] * len(dataset)
    return [_class_name(number, classes) for number in numbers]


def _class_name(number: int, classes: Sequence[Any] | None) -> str | None:
    if number < 0:  # STL10's mark of an unlabelled image
        return None
    name = classes[number] if classes else number
    return ", ".join(name) if isinstance(name, tuple) else str(name)
