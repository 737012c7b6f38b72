"""Sources whose images are files on disk: a folder, or what a CSV manifest names."""

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from core.pictures.decoding import ImageProblem
from core.pictures.limits import refuse_bytes
from core.sources.base import Entry, Source, as_text
from core.sources.roots import EVERYWHERE, Roots

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe must not be waited for while it is opened."""
_PIECE = 1 << 20


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
        with self._opened(position) as (descriptor, size):
            return b"".join(_pieces(descriptor, size, at_once=size + 1))

    def identify(self, position: int) -> str:
        """The id of one file, read piece by piece: many large ones are not in memory at once."""
        digest = hashlib.sha256()
        with self._opened(position) as (descriptor, size):
            for piece in _pieces(descriptor, size, at_once=_PIECE):
                digest.update(piece)
        return digest.hexdigest()

    @contextmanager
    def _opened(self, position: int) -> Iterator[tuple[int, int]]:
        """The descriptor of one file and its size in bytes."""
        entry = self.entries[position]
        if entry.file is None:
            raise ImageProblem(entry.problem or "names no file")
        if not self.roots.hold(entry.file):
            raise ImageProblem("lies outside of the folders that may be opened")
        with _open(entry.file) as opened:
            yield opened


def read_file(file: Path) -> bytes:
    """The bytes of a regular file; no other is opened, so that none can block.

    Raises:
        ImageProblem: there are none, and why.
    """
    with _open(file) as (descriptor, size):
        return b"".join(_pieces(descriptor, size, at_once=size + 1))


@contextmanager
def _open(file: Path) -> Iterator[tuple[int, int]]:
    """The descriptor of a file and its size in bytes."""
    try:
        with _open_regular(file) as opened:
            yield opened
    except FileNotFoundError as error:
        raise ImageProblem(f"no such file: {as_text(file)}") from error
    except OSError as error:
        raise ImageProblem(f"cannot be read: {error.strerror or error}") from error


@contextmanager
def _open_regular(file: Path) -> Iterator[tuple[int, int]]:
    descriptor = os.open(file, _FLAGS)  # a Path's own `read_bytes` takes half as long again
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ImageProblem("not a regular file")
        if refused := refuse_bytes(status.st_size):
            raise ImageProblem(refused)
        yield descriptor, status.st_size
    finally:
        os.close(descriptor)


def _pieces(descriptor: int, size: int, *, at_once: int) -> Iterator[bytes]:
    """The bytes of a file, and no more of them than it had when it was opened.

    Some files never end, such as those of /proc, or those that somebody keeps writing to.
    """
    done = 0
    while piece := os.read(descriptor, min(at_once, size + 1 - done)):
        done += len(piece)
        if done > size:
            raise ImageProblem("grew while it was being read: scan again")
        yield piece
