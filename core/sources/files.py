"""Sources whose images are files on disk: a folder, or what a CSV manifest names."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from core.pictures.decoding import ImageProblem
from core.sources.base import Entry, Source, as_text
from core.sources.roots import EVERYWHERE, Roots

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe must not be waited for while it is opened."""


@dataclass(frozen=True)
class FileSource(Source):
    """Images that are files: what a folder or a manifest names."""

    name: str
    entries: Sequence[Entry]
    passed_over: int = 0
    own_table: pd.DataFrame | None = field(default=None, repr=False, compare=False)
    roots: Roots = EVERYWHERE
    """Below which a file must lie, its links resolved: a manifest may name any."""

    @property
    def table(self) -> pd.DataFrame:
        """The manifest's own columns; for a folder `path`, `ImageID` and, where known, `label`."""
        return super().table if self.own_table is None else self.own_table

    def read(self, position: int) -> bytes:
        """The bytes of one file; only regular files are opened, so that none can block."""
        entry = self.entries[position]
        if entry.file is None:
            raise ImageProblem(entry.problem or "names no file")
        if not self.roots.hold(entry.file):
            raise ImageProblem("lies outside of the folders that may be opened")
        try:
            return _read_regular(entry.file)
        except FileNotFoundError as error:
            raise ImageProblem(f"no such file: {as_text(entry.file)}") from error
        except OSError as error:
            raise ImageProblem(f"cannot be read: {error.strerror or error}") from error


def _read_regular(file: Path) -> bytes:
    descriptor = os.open(file, _FLAGS)  # a Path's own `read_bytes` takes half as long again
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ImageProblem("not a regular file")
        with open(descriptor, "rb", buffering=0, closefd=False) as opened:
            return opened.read()
    finally:
        os.close(descriptor)
