"""What every source is: rows in a fixed order, and the bytes of each."""

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

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


class Source(ABC):
    """Entries in a fixed order, and the bytes of each."""

    name: str
    entries: Sequence[Entry]
    passed_over: int = 0
    """Files that were met but do not look like images."""

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
