"""Groups of duplicates as they are shown: who comes first, how large and how far apart they are."""

import numpy as np

from core.review.duplicates import Duplicates
from core.study import Study
from dashboard.duplicates import MOST_DRAWN, Group
from dashboard.grouping import Rows


def join_near(study: Study, rows: Rows, _: Duplicates) -> Group:
    """Images that are all but the same: the largest picture first, then the nearest to it.

    Args:
        study: of the images.
        rows: of the group.
    """
    first = largest(study, rows)
    rest = rows[rows != first]
    distances = study.distances(first, rest)
    order = np.argsort(distances, kind="stable")
    ordered = (first, *rest[order].tolist())
    away = ("", *(f"{one:.3g} away" for one in distances[order].tolist()))
    notes = [
        tuple(line for line in (describe_size(study, row), distance) if line)
        for row, distance in zip(ordered[:MOST_DRAWN], away, strict=False)
    ]
    return Group(f"{len(rows):,} images", ordered, tuple(notes))


def join_copies(study: Study, rows: Rows, found: Duplicates) -> Group:
    """One image and the files in which it lies."""
    row = int(rows[0])
    paths = found.copies[row]
    return Group(f"{len(paths):,} files", (row,), ((describe_size(study, row),),), paths)


def largest(study: Study, rows: Rows) -> int:
    """Of some images the one with the most pixels; of equals the first."""
    pixels = [width * height for width, height in (_size(study, row) for row in rows.tolist())]
    return int(rows[int(np.argmax(pixels))])


def describe_size(study: Study, row: int) -> str:
    """The pixels of an image."""
    width, height = _size(study, row)
    return f"{width:,} x {height:,} pixels"


def _size(study: Study, row: int) -> tuple[int, int]:
    record = study.images.by_id[study.images.ids[row]][0]
    return record.width, record.height
