"""What is there more than once as a table: one row an image, what belongs together a group."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.images import ImageSet
from core.review.duplicates import Duplicates

COLUMNS = ("group", "path", "id", "copies", "nearest", "distance")


def group_duplicates(duplicates: Duplicates, n_images: int) -> NDArray[np.int64]:
    """The group of each of n distinct images, int64 (n,); -1 where it is there only once.

    Those of `Duplicates.groups`; and an image that lies in several files is a group even by
    itself. They are numbered by their first image.
    """
    joined = duplicates.groups
    alone = set(duplicates.copies).difference(*(group.tolist() for group in joined))
    groups = np.full(n_images, -1, dtype=np.int64)
    members = [*joined, *(np.array([row]) for row in alone)]
    for number, rows in enumerate(sorted(members, key=lambda one: int(one[0]))):
        groups[rows] = number
    return groups


def tabulate_duplicates(images: ImageSet, duplicates: Duplicates) -> pd.DataFrame:
    """One row for each file that is a copy or a near-duplicate, group by group.

    `copies`: in how many files the same bytes lie. `nearest`: the path of the nearest image that
    is all but the same, and `distance` to it; empty where there is none.
    """
    groups = group_duplicates(duplicates, len(images.ids))
    nearest = _nearest(duplicates)
    lines: list[dict[str, Any]] = []
    for record in images.readable:
        row = images.index[record.id or ""]
        if groups[row] < 0:
            continue
        other, distance = nearest.get(row, (None, None))
        lines.append(
            {
                "group": int(groups[row]),
                "path": record.path,
                "id": record.id,
                "copies": len(duplicates.copies.get(row, (record.path,))),
                "nearest": "" if other is None else images.by_id[images.ids[other]][0].path,
                "distance": "" if distance is None else f"{distance:.4g}",
            }
        )
    table = pd.DataFrame(lines, columns=list(COLUMNS))
    return table.sort_values("group", kind="stable", ignore_index=True)


def _nearest(duplicates: Duplicates) -> dict[int, tuple[int, float]]:
    """For each image that has near-duplicates the nearest of them, and its distance."""
    found: dict[int, tuple[int, float]] = {}
    order = np.argsort(duplicates.distances, kind="stable")
    for (one, other), distance in zip(
        duplicates.pairs[order].tolist(), duplicates.distances[order].tolist(), strict=True
    ):
        found.setdefault(one, (other, distance))
        found.setdefault(other, (one, distance))
    return found
