"""How badly each image fits its cluster: four scores from 0 to 1, and the order they make together.

The order is by the mean of three of them, margin, neighbours and restlessness, and of the
disagreement with the label where there is one. They ask different things: how the image lies
between the centroids, what is around it, and whether other clusterings agree. The silhouette asks
the first once more and has no part in it. docs/review.md says how that was measured.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.compare.restlessness import COMPANIONS, Restlessness
from core.errors import CoreError, check_choice
from core.measures.silhouette import EXACT_UP_TO, score_all
from core.neighbors import Neighbors
from core.review.fit import Fit

COMBINED = "combined"
SCORES = (COMBINED, "margin", "silhouette", "neighbors", "restlessness", "label")

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ImageSilhouettes:
    """The silhouette of each of n images, float32 (n,), -1 to 1; NaN where it is undefined.

    `is_exact` is False where centroids stand for the images of a cluster: see `core.review.fit`.
    """

    values: Scores
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Misfit:
    """How badly each of n images fits its cluster. All float32 (n,), 0 to 1: 1 is the worst.

    Attributes:
        margin: 0 at its own centroid, 1 where the rival's is as near, or nearer; NaN where there
            is no rival.
        silhouette: (1 - s) / 2 of the silhouette s; NaN where it is undefined.
        neighbors: the share of its 14 nearest neighbours that are in other clusters; NaN where it
            has none.
        restlessness: how often it is apart from them in other clusterings; None where that is not
            known.
        label: disagreement of its label with its cluster's, NaN where it has none; None where no
            image has one.
        silhouette_is_exact: whether it is the silhouette, not the simplified one.
    """

    margin: Scores
    silhouette: Scores
    neighbors: Scores
    restlessness: Scores | None
    label: Scores | None
    silhouette_is_exact: bool

    @property
    def combined(self) -> Scores:
        """The mean of margin, neighbours, restlessness and label, as far as there are any, (n,).

        0 where there are none: nothing speaks against the image.
        """
        parts = (self.margin, self.neighbors, self.restlessness, self.label)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Mean of empty slice")
            mean = np.nanmean([part for part in parts if part is not None], axis=0)  # (n,)
        combined: Scores = np.nan_to_num(mean).astype(np.float32)
        return combined

    def score(self, name: str) -> Scores:
        """One of `SCORES`, (n,).

        Raises:
            CoreError: there is no such score, or it is not known for these images.
        """
        check_choice("score", name, SCORES)
        found: Scores | None = getattr(self, name)
        if found is None:
            raise CoreError(f"the score {name!r} is not known here: choose {COMBINED}")
        return found

    def worst_first(self, by: str = COMBINED) -> NDArray[np.int64]:
        """The rows in the order of the queue, (n,): the worst first, undefined ones last.

        Equals stand in the combined order, and then in that of their rows.

        Raises:
            CoreError: there is no such score, or it is not known for these images.
        """
        return np.lexsort((-self.combined, -self.score(by)))


def measure_misfit(
    fit: Fit,
    clusters: NDArray[np.int32],
    neighbors: Neighbors,
    silhouettes: ImageSilhouettes,
    *,
    restlessness: Restlessness | None = None,
    label: Scores | None = None,
) -> Misfit:
    """How badly each of n distinct images fits its cluster.

    Args:
        fit: of each image in its cluster.
        clusters: the cluster of each, (n,).
        neighbors: of each, itself first, (n, 15); of more the nearest 14 count.
        silhouettes: of each, from `find_silhouettes`.
        restlessness: of each, where other clusterings were made.
        label: disagreement of each with the label of its cluster, from `core.review.confusion`.
    """
    silhouette: Scores = (1 - silhouettes.values) / np.float32(2)
    return Misfit(
        margin=1 - fit.fit,
        silhouette=silhouette,
        neighbors=_disagreement(clusters, neighbors),
        restlessness=None if restlessness is None else restlessness.restlessness,
        label=label,
        silhouette_is_exact=silhouettes.is_exact,
    )


def find_silhouettes(
    values: NDArray[np.float32], clusters: NDArray[np.int32], fit: Fit
) -> ImageSilhouettes:
    """The silhouette of every image, of up to 5,000; of more the simplified one, which is its fit.

    Copies count once: the silhouette of an image with 100 copies would be that of its copies.

    Args:
        values: of the distinct images, (n, d).
        clusters: the cluster of each, (n,).
        fit: of each in its cluster.
    """
    if len(values) > EXACT_UP_TO:
        return ImageSilhouettes(fit.fit, is_exact=False)
    found = score_all(values, clusters)
    undefined = np.full(len(values), np.nan, dtype=np.float32)
    return ImageSilhouettes(undefined if found is None else found, is_exact=True)


def _disagreement(clusters: NDArray[np.int32], neighbors: Neighbors) -> Scores:
    """The share of each image's companions that are in other clusters, (n,).

    The class purity of an image's neighbourhood, turned round (for labels: D. Wilson, "Asymptotic
    Properties of Nearest Neighbor Rules Using Edited Data", IEEE Transactions on Systems, Man and
    Cybernetics 2(3), 1972).
    """
    companions = neighbors.indices[:, 1 : COMPANIONS + 1]  # (n, c)
    if companions.shape[1] == 0:
        return np.full(len(companions), np.nan, dtype=np.float32)
    elsewhere = clusters[companions] != clusters[:, None]  # (n, c)
    share: Scores = elsewhere.mean(axis=1, dtype=np.float32)
    return share
