"""The fit with what was decided, kept in the cache, so that it is computed once.

Its key is made of all that decides it: the features, the corrected clusters, what each image
weighs, and the links. As soon as somebody decides otherwise it is another key.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.clusters.constrained import Links, Refit, refit
from core.journal.corrections import Corrected
from core.journal.lessons import Taught, teach
from core.results import Result
from core.review.fit import Fit, find_centroids, measure_fit
from core.study import Study


class _NotFitted(Exception):  # noqa: N818 - nothing has failed
    """It is not in the cache."""


def fit_again(study: Study, corrected: Corrected, *, seed: int) -> Taught:
    """K-Means fitted again with what was decided: see `core.journal.lessons.teach`."""
    return _teach(study, corrected, seed, _compute)


def find_fit(study: Study, corrected: Corrected, *, seed: int) -> Taught | None:
    """The same if it was computed before; else None, at once."""

    def give_up(*_: Any) -> Result:
        raise _NotFitted

    try:
        return _teach(study, corrected, seed, give_up)
    except _NotFitted:
        return None


def measure_again(study: Study, corrected: Corrected, labels: NDArray[np.int32]) -> Fit:
    """How well each distinct image fits its new cluster; excluded images move no centroid."""
    values, counts = study.reduction.values, np.where(corrected.excluded, 0, study.counts)
    return measure_fit(values, labels, find_centroids(values, labels, counts))


def _teach(study: Study, corrected: Corrected, seed: int, compute: Callable[..., Result]) -> Taught:
    values, ids = study.reduction.values, study.images.ids

    def fit(
        values: NDArray[np.float32],
        labels: NDArray[np.int32],
        links: Links,
        *,
        counts: NDArray[np.int64],
        seed: int,
    ) -> Refit:
        made_of = (labels, links.must, links.cannot, counts)
        parts = {"images": _digest("\n".join(ids).encode()), "seed": seed}
        parts["made of"] = [_digest(array.tobytes()) for array in made_of]
        facts, arrays = study.cached(
            "refit", parts, lambda: compute(values, labels, links, counts, seed)
        )
        return Refit(arrays["labels"], arrays["broken"], facts["inertia"], facts["rounds"])

    return teach(values, corrected, ids, counts=study.counts, seed=seed, fit=fit)


def _compute(
    values: NDArray[np.float32],
    labels: NDArray[np.int32],
    links: Links,
    counts: NDArray[np.int64],
    seed: int,
) -> Result:
    made = refit(values, labels, links, counts=counts, seed=seed)
    facts = {"inertia": made.inertia, "rounds": made.rounds}
    return facts, {"labels": made.labels, "broken": made.broken}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
