"""The sets that weights are judged by: none of them may be trained on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.errors import CoreError

TINY_CLASSES = 10
TINY_SEED = 0


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A source of labelled images as `core.study.open_study` takes it.

    Attributes:
        name: what the table calls it.
        source: `digits`, a folder with a subfolder for each label, or a CSV file.
        images: for a CSV file, the folder in which its images lie.
    """

    name: str
    source: str
    images: Path | None = None


DIGITS = LabelledSet("digits", "digits")


def gather_sets(
    folders: Sequence[tuple[str, Path]], tiny: Path | None, scratch: Path
) -> list[LabelledSet]:
    """The digits, each named folder, and of Tiny-ImageNet's validation set ten classes.

    Args:
        folders: a name and a folder with a subfolder for each label.
        tiny: Tiny-ImageNet's own folder, or none.
        scratch: where the list of its validation images is written.

    Raises:
        CoreError: a folder is not there, or is no Tiny-ImageNet.
    """
    sets = [DIGITS]
    for name, folder in folders:
        if not folder.is_dir():
            raise CoreError(f"no folder {folder}: {name} needs one with a subfolder a class")
        sets.append(LabelledSet(name, str(folder)))
    return sets if tiny is None else [*sets, draw_tiny(tiny, scratch)]


def draw_tiny(folder: Path, scratch: Path) -> LabelledSet:
    """Ten classes of Tiny-ImageNet's validation set, drawn with seed 0 from its sorted names.

    Raises:
        CoreError: the folder has no `val/val_annotations.txt`.
    """
    table = read_annotations(folder)
    classes = sorted(table["label"].unique())
    count = min(TINY_CLASSES, len(classes))
    drawn = np.random.default_rng(TINY_SEED).choice(classes, count, replace=False)
    manifest = scratch / "tiny-imagenet.csv"
    table[table["label"].isin(drawn)].to_csv(manifest, index=False)
    name = f"Tiny-ImageNet validation, {count} classes"
    return LabelledSet(name, str(manifest), folder / "val" / "images")


def read_annotations(folder: Path) -> pd.DataFrame:
    """Tiny-ImageNet's validation images: the columns `path` and `label`.

    Raises:
        CoreError: the folder has no `val/val_annotations.txt`, or it is not a table.
    """
    file = folder / "val" / "val_annotations.txt"
    try:
        table = pd.read_csv(file, sep="\t", header=None, usecols=[0, 1], dtype=str)
    except (OSError, ValueError) as error:
        raise CoreError(
            f"{folder} is not laid out as Tiny-ImageNet: val/val_annotations.txt with a name and a "
            f"class a line was expected ({error})"
        ) from error
    return table.set_axis(["path", "label"], axis=1)
