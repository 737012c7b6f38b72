"""For tests: folders of shards that hold what a study of files has extracted."""

from core.images import Seen
from core.shards.making import Making, ShardRecipe
from core.shards.shard_file import ShardRow, write_shard
from core.shards.storage import Folder


def write_copy(study, uri, *, shard_rows=4, recipe=None, base=None, n_images=None):
    """Shards with the features and thumbnails of an extracted study, at an address.

    Args:
        study: of a folder of files.
        uri: where they go.
        shard_rows: of each shard.
        recipe: what they say made them, if not the study's.
        base: where the images are said to lie, if not where they do.
        n_images: how many are taken, if not all.
    """
    records = study.images.records[:n_images]
    recipe = recipe or ShardRecipe.of(study.recipe)
    base = base or study.source.name
    n_features = study.recipe.cut.n_features
    making = Making(base, recipe, n_features, len(records), shard_rows, "list")
    folder = Folder(str(uri))
    making.write(folder)
    rows = [_row(study, record, base) for record in records]
    for number in range(making.n_shards):
        write_shard(folder, making, number, rows[number * shard_rows :][:shard_rows])
    return folder


def _row(study, record, base):
    uri = f"{base}/{record.path}"
    if record.problem:
        return ShardRow(uri, record.label, record.id, Seen(0, 0, record.problem))
    seen = Seen(record.width, record.height, None, study.cache.thumbnail(record.id))
    stored = study.recipe.device.stored_dtype
    n_features = study.recipe.cut.n_features
    features = study.cache.features(
        study.recipe.fingerprint, [record.id], dtype=stored, n_features=n_features
    )
    return ShardRow(uri, record.label, record.id, seen, features[0].astype(stored))
