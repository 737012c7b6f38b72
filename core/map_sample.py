"""Which images a map draws where there are more than a browser draws at ease.

All clusters in proportion and some of each, and the images that fit badly: what a person looks for
on a map must not be lost by lot.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_DRAWN = 50_000
"""Images up to which all are drawn. docs/scale.md has what more of them cost."""
BAD_FIT = 0.05
"""Below this an image lies all but on the border to another cluster: it fits badly."""
SOME = 20
"""Of each cluster at least so many are drawn, or all that it has."""

_BAD_PART = 3
"""Of the images drawn at most one in three is there because it fits badly."""


@dataclass(frozen=True, slots=True)
class MapSample:
    """The images that are drawn.

    Attributes:
        rows: ascending, int64 (m,).
        n_images: how many there are in all.
        n_bad: how many fit badly.
        n_bad_drawn: how many of these are drawn, the worst.
    """

    rows: NDArray[np.int64]
    n_images: int
    n_bad: int
    n_bad_drawn: int

    def describe(self) -> str:
        """In words, with what the drawing leaves untouched."""
        bad = f"all {self.n_bad:,} that fit badly"
        if self.n_bad == 0:
            bad = "none fits badly"
        elif self.n_bad_drawn < self.n_bad:
            bad = f"the {self.n_bad_drawn:,} that fit worst"
        return (
            f"{len(self.rows):,} of {self.n_images:,} shown: every cluster in proportion, and {bad}"
        )


def draw_sample(
    clusters: NDArray[np.int32],
    fit: NDArray[np.float32],
    *,
    most: int = MOST_DRAWN,
    seed: int = 42,
) -> MapSample | None:
    """A sample of n images of about `most`; None where there are no more than that.

    Each image draws a number by its row and the seed, and of each cluster those with the lowest
    numbers are drawn: with another k most of the same images are.

    Args:
        clusters: of each image, 0 or more, (n,).
        fit: 0 on the border to another cluster to 1, (n,); NaN where it means nothing.
        most: how many are drawn; more by the few that small clusters need.
        seed: decides the lot.
    """
    count = len(clusters)
    if count <= most:
        return None
    drawn = np.zeros(count, dtype=bool)
    is_bad = fit < BAD_FIT  # NaN is not
    bad = np.flatnonzero(is_bad)
    worst = bad[np.argsort(fit[bad], kind="stable")][: most // _BAD_PART]
    drawn[worst] = True
    drawn |= _draw_lots(clusters, drawn, most - len(worst), seed)
    return MapSample(np.flatnonzero(drawn), count, len(bad), len(worst))


def _draw_lots(
    clusters: NDArray[np.int32], drawn: NDArray[np.bool_], most: int, seed: int
) -> NDArray[np.bool_]:
    """About `most` of those not drawn yet, each cluster in proportion, (n,)."""
    lots = np.random.default_rng(seed).random(len(clusters))
    open_rows = np.flatnonzero(~drawn)
    order = open_rows[np.lexsort((lots[open_rows], clusters[open_rows]))]
    sizes = np.bincount(clusters[open_rows])
    quotas = np.maximum(most * sizes // max(len(open_rows), 1), SOME)  # (k,)
    starts = np.cumsum(sizes) - sizes  # (k,)
    place = np.arange(len(order)) - np.repeat(starts, sizes)  # of each within its cluster
    chosen = np.zeros(len(clusters), dtype=bool)
    chosen[order[place < np.repeat(quotas, sizes)]] = True
    return chosen
