"""What is there more than once as a table: one row an image, what belongs together a group."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.duplicates import Duplicates
from core.images import ImageSet

COLUMNS = ("group", "path", "id", "copies", "nearest", "distance")


def group_duplicates(duplicates: Duplicates, n_images: int) -> NDArray[np.int64]:
    """The group of each of n distinct images, int64 (n,); -1 where it is there only once.

    Near-duplicates are a group as far as one leads to the next: the connected components of their
    pairs. An image that lies in several files is a group even by itself. Groups are numbered by
    their first image.
    """
    from scipy.sparse import coo_array  # noqa: PLC0415 - slow to import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    first, second = duplicates.pairs.T
    shape = (n_images, n_images)
    links = coo_array((np.ones(len(first), dtype=bool), (first, second)), shape=shape)
    _, parts = connected_components(links, directed=False)
    repeated = np.zeros(n_images, dtype=bool)
    repeated[np.concatenate([first, second, np.array(list(duplicates.copies), np.int64)])] = True
    groups = np.full(n_images, -1, dtype=np.int64)
    found, starts = np.unique(parts[repeated], return_index=True)
    numbers = np.empty(int(parts.max(initial=-1)) + 1, dtype=np.int64)
    numbers[found] = np.argsort(np.argsort(starts))
    groups[repeated] = numbers[parts[repeated]]
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
