"""What is taken away: clusters and coordinates as CSV, and beside it what made them."""

import io
import json
import os
import sys
from collections.abc import Iterable, Mapping
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core import __version__
from core.addresses import expand_home
from core.clusters.clustering import Clustering
from core.errors import CoreError
from core.export.formulas import defuse_table
from core.images import ImageSet
from core.projection import Projection
from core.sources import LABEL_COLUMN
from core.whole_files import (
    is_same,
    refuse_existing,
    refuse_inputs,
    require_folder,
    whole_file,
)


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
    return free_name(table.columns, LABEL_COLUMN, "cluster")


def free_name(taken: Iterable[str], *names: str) -> str:
    """The first of these names that no column has; else the last, as one of Groupsight's."""
    lower = {str(column).strip().lower() for column in taken}
    own = f"groupsight_{names[-1]}"
    numbered = (f"{own}_{number}" for number in count(2))
    return next(name for name in chain(names, [own], numbered) if name not in lower)


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


def as_csv(table: pd.DataFrame) -> bytes:
    """A table as CSV in UTF-8; text that a spreadsheet would run as a formula is defused."""
    buffer = io.StringIO()
    # Python's csv leaves a lone carriage return bare unless it is part of what ends a row.
    rows = _UnixRows(buffer)
    defuse_table(table).to_csv(rows, index=False, lineterminator="\r\n")  # type: ignore[call-overload]
    return buffer.getvalue().encode()


class _UnixRows:
    """A file for rows, each written at once, that ends them by a line feed alone."""

    def __init__(self, file: io.StringIO) -> None:
        self._file = file

    def write(self, row: str) -> None:
        self._file.write(row.removesuffix("\r\n") + "\n")


def as_making(made_by: Mapping[str, Any]) -> bytes:
    """What made an export, as JSON."""
    facts = {"groupsight": __version__, **made_by}
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace")  # names of files need not be UTF-8


def write_csv(
    table: pd.DataFrame, target: str, made_by: Mapping[str, Any], *, replace: bool = True
) -> None:
    """Write a table to a file, whole or not at all, or to stdout where `target` is `-`.

    Beside a file NAME.csv lies NAME.json, which says what made it. Text that a spreadsheet would
    run as a formula is defused.

    Args:
        table: any.
        target: a file, or `-`.
        made_by: what the JSON says.
        replace: whether older ones of Groupsight give way; what it has not written never does.

    Raises:
        CoreError: the file cannot be written.
    """
    data = as_csv(table)
    if target == "-":
        sys.stdout.write(data.decode())
        return
    path, beside = csv_paths(target)
    if replace:
        refuse_csv(target)
    else:
        refuse_existing(path, beside)
    with whole_file(path, replace=replace) as csv, whole_file(beside, replace=replace) as making:
        csv.write(data)
        making.write(as_making(made_by))


def refuse_csv(target: str, inputs: Iterable[Path | str] = ()) -> None:
    """Say early, before long work, that a table, or what made it, would go over what must stay.

    Args:
        target: a file, or `-`.
        inputs: what is read; names of other things than files are passed over.

    Raises:
        CoreError: `target` is no name for a CSV file, or in no folder; it or the JSON beside it is
            read; or there is a file of one of these names that Groupsight has not written.
    """
    if target == "-":
        return
    path, beside = csv_paths(target)
    require_folder(path)
    refuse_inputs(path, inputs)
    refuse_inputs(beside, inputs)
    _refuse_foreign(path, beside)


def _refuse_foreign(path: Path, beside: Path) -> None:
    """A table and its JSON that Groupsight has not written stay."""
    if _is_making(beside):
        return
    foreign = "it is there already and Groupsight has not written it, name another"
    if os.path.lexists(beside):
        raise CoreError(f"cannot write {beside}, which would say what made {path.name}: {foreign}")
    if _holds_something(path):
        raise CoreError(f"cannot write {path}: {foreign}")


def _holds_something(path: Path) -> bool:
    """Whether there is a file with content; one that is empty was made to be written to."""
    try:
        return path.stat().st_size > 0
    except (OSError, ValueError):  # nothing, or no name that a file can have
        return False


def _is_making(beside: Path) -> bool:
    """Whether a file is what `as_making` wrote."""
    try:
        facts: object = json.loads(beside.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(facts, dict) and "groupsight" in facts


def csv_paths(target: str) -> tuple[Path, Path]:
    """The file of that name, and the one beside it that says what made it.

    Raises:
        CoreError: it is no name for a CSV file, or that of a folder, a pipe or a device.
    """
    path = expand_home(target, "file")
    if not path.name or path.suffix.lower() == ".json":
        raise CoreError(f"cannot write {target!r}: name a file such as clusters.csv")
    # A Path raises on a name that no file can have.
    is_other = os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113
    if is_other or is_same(path, "/dev/stdout"):
        raise CoreError(f"cannot write {target!r}: it is no plain file. Name one, or - for stdout")
    return path, path.with_suffix(".json")


def tabulate_sizes(sizes: NDArray[np.int64]) -> pd.DataFrame:
    """`cluster` and `images`, one row a cluster, of how many images each holds."""
    return pd.DataFrame({"cluster": range(len(sizes)), "images": sizes})
