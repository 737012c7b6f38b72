"""A folder of shards as an extraction would have left it, of images that never were."""

from collections.abc import Iterator
from itertools import islice
from math import ceil
from pathlib import Path

from benchmarks.planted import N_CLUSTERS, Planted, draw_picture
from core.images import Seen, identify
from core.network.pretrained import find_weights
from core.recipe import Recipe, StudyParams, decide
from core.shards.making import MAKING_FILE, Making, ShardRecipe
from core.shards.shard_file import ShardRow, write_shard
from core.shards.storage import Folder

_N_SHARDS = 16
_SIDE = 8
_SOURCE = "/nowhere"


def plant_shards(place: Path, n_images: int) -> None:
    """Planted features in half precision, 512 each, in 16 shards; what is there stays.

    Args:
        place: the folder.
        n_images: how many.

    Raises:
        CoreError: the folder cannot be written to.
    """
    folder, making = Folder(str(place)), _making(n_images)
    if folder.has(MAKING_FILE):
        return
    rows = _rows(n_images)
    for number in range(making.n_shards):
        write_shard(folder, making, number, list(islice(rows, making.rows_of(number))))
    making.write(folder)  # last: where it is, all shards are


def _making(n_images: int) -> Making:
    recipe = _recipe()
    shard_rows = ceil(n_images / _N_SHARDS)
    made_by = ShardRecipe.of(recipe)
    return Making(_SOURCE, made_by, recipe.cut.n_features, n_images, shard_rows, "planted")


def _recipe() -> Recipe:
    params = StudyParams(
        "", weights="embedded", layer="conv5", grid=1, device="cpu", precision="bf16"
    )
    return decide(params, find_weights("embedded"))


def _rows(n_images: int) -> Iterator[ShardRow]:
    planted = Planted(n_images, _recipe().cut.n_features)
    dtype = _recipe().device.stored_dtype
    clusters = iter(planted.clusters.tolist())
    pictures = [draw_picture(cluster) for cluster in range(N_CLUSTERS)]
    numbers = iter(range(n_images))
    for block in planted.blocks():
        for features in block.astype(dtype):
            number, cluster = next(numbers), next(clusters)
            seen = Seen(_SIDE, _SIDE, thumbnail=pictures[cluster])
            image_id = identify(number.to_bytes(4, "big"))
            uri = f"{_SOURCE}/{number:09}.jpg"
            yield ShardRow(uri, f"group {cluster}", image_id, seen, features)
