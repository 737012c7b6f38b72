"""The command `search`: the images of a source that resemble one, of shards among all of them."""

import os
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from numpy.typing import NDArray

from core.addresses import expand
from core.commands.options import console, extract_missing, show_progress
from core.errors import CoreError
from core.export.export import write_csv
from core.pictures.decoding import ImageProblem
from core.search import find_nearest, require_count
from core.shards.folder_search import open_search
from core.shards.full_search import EXACT, Prepared
from core.shards.shards import Shards
from core.sources.base import as_text
from core.sources.parquet import ParquetSource
from core.study import Study

Values = NDArray[np.float32]
_EXACT_HELP = "Of shards, take every distance, however many images; else that is always done."
_MOST_DIGITS = 18
"""Of a row: more would not fit into 64 bits."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The nearest images, the nearest first, and in words how they were found."""

    rows: list[int]
    paths: list[str]
    distances: list[float]
    how: str


def search(
    study: Study,
    like: Annotated[
        str,
        typer.Option(metavar="IMAGE|ROW", help="An image file, or the row of an image, from 0."),
    ],
    count: Annotated[int, typer.Option(help="How many images are wanted.")] = 24,
    exact: Annotated[bool, typer.Option("--exact", help=_EXACT_HELP)] = False,
    csv: Annotated[str, typer.Option(metavar="FILE", help="- is stdout.")] = "-",
) -> None:
    """Find the images that resemble one. Writes row, path and distance, the nearest first.

    Of shards all images are searched, not the sample alone.
    """
    require_count(count)
    query = _read_query(like)
    extract_missing(study)
    if isinstance(study.source, ParquetSource):
        found = _search_shards(study, study.source.shards, query, count, exact=exact)
    else:
        found = _search_study(study, query, count)
    console.print(found.how)
    table = pd.DataFrame({"row": found.rows, "path": found.paths, "distance": found.distances})
    write_csv(table, csv, {**study.describe(), "like": as_text(like), "search": found.how})


def _read_query(like: str) -> int | bytes:
    """The bytes of an image file; a row where there is no such file.

    Raises:
        CoreError: it is neither.
    """
    if like.isdecimal() and not os.path.isfile(like):  # noqa: PTH113 - a Path raises
        return _read_row(like)
    try:
        return expand(like, "image").read_bytes()
    except OSError as error:
        raise CoreError(
            f"{like} cannot be read: {error.strerror}. Name an image file, or a row such as 0"
        ) from error


def _read_row(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise CoreError(
            f"{digits[:_MOST_DIGITS]}... has {len(digits):,} digits: no source has as many rows. "
            "Name an image file, or a row such as 0"
        )
    return int(digits)


def _search_study(study: Study, query: int | bytes, count: int) -> _Found:
    positions = [at for at, one in enumerate(study.images.records) if one.problem is None]
    if isinstance(query, bytes):
        one = _values_of(study, query)
    else:
        records = study.images.records
        _require_row(query, len(records))
        if records[query].problem is not None:
            raise _unreadable(query, records[query].problem)
        one = study.row_values[positions.index(query)]
    near, distances = find_nearest(study.row_values, one, count)
    rows = [positions[row] for row in near.tolist()]
    return _Found(
        rows,
        [study.images.records[row].path for row in rows],
        distances.tolist(),
        f"nearest of {len(positions):,} images, {EXACT}",
    )


def _search_shards(
    study: Study, shards: Shards, query: int | bytes, count: int, *, exact: bool
) -> _Found:
    if isinstance(query, int):
        _require_row(query, shards.making.n_images)
    given = _values_of(study, query) if isinstance(query, bytes) else query  # may be refused
    with show_progress() as watch:
        made = open_search(
            shards, study.reduction, beside=study.cache.path, exact=exact, watch=watch
        )
    one = _values_at(made.prepared, shards, given) if isinstance(given, int) else given
    match = made.find(one, count)
    rows = match.rows.tolist()
    paths: list[str] = shards.take(rows, ("uri",)).column(0).to_pylist()
    how = f"nearest of {match.n_images:,} images, {match.how}"
    return _Found(rows, paths, match.distances.tolist(), how)


def _values_at(prepared: Prepared, shards: Shards, row: int) -> Values:
    """The prepared features of a row of the folder, (n_kept,), whether it is in the sample or not.

    Raises:
        CoreError: its image could not be read.
    """
    place = int(np.searchsorted(prepared.rows, row))
    if place < len(prepared.rows) and prepared.rows[place] == row:
        values: Values = prepared.values[place]
        return values
    raise _unreadable(row, shards.take([row], ("problem",)).column(0)[0].as_py())


def _values_of(study: Study, data: bytes) -> Values:
    try:
        return study.values_of(data)
    except ImageProblem as problem:
        raise CoreError(f"this image cannot be searched for: {problem}. Name another") from problem


def _require_row(row: int, count: int) -> None:
    if row >= count:
        raise CoreError(f"there is no row {row:,}: choose one from 0 to {count - 1:,}")


def _unreadable(row: int, problem: str | None) -> CoreError:
    return CoreError(f"the image in row {row:,} could not be read ({problem}): choose another")
