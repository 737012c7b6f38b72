"""What is taken away: clusters and coordinates as CSV, and beside it what made them."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from typing import Any

import pandas as pd

from core import __version__
from core.clustering import Clustering
from core.errors import CoreError
from core.images import ImageSet
from core.projection import Projection
from core.sources import LABEL_COLUMN


def tabulate_clusters(
    table: pd.DataFrame, images: ImageSet, clustering: Clustering
) -> pd.DataFrame:
    """The source's own columns and one more that holds the cluster, one row an image.

    The column is `label`, or `cluster` where the source has labels of its own. An image that
    could not be read keeps its row, with an empty cluster.

    Args:
        table: the source's own columns, one row for each record of `images`.
        images: which of the rows could be read.
        clustering: of the readable rows.
    """
    clusters = iter(clustering.labels)
    cells = ["" if record.problem else str(next(clusters)) for record in images.records]
    return table.assign(**{_free_name(table): cells})


def _free_name(table: pd.DataFrame) -> str:
    taken = {str(column).strip().lower() for column in table.columns}
    names = (LABEL_COLUMN, "cluster", "groupsight_cluster")
    numbered = (f"groupsight_cluster_{number}" for number in count(2))
    return next(name for name in chain(names, numbered) if name not in taken)


def tabulate_map(images: ImageSet, projection: Projection) -> pd.DataFrame:
    """`path`, `x`, `y` (and `z`), one row an image; empty where it could not be read."""
    axes = list("xyz")[: projection.coordinates.shape[1]]
    rows: list[list[str]] = []
    for record in images.records:
        if record.problem or record.id is None:
            rows.append([record.path, *([""] * len(axes))])
            continue
        place = projection.coordinates[images.index[record.id]]
        rows.append([record.path, *map(str, place)])
    return pd.DataFrame(rows, columns=["path", *axes], dtype=str)


def write_csv(table: pd.DataFrame, target: str, made_by: Mapping[str, Any]) -> None:
    """Write a table to a file, whole or not at all, or to stdout where `target` is `-`.

    Beside a file NAME.csv lies NAME.json, which says what made it.

    Raises:
        CoreError: the file cannot be written.
    """
    text = table.to_csv(index=False, lineterminator="\n")
    if target == "-":
        sys.stdout.write(text)
        return
    path = Path(target)
    if not path.name or path.suffix.lower() == ".json":
        raise CoreError(f"cannot write {target!r}: name a file such as clusters.csv")
    facts = {"groupsight": __version__, **made_by}
    _write_whole(path, text)
    _write_whole(path.with_suffix(".json"), json.dumps(facts, indent=2, ensure_ascii=False) + "\n")


def _write_whole(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        partial.write_text(text, encoding="utf-8", newline="")
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):  # where it could not be made, it cannot be taken away
            partial.unlink()
        raise CoreError(f"cannot write {path}: {error.strerror or error}") from error


def tabulate_sizes(clustering: Clustering) -> pd.DataFrame:
    """`cluster` and `images`, one row a cluster."""
    sizes: Sequence[int] = clustering.sizes.tolist()
    return pd.DataFrame({"cluster": range(len(sizes)), "images": sizes})
