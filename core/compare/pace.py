"""How long the extraction of features will take, from how long a few images take."""

from time import perf_counter

from core.network.layers import Cut
from core.network.network_table import tabulate_network
from core.study import Study

_TIMED = "conv3"
"""The earliest features: what they cost tells of the deeper ones, in a fraction of their time."""
_WORKERS = 2


def measure_pace(study: Study) -> float:
    """Multiply-adds a second at which images of the set are read and go through the network.

    Raises:
        CoreError: the weights cannot be used.
    """
    from core.features import Extractor, suit_batch_size  # noqa: PLC0415 - with torch
    from core.network.pretrained import load_state  # noqa: PLC0415
    from core.network.vgg import build_network  # noqa: PLC0415

    recipe = study.recipe
    network = build_network(load_state(recipe.weights), Cut(_TIMED))
    extractor = Extractor(
        network, recipe.transform, recipe.device, jpegs_on_device=recipe.jpegs_on_device
    )
    count = study.params.batch_size or suit_batch_size(recipe.device.kind, recipe.transform.size)
    some = study.images.ids[:count]
    for _ in range(2):  # the first pass finds out how to compute best
        began = perf_counter()
        for _batch in extractor.extract(some, study.read, batch_size=count, workers=_WORKERS):
            pass
        seconds = perf_counter() - began
    return len(some) * _cost(recipe.transform.size, _TIMED) / max(seconds, 1e-9)


def estimate_seconds(n_images: int, *, layer: str, size: int, pace: float) -> float:
    """How long so many images take up to a layer.

    Args:
        n_images: how many.
        layer: of the features.
        size: side of the square that the network sees.
        pace: multiply-adds a second.
    """
    return n_images * _cost(size, layer) / pace


def _cost(size: int, layer: str) -> int:
    """Multiply-adds of one image up to a layer."""
    return tabulate_network(size, deepest=layer).multiply_adds
