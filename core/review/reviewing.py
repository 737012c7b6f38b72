"""Which images of a study to look at first: how badly each fits its cluster, and why, in words."""

from dataclasses import asdict
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.clusters.clustering import KMeansParams
from core.compare.restlessness import Restlessness
from core.exploration import NEAREST
from core.review.confusion import disagree_with_cluster
from core.review.fit import NO_RIVAL
from core.review.misfit import ImageSilhouettes, Misfit, find_silhouettes, measure_misfit
from core.review.misfit_words import describe_misfit
from core.review.outliers import Outliers, measure_outliers
from core.study import Study


class Review:
    """The clusters of a study under review. Images are named by their row among the distinct ones.

    What is measured is measured once for each object.
    """

    def __init__(
        self, study: Study, params: KMeansParams, *, restlessness: Restlessness | None = None
    ) -> None:
        """Of one clustering; `restlessness` where a sweep has been made, which takes its time."""
        self.study = study
        self.params = params
        self.restlessness = restlessness
        self.clusters = study.clusters(params)
        self.fit = study.fit(params)
        self.neighbors = study.neighbors(NEAREST)

    @cached_property
    def misfit(self) -> Misfit:
        """How badly each image fits its cluster."""
        return measure_misfit(
            self.fit,
            self.clusters,
            self.neighbors,
            self._silhouettes,
            restlessness=self.restlessness,
            label=disagree_with_cluster(self.clusters, self.study.rows, self.study.labels),
        )

    @property
    def _silhouettes(self) -> ImageSilhouettes:
        """Kept in the cache: for thousands of images they take a second."""
        study, params = self.study, self.params
        parts = {"images": study.images.fingerprint, **asdict(params)}
        facts, arrays = study.cached(
            "image silhouettes",
            parts,
            lambda: _split(find_silhouettes(study.reduction.values, self.clusters, self.fit)),
        )
        return ImageSilhouettes(arrays["values"], **facts)

    @cached_property
    def outliers(self) -> Outliers:
        """How far each image lies from all others."""
        return measure_outliers(self.neighbors)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the clusters are called, by number."""
        return self.study.names(self.params)

    def rival(self, row: int) -> int | None:
        """The nearest other cluster of an image; None where there is no other."""
        rival = int(self.fit.rivals[row])
        return None if rival == NO_RIVAL else rival

    def describe(self, row: int) -> list[str]:
        """What speaks against an image's place, a clause for each score."""
        return describe_misfit(
            row,
            misfit=self.misfit,
            fit=self.fit,
            clusters=self.clusters,
            neighbors=self.neighbors,
            names=self.names,
        )


def _split(found: ImageSilhouettes) -> tuple[dict[str, bool], dict[str, NDArray[np.float32]]]:
    return {"is_exact": found.is_exact}, {"values": found.values}
