"""A folder of Parquet shards as a source: rows, ids, features and thumbnails are all there.

Nothing is read of an image itself but where somebody wants to see it in full.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.addresses import expand, expand_home, is_address
from core.errors import CoreError
from core.images import ImageRecord, Seen
from core.pictures.decoding import ImageProblem
from core.shards.making import ShardRecipe
from core.shards.shard_file import ROW_GROUP
from core.shards.shards import Block, Shards
from core.sources.base import Entry, Given, Source
from core.sources.originals import read_original
from core.sources.roots import Roots

_AT_ONCE = 8
"""Shards or row groups read at the same time, mostly waited for."""
_COLUMNS = ("id", "uri", "label", "width", "height", "problem")
_Rows = NDArray[np.int64]


class ParquetSource(Source):
    """The rows of a folder of shards, or a sample of them.

    Args:
        name: of the source, as it was asked for.
        shards: the folder.
        rows: which of its rows are taken, rising, (n,); None: all.
        labels: whether their labels are taken, too.
        roots: below which the images must lie that are read in full.
        sample: what `rows` is, in words.
    """

    def __init__(
        self,
        name: str,
        shards: Shards,
        rows: _Rows | None,
        *,
        labels: bool,
        roots: Roots,
        sample: str = "",
    ) -> None:
        self.name = name
        self.shards = shards
        self.sample = sample
        self.made_by: ShardRecipe = shards.making.recipe
        self._chosen = rows
        self._labels = labels
        self._roots = roots
        self._locks = [threading.Lock() for _ in range(_AT_ONCE)]

    @cached_property
    def rows(self) -> _Rows:
        """The row of the folder that each entry is, (n,)."""
        return np.arange(self.shards.n_rows) if self._chosen is None else self._chosen

    @cached_property
    def _table(self) -> pa.Table:
        """What is known of the entries besides features and thumbnails."""
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="rows") as pool:
            parts = list(pool.map(self._read_rows, self.shards.stamps))
        return pa.concat_tables(parts).combine_chunks()

    def _read_rows(self, number: int) -> pa.Table:
        kept = [
            table.take(pa.array(self._within(first, len(table)) - first))
            for first, table in self.shards.tables(_COLUMNS, [number])
        ]
        return pa.concat_tables(kept)

    def _within(self, first: int, count: int) -> _Rows:
        """The rows of the entries that lie in this part of the folder."""
        start, end = np.searchsorted(self.rows, [first, first + count])
        return self.rows[start:end]

    @cached_property
    def _uris(self) -> list[str]:
        found: list[str] = self._table.column("uri").to_pylist()
        return found

    @cached_property
    def entries(self) -> Sequence[Entry]:  # type: ignore[override]
        """The rows, with paths that are short where they begin with the place of the images."""
        start = f"{self.shards.making.source.rstrip('/')}/"
        labels = self._table.column("label").to_pylist()
        problems = self._table.column("problem").to_pylist()
        return tuple(
            Entry(uri.removeprefix(start), label if self._labels else None, problem=problem)
            for uri, label, problem in zip(self._uris, labels, problems, strict=True)
        )

    @cached_property
    def records(self) -> tuple[ImageRecord, ...]:
        """The entries with the ids, sizes and problems that the shards tell."""
        columns = [self._table.column(name).to_pylist() for name in ("id", "width", "height")]
        return tuple(
            ImageRecord(entry.path, entry.label, image_id, width, height, entry.problem)
            for entry, image_id, width, height in zip(self.entries, *columns, strict=True)
        )

    def read(self, position: int) -> bytes:
        """The bytes of an image from where it lay when the shards were made.

        Raises:
            ImageProblem: they cannot be had there, and why.
        """
        entry = self.entries[position]
        if entry.problem:
            raise ImageProblem(entry.problem)
        return read_original(self._uris[position], self._roots)

    def give(self, fingerprint: str, ids: Sequence[str]) -> Iterator[Given] | None:
        """The features of these images, a row group at a time; None for another recipe's."""
        return self._take_over(ids) if fingerprint == self.made_by.fingerprint else None

    def _take_over(self, ids: Sequence[str]) -> Iterator[Given]:
        wanted = set(ids)
        positions = [at for at, one in enumerate(self.records) if one.id in wanted]
        numbers = np.unique(self.rows[positions] // self.shards.making.shard_rows).tolist()
        for block in self.shards.blocks(numbers):
            block.require_finite(self.shards.uri)
            places = {one: at for at, one in enumerate(block.ids) if one in wanted}
            wanted.difference_update(places)
            if places:
                yield self._give(block, places)

    def _give(self, block: Block, places: dict[str, int]) -> Given:
        """The images of a row group at these places."""
        seen = {one: self._sizes[one] for one in places}
        return Given({one: block.features[at] for one, at in places.items()}, seen)

    @cached_property
    def _sizes(self) -> dict[str, Seen]:
        return {one.id: Seen(one.width, one.height) for one in self.records if one.id}

    def thumbnails(self, ids: Sequence[str]) -> Iterator[dict[str, Seen]]:
        """The small JPEGs of these images and of all entries in the same row groups.

        A row group is read as a whole whoever asks for a part of it: so nobody has to ask again.
        """
        wanted = [self._places[one] for one in ids if one in self._places]
        groups = dict.fromkeys(self._group_of(int(self.rows[at])) for at in wanted)
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="thumbnails") as pool:
            yield from pool.map(self._read_thumbnails, groups)

    @cached_property
    def _places(self) -> dict[str, int]:
        """From id to the first entry that has it."""
        records = enumerate(self.records)
        found: dict[str, int] = {}
        for at, one in records:
            if one.id is not None and one.problem is None:
                found.setdefault(one.id, at)
        return found

    def _group_of(self, row: int) -> tuple[int, int]:
        """The first row of the row group that holds a row, and how many rows it may have."""
        number, inner = divmod(row, self.shards.making.shard_rows)
        shard = number * self.shards.making.shard_rows
        rest = self.shards.making.rows_of(number) - inner // ROW_GROUP * ROW_GROUP
        return shard + inner // ROW_GROUP * ROW_GROUP, min(ROW_GROUP, rest)

    def _read_thumbnails(self, group: tuple[int, int]) -> dict[str, Seen]:
        start, end = np.searchsorted(self.rows, [group[0], sum(group)]).tolist()
        with self._locks[group[0] // ROW_GROUP % _AT_ONCE]:  # one reads, who waits finds it held
            jpegs = self.shards.take(self.rows[start:end].tolist(), ("thumbnail",)).column(0)
        pairs = zip(self.records[start:end], jpegs.to_pylist(), strict=True)
        return {
            one.id: Seen(one.width, one.height, None, jpeg)
            for one, jpeg in pairs
            if one.id and jpeg is not None
        }


def open_shards(
    address: str, *, labels: bool, roots: Roots, sample: int | None, seed: int
) -> ParquetSource:
    """The shards at an address.

    Args:
        address: a local path, or whatever fsspec knows, such as s3://bucket/folder.
        labels: whether the labels are taken.
        roots: below which the folder must lie, and each image that is read in full.
        sample: where there are more rows, so many are drawn, all with the same chance.
        seed: by which they are drawn.

    Raises:
        CoreError: it lies outside of `roots`, cannot be read, or holds no whole set of shards.
    """
    if not address:
        raise CoreError("name the folder of the shards: parquet:ADDRESS, such as parquet:s3://b/f")
    place = _locate(address, roots)
    shards = Shards(place)
    total = shards.n_rows
    if sample is None or total <= sample:
        return ParquetSource(f"parquet:{address}", shards, None, labels=labels, roots=roots)
    drawn = np.random.default_rng(seed).choice(total, sample, replace=False, shuffle=False)
    said = f"{sample:,} of {total:,} images, drawn with seed {seed}"
    rows = np.sort(drawn).astype(np.int64)
    return ParquetSource(
        f"parquet:{address}", shards, rows, labels=labels, roots=roots, sample=said
    )


def _locate(address: str, roots: Roots) -> str:
    """The address, or the absolute path with its links resolved, once it may be opened."""
    if is_address(address):
        roots.require_address(address)
        return address
    plain = address[len("file://") :] if address.lower().startswith("file://") else address
    roots.require(expand_home(plain, "folder of shards"))
    place = os.path.realpath(expand(plain, "folder of shards"))
    if "::" in place:  # fsspec would take it for two addresses
        raise CoreError(f"{place!r} cannot be opened: rename the folder, '::' is not possible")
    return place
