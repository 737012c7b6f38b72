"""The recipe of a study of shards: as they were made, unless what was asked for contradicts it."""

from dataclasses import replace
from pathlib import Path

from core.errors import CoreError
from core.network.download import file_digest
from core.network.layers import LAYERS
from core.network.pretrained import (
    EMBEDDED_FILE,
    IMAGENET_PREFIX,
    Digest,
    Weights,
    find_weights,
    imagenet_file,
)
from core.progress import Watch
from core.recipe import CODE_VERSION, Recipe, StudyParams, decide
from core.shards.making import ShardRecipe

_REASON = "the shards were made by them"
_UNWATCHED = Watch()


def follow(
    params: StudyParams,
    made: ShardRecipe,
    *,
    digest: Digest = file_digest,
    watch: Watch = _UNWATCHED,
) -> tuple[StudyParams, Recipe]:
    """What was asked for with all that the shards decide filled in, and the recipe that follows.

    Normalisation and PCA come after the features, so these may be asked for. Where the weights are
    not on this machine, or belong to another version, only the network is closed.

    Args:
        params: what is asked for.
        made: how the features of the shards were made.
        digest: how a file's SHA-256 is found.
        watch: told of a download's progress.

    Raises:
        CoreError: what was asked for contradicts the shards, or does not exist.
    """
    _refuse_contradictions(params, made)
    weights = _find(params.weights, made, digest, watch)
    settled = replace(
        params,
        layer=made.layer,
        grid=made.grid,
        transform=made.transform,
        size=made.size,
        precision=made.precision,
        normalize=params.normalize or made.normalize,
    )
    other = None if made.code == CODE_VERSION else made.code
    recipe = replace(decide(settled, weights), code=other)
    if recipe.fingerprint != made.fingerprint:
        raise CoreError(
            f"{params.source} is damaged: its groupsight.json tells of {made.describe()}, and its "
            "shards are of something else. Extract into another folder"
        )
    return settled, recipe


def _refuse_contradictions(params: StudyParams, made: ShardRecipe) -> None:
    asked = {
        "layer": (params.layer, made.layer),
        "grid": (params.grid, made.grid),
        "transform": (params.transform, made.transform),
        "size": (params.size, made.size),
        "precision": (None if params.precision == "auto" else params.precision, made.precision),
    }
    for name, (wanted, there) in asked.items():
        if wanted is not None and wanted != there:
            raise CoreError(
                f"{params.source} was made with {name} {there}, and asked for is {name} {wanted}: "
                "leave it out, or extract the images again"
            )


def _find(name: str, made: ShardRecipe, digest: Digest, watch: Watch) -> Weights:
    """The weights that made the shards; absent where they are not here, or of no use."""
    found = _find_here(made, digest) if name == "auto" else _find_named(name, made, digest, watch)
    if made.code != CODE_VERSION:
        return replace(
            found or _absent(made),
            absent=f"the features were made by version {made.code} of Groupsight's network, and "
            f"this is version {CODE_VERSION}, which gives others: extract the images again",
        )
    return found or _absent(made)


def _find_here(made: ShardRecipe, digest: Digest) -> Weights | None:
    """The weights of this machine that are the very ones; nothing is fetched."""
    here = {"embedded": EMBEDDED_FILE, "imagenet": imagenet_file()}
    for name, file in here.items():
        if name == "imagenet" and not (_is_imagenet(made) and file.exists()):
            continue  # half a gigabyte is not read to learn that it is another
        if digest(file) == made.weights_sha256:
            return replace(find_weights(name, digest=digest), reason=_REASON)
    return None


def _find_named(name: str, made: ShardRecipe, digest: Digest, watch: Watch) -> Weights:
    """The weights that were asked for.

    Raises:
        CoreError: they are others than those of the shards.
    """
    if name == "imagenet" and not _is_imagenet(made):
        raise _contradiction(name, IMAGENET_PREFIX, made)  # before it is fetched
    found = find_weights(name, digest=digest, watch=watch)
    if found.sha256 != made.weights_sha256:
        raise _contradiction(found.name, found.sha256, made)
    return found


def _contradiction(name: str, sha256: str, made: ShardRecipe) -> CoreError:
    return CoreError(
        f"the shards were made by the weights {made.weights} ({made.weights_sha256[:8]}), and "
        f"asked for are {name} ({sha256[:8]}): leave --weights out, or extract the images again"
    )


def _is_imagenet(made: ShardRecipe) -> bool:
    return made.weights_sha256.startswith(IMAGENET_PREFIX)


def _absent(made: ShardRecipe) -> Weights:
    fix = "choose imagenet, which fetches 528 MB" if _is_imagenet(made) else "choose their file"
    return Weights(
        made.weights,
        Path(made.weights),
        made.weights_sha256,
        _layers_up_to(made.layer),
        _REASON,
        f"the weights {made.weights} ({made.weights_sha256[:8]}), which made the shards, are not "
        f"on this machine: {fix} under Weights, or with --weights",
    )


def _layers_up_to(layer: str) -> tuple[str, ...]:
    """What a network has that reaches to this layer."""
    names = list(LAYERS)
    return tuple(names[: names.index(layer) + 1]) if layer in names else (layer,)
