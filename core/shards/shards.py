"""A folder of shards, read: blocks of features in turn, single rows at once.

A row is named by its position in the list of images that the folder was made of: row r stands in
shard r // shard_rows. No more than a few row groups of 1,024 rows are held in memory.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.addresses import plain_failures
from core.cache import fingerprint
from core.errors import CoreError
from core.shards.inspection import inspect_shards
from core.shards.making import Making, part_name
from core.shards.shard_file import ROW_GROUP
from core.shards.storage import Folder

ROW_COLUMNS = ("id", "uri", "label", "width", "height", "problem")
"""What is known of a row besides its features and its thumbnail."""
BLOCK_COLUMNS = ("id", "features")
"""What a Block is made of."""
_HELD = 8
"""Row groups kept in memory for those who ask for single rows."""


@dataclass(frozen=True, slots=True)
class Block:
    """The readable images of one row group.

    Attributes:
        rows: their rows in the folder, int64 (m,), rising.
        ids: the SHA-256 of each image's bytes; copies share it.
        features: float32 or float16 (m, d), as stored.
    """

    rows: NDArray[np.int64]
    ids: tuple[str, ...]
    features: NDArray[np.floating]

    def require_finite(self, uri: str) -> None:
        """Refuse features that nothing can be computed from.

        Raises:
            CoreError: some are no finite numbers.
        """
        if not np.isfinite(self.features).all():
            raise CoreError(
                f"{uri} is damaged: it holds features that are not finite numbers. "
                "Extract into another folder"
            )


class Shards:
    """The shards at an address, all checked. Any number of threads may read at once.

    It can be sent to another process or machine, and is not checked again there.

    Args:
        uri: of the folder.
        allow_missing: open what is there of a folder that is not finished.

    Raises:
        CoreError: the address cannot be read, holds no shards, not all of them, half-written
            ones, or ones that were made otherwise.
    """

    def __init__(self, uri: str, *, allow_missing: bool = False) -> None:
        self.folder = Folder(uri)
        self.making = Making.read(self.folder)
        self.stamps = inspect_shards(self.folder, self.making)
        n_missing = self.making.n_shards - len(self.stamps)
        if not self.stamps or (n_missing and not allow_missing):
            raise CoreError(
                f"{uri} lacks {n_missing:,} of its {self.making.n_shards:,} shards: "
                "extract again, which computes these alone"
            )
        self._hold_groups()

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self.folder, "making": self.making, "stamps": self.stamps}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._hold_groups()

    def _hold_groups(self) -> None:
        self._group = lru_cache(maxsize=_HELD)(self._read_group)

    @property
    def uri(self) -> str:
        """Of the folder."""
        return self.folder.uri

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers of the shards that are not there yet."""
        return tuple(n for n in range(self.making.n_shards) if n not in self.stamps)

    @property
    def n_rows(self) -> int:
        """Rows of the shards that are there, unreadable ones included. Nothing is read."""
        return sum(self.making.rows_of(number) for number in self.stamps)

    @property
    def n_readable(self) -> int:
        """Rows that have features. Nothing is read."""
        return sum(stamp.n_readable for stamp in self.stamps.values())

    @property
    def content(self) -> str:
        """A key of all images and features that are there. Nothing is read.

        Shards that were extracted anew from other images have another, whatever their number.
        """
        return fingerprint(parts={number: one.content for number, one in self.stamps.items()})

    def blocks(self, numbers: Sequence[int] | None = None) -> Iterator[Block]:
        """The features of the readable images, a row group at a time, in their order.

        Args:
            numbers: of the shards to read; all by default.

        Raises:
            CoreError: a shard cannot be read.
        """
        for first, table in self.tables(BLOCK_COLUMNS, numbers):
            yield self.block_of(first, table)

    def block_of(self, first: int, table: pa.Table) -> Block:
        """The readable images of a row group that begins with row `first`, from BLOCK_COLUMNS.

        Raises:
            CoreError: not all features are of one length.
        """
        column = table.column("features").combine_chunks()
        readable = column.is_valid().to_numpy(zero_copy_only=False)  # (n,)
        values = column.drop_null().flatten().to_numpy()
        rows = first + np.flatnonzero(readable)
        ids = tuple(table.column("id").filter(pa.array(readable)).to_pylist())
        return Block(rows, ids, self._shape(values, len(rows), first))

    def _shape(self, values: NDArray[np.floating], count: int, first: int) -> NDArray[np.floating]:
        """As (count, d)."""
        dimension = self.making.dimension
        if values.size != count * dimension:
            part = self.folder.path(part_name(first // self.making.shard_rows))
            raise CoreError(
                f"{part} is damaged: it has {values.size} values of {count} images, expected are "
                f"{dimension} each. Delete it and extract again"
            )
        return values.reshape(count, dimension)

    def tables(
        self, columns: Sequence[str] = ROW_COLUMNS, numbers: Sequence[int] | None = None
    ) -> Iterator[tuple[int, pa.Table]]:
        """Some columns of every row, a row group at a time, each with the row it begins with.

        Raises:
            CoreError: a shard cannot be read.
        """
        for number in self.stamps if numbers is None else numbers:
            first = number * self.making.shard_rows
            for group, table in enumerate(self._stream(number, columns)):
                yield first + group * ROW_GROUP, table

    def take(self, rows: Sequence[int], columns: Sequence[str] = ROW_COLUMNS) -> pa.Table:
        """Some columns of these rows, in the order in which they are asked for.

        Raises:
            CoreError: a shard cannot be read, or is not there.
            IndexError: there is no such row.
        """
        places = [self._place(row) for row in rows]
        parts = [self._group(n, g, tuple(columns)).slice(at, 1) for n, g, at in places]
        return pa.concat_tables(parts) if parts else self._empty(columns)

    def thumbnail(self, row: int) -> bytes | None:
        """The small JPEG of an image; None where it could not be read."""
        picture: bytes | None = self.take([row], ("thumbnail",)).column(0)[0].as_py()
        return picture

    def _place(self, row: int) -> tuple[int, int, int]:
        """The shard, its row group and the place in it."""
        if not 0 <= row < self.making.n_images:
            raise IndexError(f"row {row} of {self.making.n_images}")
        number, inner = divmod(int(row), self.making.shard_rows)
        if number not in self.stamps:
            part = self.folder.path(part_name(number))
            raise CoreError(f"{part} is not there yet: extract again, and open it then")
        return number, *divmod(inner, ROW_GROUP)

    def _stream(self, number: int, columns: Sequence[str]) -> Iterator[pa.Table]:
        """The row groups of one shard."""
        with self._opened(number) as file:
            for group in range(file.num_row_groups):
                yield file.read_row_group(group, columns=list(columns), use_threads=False)

    def _read_group(self, number: int, group: int, columns: tuple[str, ...]) -> pa.Table:
        with self._opened(number) as file:
            return file.read_row_group(group, columns=list(columns), use_threads=False)

    @contextmanager
    def _opened(self, number: int) -> Iterator[pq.ParquetFile]:
        name = part_name(number)
        with self.folder.open(name) as file, plain_failures(self.folder.path(name)):
            try:
                yield pq.ParquetFile(file, page_checksum_verification=True)
            except (pa.ArrowException, OSError) as error:
                reason = " ".join(str(error).split())
                raise CoreError(
                    f"{self.folder.path(name)} is damaged or cannot be read ({reason}): delete it "
                    "and extract again, which computes this shard alone"
                ) from error

    def _empty(self, columns: Sequence[str]) -> pa.Table:
        number = next(iter(self.stamps))
        return self._group(number, 0, tuple(columns)).slice(0, 0)
