"""All that is known of each image as a table, and the table as CSV, Parquet or JSON."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core import __version__
from core.export.decided import Review
from core.export.export import as_csv, free_name
from core.images import ImageSet
from core.review.fit import Fit

METADATA_KEY = b"groupsight"
"""Under which a Parquet file's schema says, as JSON, what made it."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """What is known of the n distinct images.

    Attributes:
        clusters: the cluster of each, int32 (n,).
        names: what the clusters are called, one for each number.
        fit: how well each fits its cluster.
        coordinates: its place on the map, float32 (n, 2) or (n, 3); None where there is no map.
        stability: see `core.compare.restlessness`, float32 (n,); None where it was not measured.
        review: what people decided, which `clusters`, `names` and `fit` follow; None where they
            are K-Means' own.
    """

    clusters: NDArray[np.int32]
    names: tuple[str, ...]
    fit: Fit
    coordinates: NDArray[np.float32] | None = None
    stability: NDArray[np.float32] | None = None
    review: Review | None = None

    @property
    def excluded(self) -> NDArray[np.bool_]:
        """Which images belong to no cluster, (n,)."""
        none = np.zeros(len(self.clusters), dtype=bool)
        return none if self.review is None else self.review.excluded


def choose_rows(images: ImageSet, rows: NDArray[np.int64] | None) -> list[tuple[int, int]]:
    """The records of the chosen images, copies included: their position and their row.

    Args:
        images: the set.
        rows: of some distinct images; None stands for all records, and the row of one that could
            not be read is -1.
    """
    chosen = None if rows is None else set(rows.tolist())
    found = []
    for position, record in enumerate(images.records):
        row = -1 if record.problem or record.id is None else images.index[record.id]
        if chosen is None or row in chosen:
            found.append((position, row))
    return found


def tabulate_images(
    table: pd.DataFrame,
    images: ImageSet,
    grouped: Grouped,
    *,
    rows: NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """One row an image: the source's own columns, and beside them what was found.

    These are `path`, `id`, `cluster`, `cluster_name`, `fit`, `rival`, and `stability`, `x`, `y`
    (and `z`) where they are known; where there are decisions also `cluster_found`, `reviewed`,
    `reviewed_by`, `reviewed_at` and `tags`. Where the source has a column of that name, ours is led
    by `groupsight_`. An image that could not be read keeps its row, empty; so does one that was
    excluded, which is in no cluster.

    Args:
        table: the source's own columns, one row for each record of `images`.
        images: the set.
        grouped: what is known of the distinct images.
        rows: of some distinct images; their copies come with them.
    """
    pairs = choose_rows(images, rows)
    positions = [position for position, _ in pairs]
    own = table.iloc[positions].reset_index(drop=True)
    records = [images.records[position] for position in positions]
    found: dict[str, Any] = {
        "path": [record.path for record in records],
        "id": [record.id or "" for record in records],
        **_describe(grouped, np.array([row for _, row in pairs], dtype=np.int64)),
    }
    if "path" in own.columns and own["path"].tolist() == found["path"]:
        del found["path"]
    for name, cells in found.items():
        own[free_name(own.columns, name)] = cells
    return own


def _describe(grouped: Grouped, rows: NDArray[np.int64]) -> dict[str, Any]:
    """The columns of what was found, for rows (m,) of which -1 has none."""
    known = rows >= 0
    inside = known & ~grouped.excluded[rows]
    clusters = grouped.clusters[rows]  # (m,), of no meaning where the row is -1
    rivals = grouped.fit.rivals[rows]
    names = [grouped.names[one] if ok else "" for one, ok in zip(clusters, inside, strict=True)]
    columns = {
        "cluster": _numbers(clusters, inside),
        "cluster_name": names,
        **_describe_review(grouped.review, rows, known),
        "fit": _measures(grouped.fit.fit[rows], inside),
        "rival": _numbers(rivals, inside & (rivals >= 0)),
    }
    if grouped.stability is not None:
        columns["stability"] = _measures(grouped.stability[rows], known)
    places = grouped.coordinates if grouped.coordinates is not None else np.empty((len(rows), 0))
    for axis, values in zip("xyz", places.T, strict=False):
        columns[axis] = _measures(values[rows], known)
    return columns


def _describe_review(
    review: Review | None, rows: NDArray[np.int64], known: NDArray[np.bool_]
) -> dict[str, Any]:
    if review is None:
        return {}
    return {"cluster_found": _numbers(review.found[rows], known), **review.tabulate(rows)}


def _numbers(values: NDArray[np.int32], known: NDArray[np.bool_]) -> Any:
    return pd.arrays.IntegerArray(values.astype(np.int32), ~known)


def _measures(values: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    return np.where(known, values, np.float32("nan"))


def as_json(table: pd.DataFrame, made_by: Mapping[str, Any]) -> bytes:
    """`made_by`, and `images`: an object for each, one a line; what is not known is null."""
    facts = json.dumps({"groupsight": __version__, **made_by}, indent=2, ensure_ascii=False)
    cells = [_plain(table[name]) for name in table.columns]
    names = [str(name) for name in table.columns]
    lines = [
        json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, allow_nan=False)
        for row in zip(*cells, strict=True)
    ]
    images = ",\n".join(lines)
    return f'{{"made_by": {facts},\n"images": [\n{images}\n]}}\n'.encode()


def _plain(cells: "pd.Series[Any]") -> list[Any]:
    """Python's own values; single precision as short as it can be said."""
    if pd.api.types.is_float_dtype(cells):
        return [None if pd.isna(cell) else float(str(cell)) for cell in cells.to_numpy()]
    return [None if pd.isna(cell) else cell for cell in cells.tolist()]


def as_parquet(table: pd.DataFrame, made_by: Mapping[str, Any]) -> bytes:
    """The table in Apache Parquet; its schema says under `groupsight` what made it, as JSON."""
    import pyarrow as pa  # noqa: PLC0415 - slow to import
    from pyarrow import parquet  # noqa: PLC0415

    made = pa.Table.from_pandas(table, preserve_index=False)
    facts = json.dumps({"groupsight": __version__, **made_by}, ensure_ascii=False).encode()
    buffer = io.BytesIO()
    known = made.schema.metadata or {}
    parquet.write_table(made.replace_schema_metadata({**known, METADATA_KEY: facts}), buffer)
    return buffer.getvalue()


def _as_csv(table: pd.DataFrame, _: Mapping[str, Any]) -> bytes:
    return as_csv(table)


TABLES: Mapping[str, Callable[[pd.DataFrame, Mapping[str, Any]], bytes]] = {
    "csv": _as_csv,
    "json": as_json,
    "parquet": as_parquet,
}
"""From the name of a format to what writes it. A CSV says nothing of its making: that is beside."""
