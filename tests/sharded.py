"""Small folders of shards that a reader can check by hand."""

from dataclasses import replace

import numpy as np

from core.images import Seen
from core.shards.making import Making, ShardRecipe
from core.shards.shard_file import ShardRow, write_shard
from core.shards.storage import Folder

RECIPE = ShardRecipe(
    "f" * 32, "embedded", "67d99a16" * 8, "conv5", 1, "embedded", 64, "fp32", 2, "l2"
)


def making_of(n_images=5, shard_rows=2, *, recipe=RECIPE, dimension=3, plan="list"):
    return Making("photos", recipe, dimension, n_images, shard_rows, plan)


def row_of(number, *, problem=None, dimension=3, dtype=np.float32):
    """Image 7 has the id `id7`, 7 pixels of width, and features of nothing but 7."""
    if problem:
        return ShardRow(f"{number}.png", "odd", None, Seen(0, 0, problem))
    seen = Seen(number, 9, None, b"jpeg %d" % number)
    features = np.full(dimension, number, dtype=dtype)
    return ShardRow(f"{number}.png", None, f"id{number}", seen, features)


def write_part(folder, making, number, *, broken=()):
    """The shard of that number; the images in `broken` could not be read."""
    first = number * making.shard_rows
    rows = [
        row_of(n, problem="no such file" if n in broken else None, dimension=making.dimension)
        for n in range(first, first + making.rows_of(number))
    ]
    return write_shard(folder, making, number, rows)


def write_folder(uri, making=None, *, broken=(), numbers=None):
    """All shards of a folder, or those of some numbers."""
    making = making or making_of()
    folder = Folder(str(uri))
    making.write(folder)
    for number in range(making.n_shards) if numbers is None else numbers:
        write_part(folder, making, number, broken=broken)
    return folder


def write_values(uri, values, shard_rows, *, broken=(), plan="list"):
    """All shards of features (n, d), row by row; the images in `broken` could not be read."""
    making = making_of(len(values), shard_rows, dimension=values.shape[1], plan=plan)
    folder = Folder(str(uri))
    making.write(folder)
    rows = [
        row_of(n, problem="no such file") if n in broken else replace(row_of(n), features=values[n])
        for n in range(len(values))
    ]
    for number in range(making.n_shards):
        first = number * shard_rows
        write_shard(folder, making, number, rows[first : first + shard_rows])
    return folder
