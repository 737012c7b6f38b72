"""A folder, searched downwards."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from os.path import splitext
from pathlib import Path

from core.errors import CoreError
from core.pictures.decoding import SUFFIXES
from core.sources.base import Entry, as_text
from core.sources.files import FileSource


def open_folder(folder: Path, *, labels: bool) -> FileSource:
    """Every image below a folder, in the order of its path.

    Args:
        folder: where to look. Hidden files are left out, linked folders are entered once.
        labels: whether the first folder's name is taken as the label.

    Raises:
        CoreError: there is no image in it.
    """
    met = sorted(_walk(folder), key=lambda entry: entry.path)
    entries = tuple(entry for entry in met if entry.problem or _looks_like_image(entry.path))
    if not entries:
        found = f"{len(met):,} other files" if met else "it is empty"
        raise CoreError(f"no images in {as_text(folder)}: {found}. Name another folder")
    if not labels:
        entries = tuple(replace(entry, label=None) for entry in entries)
    return FileSource(as_text(folder), entries, passed_over=len(met) - len(entries))


def _looks_like_image(path: str) -> bool:
    return splitext(path)[1].lower() in SUFFIXES  # noqa: PTH122 - a Path takes ten times as long


def _walk(folder: Path) -> Iterator[Entry]:
    refused: list[OSError] = []
    entered: set[tuple[int, int]] = set()
    for root, folders, files in os.walk(folder, followlinks=True, onerror=refused.append):
        status = Path(root).stat()
        if (status.st_dev, status.st_ino) in entered:
            folders.clear()
            continue
        entered.add((status.st_dev, status.st_ino))
        # Sorted, so that of two names for one folder the same one wins on every disk.
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from _file_entries(Path(root), files, folder)
    for error in refused:
        path = Path(error.filename).relative_to(folder)
        yield Entry(f"{as_text(path)}/", problem=f"the folder cannot be read: {error.strerror}")


def _file_entries(root: Path, names: Iterable[str], folder: Path) -> Iterator[Entry]:
    """The files of one folder: what they share is worked out once, for there may be 100,000."""
    inner = root.relative_to(folder)
    prefix = "" if root == folder else f"{as_text(inner)}/"
    label = as_text(Path(inner.parts[0])) if inner.parts else None
    for name in names:
        if not name.startswith("."):
            yield Entry(prefix + as_text(name), label, root / name)
