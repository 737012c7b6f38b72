"""What every source is: rows in a fixed order, and the bytes of each."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.images import ImageRecord, Seen

if TYPE_CHECKING:
    from core.shards.making import ShardRecipe

from core.images import identify

LABEL_COLUMN = "label"


@dataclass(frozen=True, slots=True)
class Entry:
    r"""One row of a source: its path as text, its label, and where it lies on disk, if it does.

    Bytes of a file name that are not UTF-8 stand in `path` as \xNN.
    """

    path: str
    label: str | None = None
    file: Path | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """Features (n_features,) that a source holds already, by id, and what it knows beside."""

    features: dict[str, NDArray[np.floating]]
    seen: dict[str, Seen]


class Source(ABC):
    """Entries in a fixed order, and the bytes of each."""

    name: str
    entries: Sequence[Entry]
    passed_over: int = 0
    """Files that were met but do not look like images."""
    sample: str = ""
    """Which part of a larger whole the entries are, in words; empty where they are all."""
    made_by: "ShardRecipe | None" = None
    """What made the features that the source holds; None where it holds images alone."""

    @property
    def table(self) -> pd.DataFrame:
        """The source's own columns, one row an entry, all as text."""
        columns = {
            "path": [entry.path for entry in self.entries],
            "ImageID": [Path(entry.path).stem for entry in self.entries],
        }
        if any(entry.label is not None for entry in self.entries):
            columns[LABEL_COLUMN] = [entry.label or "" for entry in self.entries]
        return pd.DataFrame(columns, dtype=str)

    @property
    def records(self) -> tuple[ImageRecord, ...] | None:
        """The entries with their ids, where these are known without reading; else None."""
        return None

    def give(self, fingerprint: str, ids: Sequence[str]) -> Iterator[Given] | None:
        """The features of these images, some at a time; None where it holds none of that recipe.

        Raises:
            CoreError: they cannot be read.
        """
        del fingerprint, ids
        return None

    def thumbnails(self, ids: Sequence[str]) -> Iterator[dict[str, Seen]]:
        """The small JPEGs that it holds of these images, some at a time, others among them.

        Raises:
            CoreError: they cannot be read.
        """
        del ids
        return iter(())

    @abstractmethod
    def read(self, position: int) -> bytes:
        """The bytes of the image at `position`.

        Raises:
            ImageProblem: there are none, and why.
        """

    def identify(self, position: int) -> str:
        """The id of the image at `position`.

        Raises:
            ImageProblem: there are no bytes, and why.
        """
        return identify(self.read(position))


def as_text(path: Path | str) -> str:
    r"""A path that can be shown and written anywhere: bytes that are not UTF-8 become \xNN."""
    text = path if isinstance(path, str) else path.as_posix()
    return os.fsencode(text).decode("utf-8", "backslashreplace")
