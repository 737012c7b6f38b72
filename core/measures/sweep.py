"""Many clusterings of one study: every k of a range, by several seeds, each measured and kept.

What is kept is kept one k at a time: whoever stops, and asks again for more, loses nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.clusters.clustering import KMeansParams, TooManyClusters
from core.compare.comparison import Comparison, compare
from core.compare.restlessness import Restlessness, measure_restlessness
from core.errors import SEEDS, CoreError
from core.exploration import NEAREST
from core.measures.advice import Advice, advise
from core.measures.quality import Quality, measure_quality
from core.measures.silhouette import Silhouettes
from core.measures.stability import Stability, measure_stability
from core.progress import Progress, Watch
from core.study import Study
from core.versions import version

LARGEST_K = 100
MOST_SEEDS = 20
_UNWATCHED = Watch()


@dataclass(frozen=True, slots=True)
class SweepParams:
    """Which clusterings: every k from `smallest` to `largest`, each by `n_seeds` seeds."""

    smallest: int = 2
    largest: int = 20
    n_seeds: int = 3

    def __post_init__(self) -> None:
        if not 2 <= self.smallest <= self.largest <= LARGEST_K:  # noqa: PLR2004 - one is no choice
            raise CoreError(
                f"k from {self.smallest} to {self.largest}: choose a range within 2 to {LARGEST_K}"
            )
        if not 1 <= self.n_seeds <= MOST_SEEDS:
            raise CoreError(f"{self.n_seeds} seeds: choose from 1 to {MOST_SEEDS}")


@dataclass(frozen=True, slots=True)
class Measured:
    """One k: how good its clusters are, and whether other seeds find the same ones."""

    k: int
    quality: Quality
    stability: Stability | None
    """None where there is one seed only."""

    def tabulate(self) -> dict[str, Any]:
        """One row of a table; what is undefined is None."""
        quality = asdict(self.quality)
        quality.pop("n_clusters")
        names = [one.name for one in fields(Stability)]
        stability = {f"stability_{name}": getattr(self.stability, name, None) for name in names}
        return {"k": self.k, **quality, **stability}


class Sweep:
    """The clusterings of a study over a range of k and several seeds, the study's own first."""

    def __init__(self, study: Study, params: SweepParams) -> None:
        self.study = study
        self.params = params

    @property
    def ks(self) -> range:
        """The k of the range for which there are images enough."""
        largest = min(self.params.largest, len(self.study.images.ids))
        return range(self.params.smallest, largest + 1)

    def seeds_of(self, k: int) -> tuple[KMeansParams, ...]:
        """The clusterings of this k, by the study's seed and by those that follow it.

        The last seed of all is followed by the first.
        """
        first = self.study.params.seed
        return tuple(KMeansParams(k, (first + n) % SEEDS) for n in range(self.params.n_seeds))

    def measure(self, k: int) -> Measured:
        """K-Means by every seed, and what is to be said of it.

        Raises:
            TooManyClusters: they cannot be told apart.
            CoreError: features are missing, or the cache cannot be used.
        """
        clusterings = self.seeds_of(k)
        return Measured(k, self.measure_one(clusterings[0]), self._compare_seeds(clusterings))

    def measure_one(self, params: KMeansParams) -> Quality:
        """The quality of any clustering, one changed by hand among them."""
        parts = {**asdict(params), "images": self._images}
        facts, _ = self.study.cached("quality", parts, lambda: (self._measure(params), {}))
        return Quality(**facts)

    def measure_whole(self) -> Quality:
        """That of all images in one cluster: without it the inertia could not bend at k = 2."""
        return self.measure_one(KMeansParams(1, self.study.params.seed))

    def _measure(self, params: KMeansParams) -> dict[str, Any]:
        made = self.study.cluster(params)
        quality = measure_quality(
            self.study.row_values,
            made.labels,
            inertia=made.inertia,
            true_labels=self.study.labels,
            seed=self.study.params.seed,
            silhouettes=self._silhouettes,
        )
        return asdict(quality)

    @cached_property
    def _silhouettes(self) -> Silhouettes:
        """Shared by all k: much of the work is the same for each."""
        return Silhouettes(self.study.row_values, seed=self.study.params.seed)

    def _compare_seeds(self, clusterings: tuple[KMeansParams, ...]) -> Stability | None:
        if len(clusterings) == 1:
            return None
        return measure_stability([self.study.cluster(one).labels for one in clusterings])

    def compare(self, before: KMeansParams, after: KMeansParams) -> Comparison:
        """Two clusterings of the distinct images; clusters of one number are the same."""
        first, second = self.study.clusters(before), self.study.clusters(after)
        return compare(first, second, weights=self.study.counts)

    def restlessness(self, watch: Watch = _UNWATCHED) -> Restlessness:
        """How often each distinct image is apart from its nearest ones, over all clusterings.

        They end before the first k of which so many clusters cannot be told apart: see `ks_of`.

        Raises:
            TooManyClusters: that is so for every k of the range.
            CoreError: features are missing, or the cache cannot be used.
            Cancelled: `watch` said so; the clusterings that were found are kept.
        """
        if not self.ks:
            fewest = self.params.smallest
            n_images = len(self.study.images.ids)
            raise TooManyClusters(f"{n_images} images are too few for k = {fewest}: start lower")
        parts = {**asdict(self.params), "seed": self.study.params.seed, "images": self._images}
        facts, arrays = self.study.cached("restlessness", parts, lambda: self._follow_images(watch))
        return Restlessness(arrays["stability"], **facts)

    def ks_of(self, found: Restlessness) -> range:
        """The k of the range over which it was measured."""
        return self.ks[: found.n_clusterings // self.params.n_seeds]

    def _follow_images(self, watch: Watch) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        neighbors = self.study.neighbors(NEAREST)
        found = measure_restlessness(neighbors, self._clusterings(watch))
        facts = {"chance": found.chance, "n_clusterings": found.n_clusterings}
        return facts, {"stability": found.stability}

    def _clusterings(self, watch: Watch) -> Iterator[NDArray[np.int32]]:
        """The clusters of the distinct images, (n,), as long as K-Means tells them apart."""
        for k in self.ks:
            try:
                found = list(self._clusterings_of(k, watch))
            except TooManyClusters:
                if k == self.ks[0]:
                    raise
                return
            yield from found

    def _clusterings_of(self, k: int, watch: Watch) -> Iterator[NDArray[np.int32]]:
        n_seeds = self.params.n_seeds
        for done, params in enumerate(self.seeds_of(k), (k - self.ks[0]) * n_seeds):
            watch.step(Progress("cluster", done, len(self.ks) * n_seeds, "clusterings"))
            yield self.study.clusters(params)

    @property
    def _images(self) -> dict[str, str]:
        """What decides the clusters, besides their parameters."""
        return {"set": self.study.images.fingerprint, "sklearn": version("scikit-learn")}


def advise_on(sweep: Sweep, rows: Sequence[Measured]) -> Advice:
    """What the measures so far say, in words."""
    qualities = {row.k: row.quality for row in rows}
    if 2 in qualities:  # noqa: PLR2004 - then the curve may begin at 1
        qualities[1] = sweep.measure_whole()
    stabilities = {row.k: row.stability for row in rows if row.stability is not None}
    return advise(qualities, stabilities)
