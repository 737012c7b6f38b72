"""What other features cost: how many images have them already, and how long the rest takes here."""

import os
import time
from dataclasses import dataclass, replace

from core.network.layers import Cut
from core.network.pretrained import load_state
from core.recipe import Recipe, StudyParams, decide
from core.study import Study
from dashboard.state import View
from dashboard.waiting import await_result, format_seconds

_MOST = 128
"""Images on which it is measured, at most."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What features of all images cost.

    Attributes:
        missing: images that have no such features yet.
        seconds: what these take on this machine; None where it could not be measured.
    """

    missing: int
    seconds: float | None

    def __str__(self) -> str:
        """A sentence."""
        if not self.missing:
            return "These features are known already; only clusters and map are computed anew."
        images = "1 image" if self.missing == 1 else f"{self.missing:,} images"
        words = f"The features of {images} are computed anew"
        return f"{words}." if self.seconds is None else f"{words}, about {_round(self.seconds)}."


def _round(seconds: float) -> str:
    """Two digits: no estimate is better."""
    return format_seconds(max(1.0, float(f"{seconds:.2g}")))


def with_cut(params: StudyParams, cut: Cut) -> StudyParams:
    """The same study by features of another layer."""
    return replace(params, layer=cut.layer, grid=None if cut.is_connected else cut.grid)


def estimate_cost(view: View, study: Study, cut: Cut) -> Cost:
    """What it costs to take these features, by how long some of the images take."""
    recipe = decide(with_cut(view.study, cut), study.recipe.weights, study.measure_side)
    missing = study.cache.missing_features(recipe.fingerprint, study.images.ids)
    if not missing:
        return Cost(0, 0.0)
    key = ("rate", recipe.fingerprint, study.images.fingerprint)
    rate: float | None = await_result(
        key, lambda _: _measure_rate(study, recipe), "Measuring how long it takes"
    )
    return Cost(len(missing), None if rate is None else len(missing) * rate)


def _measure_rate(study: Study, recipe: Recipe) -> float | None:
    """Seconds an image, reading and decoding included; None where none can be read."""
    # With torch, which takes longer to import than the rest of the page.
    from core.features import Extractor, suit_batch_size  # noqa: PLC0415
    from core.network.vgg import build_network  # noqa: PLC0415

    network = build_network(load_state(recipe.weights), recipe.cut)
    extractor = Extractor(
        network, recipe.transform, recipe.device, jpegs_on_device=recipe.jpegs_on_device
    )
    at_once = min(suit_batch_size(recipe.device.kind, recipe.transform.size), _MOST)
    ids = study.images.ids[:at_once]
    for _ in extractor.extract(ids[:1], study.read, workers=1):
        pass  # what is slow only once is not counted
    began = time.perf_counter()
    batches = list(extractor.extract(ids, study.read, workers=os.cpu_count() or 1))
    seen = sum(len(batch.features) for batch in batches)
    return (time.perf_counter() - began) / seen if seen else None
