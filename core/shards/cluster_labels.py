"""The labels of one shard, as a Parquet file of the same name: whole and of its centroids, or not.

Every image goes to its nearest centroid, by whoever does the work.
"""

import json
from dataclasses import asdict, dataclass, fields
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.clusters.assigning import assign_stream
from core.errors import CoreError
from core.shards.cluster_fit import Fit, FitParams
from core.shards.making import part_name
from core.shards.shard_file import STAMP, to_parquet
from core.shards.shards import BLOCK_COLUMNS, Shards
from core.shards.storage import Folder

SCHEMA = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("id", pa.string()),
        pa.field("cluster", pa.int32()),
        pa.field("distance", pa.float32()),
    ]
)
"""`cluster` and `distance` are null where the image has no features."""


@dataclass(frozen=True, slots=True)
class LabelStamp:
    """What the labels of a shard say of themselves.

    Attributes:
        number: of the shard.
        key: of the Fit that they are of.
        sizes: how many images of the shard each cluster holds, k of them.
        inertia: the sum of their squared distances.
    """

    number: int
    key: str
    sizes: tuple[int, ...]
    inertia: float

    def dump(self) -> bytes:
        """For the file's metadata."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From the file's metadata.

        Raises:
            ValueError: it is none.
        """
        facts = json.loads(data)
        names = {one.name for one in fields(cls)}
        if not isinstance(facts, dict) or set(facts) != names:
            raise ValueError(f"not the facts {sorted(names)}")
        return cls(**{**facts, "sizes": tuple(facts["sizes"])})


@dataclass(frozen=True)
class Labeller:
    """Gives the images of one shard after the other their clusters, and writes them."""

    shards: Shards
    params: FitParams
    fit: Fit
    folder: Folder

    def __call__(self, number: int) -> bytes:
        """Label one shard, unless its labels are there; gives the dumped LabelStamp.

        Raises:
            CoreError: the shard cannot be read, or the labels not be written.
        """
        name = part_name(number)
        if self.folder.has(name):  # by a worker that was killed before it could tell
            return self.inspect(number).dump()
        table = pa.concat_tables(
            self._label(first, table)
            for first, table in self.shards.tables(BLOCK_COLUMNS, [number])
        )
        labels = table.column("cluster").drop_null().to_numpy()
        distances = table.column("distance").drop_null().to_numpy()
        sizes = np.bincount(labels, minlength=len(self.fit.centroids))
        inertia = float(np.square(distances, dtype=np.float64).sum())
        stamp = LabelStamp(number, self.fit.key, tuple(sizes.tolist()), inertia)
        data = to_parquet(table, stamp.dump(), compressed="ZSTD", repeating=("cluster",))
        self.folder.write(name, data)
        return stamp.dump()

    def _label(self, first: int, table: pa.Table) -> pa.Table:
        """A row group with its labels."""
        block = self.shards.block_of(first, table)
        block.require_finite(self.shards.uri)
        (made,) = assign_stream([self.params.prepare(block)], self.fit.centroids)
        absent = np.ones(len(table), dtype=bool)
        absent[block.rows - first] = False
        labels, distances = np.zeros(len(table), np.int32), np.zeros(len(table), np.float32)
        labels[~absent], distances[~absent] = made.labels, made.distances
        columns = [
            pa.array(first + np.arange(len(table))),
            table.column("id"),
            pa.array(labels, mask=absent),
            pa.array(distances, mask=absent),
        ]
        return pa.table(columns, schema=SCHEMA)

    def inspect(self, number: int) -> LabelStamp:
        """What the labels of a shard, which are there, say of themselves; only their end is read.

        Raises:
            CoreError: they are half-written, or of another shard, other centroids or features.
        """
        path = self.folder.path(part_name(number))
        try:
            with self.folder.open(part_name(number)) as file:
                metadata = pq.read_metadata(file)
            stamp = LabelStamp.parse((metadata.metadata or {})[STAMP])
            is_whole = (
                metadata.num_rows == self.shards.making.rows_of(number)
                and metadata.schema.to_arrow_schema().equals(SCHEMA)
                and sum(stamp.sizes) == self.shards.stamps[number].n_readable
            )
        except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
            raise CoreError(
                f"{path} is half-written or damaged: delete it and start again, which labels this "
                "shard alone"
            ) from error
        if not is_whole or (stamp.number, stamp.key) != (number, self.fit.key):
            raise CoreError(
                f"{path} holds other labels than those of shard {number} and these centroids: "
                f"move {self.folder.uri} elsewhere and start again"
            )
        return stamp
