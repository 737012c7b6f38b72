"""One shard: rows of images as a Parquet file, and nothing half done."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.images import Seen
from core.shards.making import Making, Stamp, part_name
from core.shards.storage import Folder

STAMP = b"groupsight"
"""The key of a shard's metadata under which its Stamp stands."""
ROW_GROUP = 1024
"""Rows that a reader holds at once."""


@dataclass(frozen=True, slots=True)
class ShardRow:
    """One image of the list: what was seen of it, and its features (n_features,) unless it failed.

    `id` is the SHA-256 of its bytes; None where they could not be had.
    """

    uri: str
    label: str | None
    id: str | None
    seen: Seen
    features: NDArray[np.floating] | None = None


def shard_schema(dtype: "np.dtype[np.floating]") -> pa.Schema:
    """The columns of a shard.

    `features` and `thumbnail` are null exactly where `problem` is not; `id` is null where the
    bytes themselves could not be had.
    """
    return pa.schema(
        [
            pa.field("id", pa.string()),
            pa.field("uri", pa.string(), nullable=False),
            pa.field("label", pa.string()),
            pa.field("width", pa.int32(), nullable=False),
            pa.field("height", pa.int32(), nullable=False),
            pa.field("features", pa.large_list(pa.from_numpy_dtype(dtype))),
            pa.field("thumbnail", pa.binary()),
            pa.field("problem", pa.string()),
        ]
    )


def is_schema_of(schema: pa.Schema, making: Making) -> bool:
    """Whether a shard of a folder has these columns, now or in the format of before."""
    expected = shard_schema(making.dtype)
    at = expected.get_field_index("features")
    of_before = pa.list_(pa.from_numpy_dtype(making.dtype), making.dimension)
    before = expected.set(at, expected.field(at).with_type(of_before))
    return bool(schema.equals(expected) or schema.equals(before))


def write_shard(folder: Folder, making: Making, number: int, rows: Sequence[ShardRow]) -> Stamp:
    """Write one shard.

    Raises:
        CoreError: the folder cannot be written to.
        ValueError: there are more or fewer rows than the plan has for this shard.
    """
    if len(rows) != making.rows_of(number):
        raise ValueError(f"{len(rows)} rows for a shard of {making.rows_of(number)}")
    n_readable = sum(row.features is not None for row in rows)
    content = _digest(rows, making)
    stamp = Stamp(number, n_readable, making.plan, making.recipe, content=content)
    # Only the text is compressed: JPEGs and floats hardly become smaller.
    text = dict.fromkeys(("id", "uri", "label", "problem"), "ZSTD")
    data = to_parquet(
        _tabulate(rows, making), stamp.dump(), compressed=text, repeating=("label", "problem")
    )
    folder.write(part_name(number), data)
    return stamp


def _digest(rows: Sequence[ShardRow], making: Making) -> str:
    """SHA-256 of which images there are, by their bytes, and of their features as stored."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.id}\n".encode())
        if row.features is not None:
            digest.update(row.features.astype(making.dtype).tobytes())
    return digest.hexdigest()


def _tabulate(rows: Sequence[ShardRow], making: Making) -> pa.Table:
    columns = {
        "id": [row.id for row in rows],
        "uri": [row.uri for row in rows],
        "label": [row.label for row in rows],
        "width": [row.seen.width for row in rows],
        "height": [row.seen.height for row in rows],
        "features": _vectors(rows, making),
        "thumbnail": [row.seen.thumbnail if row.features is not None else None for row in rows],
        "problem": [row.seen.problem for row in rows],
    }
    return pa.table(columns, schema=shard_schema(making.dtype))


def _vectors(rows: Sequence[ShardRow], making: Making) -> pa.Array:
    """The features (n, d) as one column; null where there are none.

    Lists of any length, though all have d: PyArrow before 26 cannot read nulls among others.
    """
    vectors = [row.features for row in rows if row.features is not None]
    values = np.zeros((len(vectors), making.dimension), dtype=making.dtype)
    for at, vector in enumerate(vectors):
        values[at] = vector
    readable = np.array([row.features is not None for row in rows])
    offsets = np.append(0, np.cumsum(readable * making.dimension))
    return pa.LargeListArray.from_arrays(offsets, values.ravel(), mask=pa.array(~readable))


def to_parquet(
    table: pa.Table, stamp: bytes, *, compressed: str | dict[str, str], repeating: Sequence[str]
) -> bytes:
    """A file's bytes, in row groups of `ROW_GROUP`, with what made it in its metadata.

    Args:
        table: its rows.
        stamp: stands under `STAMP`.
        compressed: how all columns are, or only those that are named.
        repeating: columns of few values, each of which is written once.
    """
    buffer = io.BytesIO()
    pq.write_table(
        table.replace_schema_metadata({STAMP: stamp}),
        buffer,
        row_group_size=ROW_GROUP,
        compression=compressed,
        use_dictionary=list(repeating),
        write_page_checksum=True,  # a reader finds what a disk has damaged
    )
    return buffer.getvalue()
