"""A CSV manifest: one row an image, named by a path or by an id."""

import csv
import os
from pathlib import Path
from typing import TextIO

import pandas as pd

from core.errors import CoreError
from core.pictures.decoding import SUFFIXES
from core.sources.base import LABEL_COLUMN, Entry, as_text
from core.sources.files import FileSource

PATH_COLUMNS = ("path", "file", "filename", "file_name", "filepath", "file_path", "image")
ID_COLUMNS = ("imageid", "image_id", "id")
_ID_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def open_manifest(path: Path, images: Path | None) -> FileSource:
    """The images that a CSV file names, in the order of its rows.

    Args:
        path: comma, semicolon or tab separated UTF-8 text with a header.
        images: the folder in which the images lie; without it, the one of the manifest.

    Raises:
        CoreError: it is no such file, or has no column that names images.
    """
    table = _read_table(path)
    column, by_id = find_column(table, str(path), by_id=images is not None)
    folder = path.parent if images is None else images
    if not folder.is_dir():
        raise CoreError(f"no such folder: {folder}. Name that of the images with --images")
    entries = tuple(
        _entry(value, label, folder, by_id=by_id)
        for value, label in zip(table[column], own_labels(table), strict=True)
    )
    return FileSource(as_text(path), entries, own_table=table)


def _read_table(path: Path) -> pd.DataFrame:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read_table(lines, str(path))
    except OSError as error:
        raise CoreError(f"{path} cannot be read as CSV: {error}. Save it as CSV again") from error


def read_table(lines: TextIO, name: str) -> pd.DataFrame:
    """All cells as text, just as they stand: an id of 007 stays one.

    Args:
        lines: comma, semicolon or tab separated text with a header, opened with `newline=""`.
        name: of the file, for messages.

    Raises:
        CoreError: it is no such text.
    """
    try:
        separator = max(",;\t", key=lines.readline().count)
        lines.seek(0)
        rows = [row for row in csv.reader(lines, delimiter=separator) if row]
    except UnicodeDecodeError as error:
        raise CoreError(f"{name} is not UTF-8 text: save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise CoreError(f"{name} cannot be read as CSV: {error}. Save it as CSV again") from error
    return _as_table(rows, name)


def _as_table(rows: list[list[str]], path: str) -> pd.DataFrame:
    header, body = (rows[0], rows[1:]) if rows else ([], [])
    if not body:
        raise CoreError(f"{path} has no rows below its header: add one for each image")
    if len(set(header)) < len(header):
        raise CoreError(f"{path} has two columns of one name: {', '.join(header)}. Rename one")
    for number, row in enumerate(body, start=1):
        if len(row) != len(header):
            cells = f"{len(row)} cells, its header {len(header)}"
            raise CoreError(f"{path}: row {number} has {cells}. Add or remove cells")
    return pd.DataFrame(body, columns=header, dtype=str)


def find_column(table: pd.DataFrame, path: str, *, by_id: bool) -> tuple[str, bool]:
    """The column that names the images, and whether it holds ids instead of paths.

    Args:
        table: of the manifest.
        path: of the manifest, for messages.
        by_id: whether ids will do, since the folder of the images is known.

    Raises:
        CoreError: there is none.
    """
    by_name = {column.strip().lower(): column for column in table.columns}
    for name in PATH_COLUMNS:
        if name in by_name:
            return by_name[name], False
    for name in ID_COLUMNS:
        if name in by_name and not by_id:
            raise CoreError(
                f"{path} names its images by {by_name[name]}: "
                "add --images DIR, the folder in which {id}.jpg lie"
            )
        if name in by_name:
            return by_name[name], True
    raise CoreError(
        f"{path} has no column that names images: it has {', '.join(table.columns)}; "
        f"rename one to {', '.join(PATH_COLUMNS)} or ImageID"
    )


def own_labels(table: pd.DataFrame) -> list[str | None]:
    """The manifest's own labels; None where it has none."""
    for column in table.columns:
        if column.strip().lower() == LABEL_COLUMN:
            return [value or None for value in table[column]]
    return [None] * len(table)


def _entry(value: str, label: str | None, folder: Path, *, by_id: bool) -> Entry:
    if not value.strip() or "\0" in value:
        return Entry(value, label, problem="the row names no image")
    name = _file_of_id(value, folder) if by_id else value
    return Entry(name, label, folder / name)


def _file_of_id(value: str, folder: Path) -> str:
    if Path(value).suffix.lower() in SUFFIXES:
        return value
    names = [value + suffix for suffix in _ID_SUFFIXES]
    # Path.exists raises on a name that no file can have.
    found = (name for name in names if os.path.exists(folder / name))  # noqa: PTH110
    return next(found, names[0])
