"""One source, studied: from its images to their clusters and their map, each step computed once.

This is where the parts meet. Every result is looked up in the cache under all that made it, and
computed only where it is not there yet.
"""

from pathlib import Path
from typing import Any

from core.addresses import expand_home
from core.cache import Cache, file_state, fingerprint
from core.clusterings import Clusterings
from core.errors import CoreError
from core.exploration import Exploration
from core.neighborhood import Neighborhood
from core.network.download import file_digest
from core.network.pretrained import NAMED_WEIGHTS, find_weights
from core.pictures.native_side import measure_side
from core.pictures.scan import scan
from core.progress import Watch
from core.recipe import StudyParams, decide, refuse_other_decoder
from core.shards.following import follow
from core.sources import EVERYWHERE, Roots, open_source

_UNWATCHED = Watch()


class Study(Clusterings, Neighborhood, Exploration):
    """The images of one source and everything that one recipe makes of them."""

    def describe(self) -> dict[str, Any]:
        """What an export says of its making.

        Raises:
            CoreError: features are missing, or there is no image that can be read.
        """
        weights = self.recipe.weights
        return {
            "source": self.source.name,
            **({"sample": self.source.sample} if self.source.sample else {}),
            **self.recipe.describe(),
            "weights_sha256": weights.sha256,
            "weights_reason": weights.reason,
            "reduce": self.reduction.describe(),
            "seed": self.params.seed,
        }

    @property
    def _names_key(self) -> str:
        # Without the version of the results: what a person has written outlives a change of code.
        parts = {"ids": self._digest(self.images.ids), "seed": self.params.seed}
        return fingerprint(kind="names", made_of=self._made_of, parts=parts)


def open_study(
    params: StudyParams, cache: Cache, watch: Watch = _UNWATCHED, *, roots: Roots = EVERYWHERE
) -> Study:
    """Find the images and the weights, and decide how they are treated. Nothing is extracted yet.

    Args:
        params: what is asked for.
        cache: where everything is kept.
        watch: told of the progress.
        roots: below which all files and addresses must lie, those of the weights included.

    Raises:
        CoreError: the source, the weights or an option cannot be used.
        Cancelled: `watch` said so.
    """
    source = open_source(
        params.source, images=params.images, labels=params.labels, roots=roots,
        sample=params.sample, seed=params.seed,
    )  # fmt: skip
    if params.weights not in NAMED_WEIGHTS:
        roots.require(expand_home(params.weights, "weights"))
    images = scan(source, cache, watch)

    def digest(file: Path) -> str:
        return _digest_of(file, cache)

    if source.made_by is not None:
        refuse_other_decoder(params)
        settled, recipe = follow(params, source.made_by, digest=digest, watch=watch)
        return Study(settled, source, images, recipe, cache)
    weights = find_weights(params.weights, digest=digest, watch=watch)
    recipe = decide(params, weights, lambda: measure_side(source, images.records))
    return Study(params, source, images, recipe, cache)


def _digest_of(file: Path, cache: Cache) -> str:
    """The SHA-256 of a file of weights, from the cache where the file is unchanged."""
    try:
        state = file_state(file)
        known = cache.known_files([state])[0]
        if known is None:
            known = file_digest(file)
            cache.remember_files([(state, known)])
    except OSError as error:
        raise CoreError(f"{file} cannot be read: {error.strerror}. Name other weights") from error
    return known
