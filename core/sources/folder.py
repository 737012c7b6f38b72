"""A folder, searched downwards."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from core.decoding import SUFFIXES
from core.errors import CoreError
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
    entries = tuple(e for e in met if e.problem or Path(e.path).suffix.lower() in SUFFIXES)
    if not entries:
        found = f"{len(met):,} other files" if met else "it is empty"
        raise CoreError(f"no images in {as_text(folder)}: {found}")
    if not labels:
        entries = tuple(replace(entry, label=None) for entry in entries)
    return FileSource(as_text(folder), entries, passed_over=len(met) - len(entries))


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
        for name in files:
            if not name.startswith("."):
                yield _file_entry(Path(root) / name, folder)
    for error in refused:
        path = Path(error.filename).relative_to(folder)
        yield Entry(f"{as_text(path)}/", problem=f"the folder cannot be read: {error.strerror}")


def _file_entry(file: Path, folder: Path) -> Entry:
    relative = file.relative_to(folder)
    label = as_text(Path(relative.parts[0])) if len(relative.parts) > 1 else None
    return Entry(as_text(relative), label, file)
