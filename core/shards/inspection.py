"""Which shards of a folder are whole and its own; every other one is found and named.

Only the ends of the files are looked at, many at once: no features are read.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import BinaryIO, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import CoreError
from core.shards.making import Making, Stamp, is_part, part_name
from core.shards.shard_file import STAMP, is_schema_of, shard_schema
from core.shards.storage import Folder

_AT_ONCE = 16
Said = TypeVar("Said")


def inspect_shards(folder: Folder, making: Making) -> dict[int, Stamp]:
    """What each shard that is there says of itself, by number, in their order.

    Raises:
        CoreError: one is half-written, or was made otherwise than the folder; it is named.
    """
    there = {name for name in folder.names() if is_part(name)}
    planned = {part_name(number): number for number in range(making.n_shards)}
    stray = sorted(there - set(planned))
    if stray:
        raise CoreError(
            f"{folder.path(stray[0])} does not belong to the {making.n_shards} shards of "
            f"{folder.uri}: move it elsewhere"
        )
    numbers = [number for name, number in planned.items() if name in there]
    return inspect_all(lambda number: inspect_shard(folder, making, number), numbers)


def inspect_all(inspect: Callable[[int], Said], numbers: Sequence[int]) -> dict[int, Said]:
    """What `inspect` says of each of these shards, by number, in their order."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="inspect") as pool:
        return dict(zip(numbers, pool.map(inspect, numbers), strict=True))


def inspect_shard(folder: Folder, making: Making, number: int) -> Stamp:
    """What one shard says of itself.

    Raises:
        CoreError: it is half-written, or was made otherwise than the folder.
    """
    name = part_name(number)
    path = folder.path(name)
    with folder.open(name) as file:
        try:
            metadata = pq.read_metadata(file)
            schema = metadata.schema.to_arrow_schema()
            stamp = Stamp.parse((metadata.metadata or {}).get(STAMP, b"{}"), path)
            if stamp.content is None:
                stamp = replace(stamp, content=_digest_footer(file))
        except (pa.ArrowException, OSError) as error:
            raise CoreError(
                f"{path} is half-written or damaged: delete it and extract again, "
                "which computes this shard alone"
            ) from error
    _require_own(stamp, making, number, path)
    if metadata.num_rows != making.rows_of(number) or not is_schema_of(schema, making):
        raise CoreError(
            f"{path} is damaged: it has {metadata.num_rows} rows of {_name_columns(schema)}, "
            f"expected are {making.rows_of(number)} rows of "
            f"{_name_columns(shard_schema(making.dtype))}. Delete it and extract again"
        )
    return stamp


def _name_columns(schema: pa.Schema) -> str:
    return ", ".join(f"{one.name} ({one.type})" for one in schema)


def _digest_footer(file: BinaryIO) -> str:
    """SHA-256 of what a Parquet file ends with.

    Sizes, least and greatest values of every row group are in it: shards that do not tell their
    content are known by it.
    """
    file.seek(-8, os.SEEK_END)
    length = int.from_bytes(file.read(4), "little")
    file.seek(-8 - length, os.SEEK_END)
    return hashlib.sha256(file.read(length)).hexdigest()


def _require_own(stamp: Stamp, making: Making, number: int, path: str) -> None:
    if stamp.recipe.fingerprint != making.recipe.fingerprint:
        raise CoreError(
            f"{path} was made by {stamp.recipe.describe()}, and its folder by "
            f"{making.recipe.describe()}: move it elsewhere"
        )
    if stamp.plan != making.plan:
        raise CoreError(f"{path} was made of another list of images: move it elsewhere")
    if stamp.number != number:
        raise CoreError(f"{path} is a copy of {part_name(stamp.number)}: delete it")
