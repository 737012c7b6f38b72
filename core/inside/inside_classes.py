"""ImageNet's classes of a study's images, and the names that they suggest for a cluster."""

import numpy as np
from numpy.typing import NDArray

from core.inside.looking import Image, Looking, Result
from core.network.predictions import Suggestion, suggest_names
from core.pictures.decoding import ImageProblem
from core.progress import Progress, Watch

NAMED_BY = 24
"""Images whose classes give a cluster its name, where each costs a pass through the network."""
NAMED_BY_FEATURES = 1000
"""The same where the classes follow from features that are there already."""


def classify(looking: Looking, image: Image) -> NDArray[np.float32]:
    """ImageNet's probabilities for an image, (1000,), kept for images of the set.

    Raises:
        CoreError: the weights have no such classes.
        ImageProblem: the image cannot be read or decoded, and why.
    """
    network = looking.network
    network.require_classes()

    def compute() -> Result:
        pooled = network.maps_of([looking.square(image)], "pool5")
        return {}, {"probabilities": network.classify(network.connect(pooled, "fc2"), "fc2")[0]}

    return looking.keep("classes", image, {}, compute)[1]["probabilities"]


def suggest(looking: Looking, members: NDArray[np.int64], watch: Watch) -> tuple[Suggestion, ...]:
    """Names for some images, the most typical first, by the classes that they show most often.

    Features of `fc1` and `fc2` tell the classes without another look at the images.

    Raises:
        CoreError: the weights have no classes.
        ImageProblem: none of the images can be read now.
        Cancelled: `watch` said so; what was predicted is kept.
    """
    looking.network.require_classes()
    if looking.study.recipe.cut.is_connected:
        return suggest_names(_classes_of_features(looking, members[:NAMED_BY_FEATURES]))
    return suggest_names(_classes_of_images(looking, members[:NAMED_BY], watch))


def _classes_of_features(looking: Looking, rows: NDArray[np.int64]) -> list[int]:
    study = looking.study
    recipe = study.recipe
    features = study.cache.features(
        recipe.fingerprint,
        [study.images.ids[row] for row in rows],
        dtype=recipe.device.stored_dtype,
        n_features=recipe.cut.n_features,
    )
    likeliest: list[int] = looking.network.classify(features, recipe.cut.layer).argmax(1).tolist()
    return likeliest


def _classes_of_images(looking: Looking, rows: NDArray[np.int64], watch: Watch) -> list[int]:
    found, problem = [], None
    for done, row in enumerate(rows.tolist()):
        watch.step(Progress("classify", done, len(rows)))
        try:
            found.append(int(classify(looking, looking.study.images.ids[row]).argmax()))
        except ImageProblem as error:
            problem = error
    if problem is not None and not found:
        raise problem
    return found
