"""Which cluster of a clustering is the one of a portrait: by where its images went.

docs/journal.md says the rule for users.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.journal.portraits import Marks, Portrait, mark, mark_one, read_marks

GONE = -1
_TOLD = 3
"""Clusters that are named where it is to be said where the images of one went."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where the images of a portrait are in a clustering.

    Attributes:
        home: the cluster that its images went to; -1 where there is none.
        parts: the clusters in which most of the images that were there then are its own.
        shares: what share of its images is in each cluster, (k,); their sum is 1 where all are
            still there.
    """

    home: int
    parts: frozenset[int]
    shares: NDArray[np.float64]

    @property
    def heir(self) -> int:
        """Its home where that goes on as itself, not as part of a larger one; else -1."""
        return self.home if self.home in self.parts else GONE

    def explain(self) -> str:
        """Where its images are, in words."""
        if not self.shares.any():
            return "none of its images is here any more"
        largest = np.argsort(-self.shares, kind="stable")[:_TOLD].tolist()
        told = [f"cluster {one} ({self.shares[one]:.0%})" for one in largest if self.shares[one]]
        return f"its images are now in {', '.join(told)}"


class Recogniser:
    """Finds the clusters of portraits in one clustering."""

    def __init__(self, ids: Sequence[str], clusters: NDArray[np.int32]) -> None:
        """`clusters` (n,) holds the cluster of each of the n distinct images `ids`."""
        marks = mark(tuple(ids))
        order = np.argsort(marks, kind="stable")
        self._marks, self._clusters = marks[order], clusters[order]
        self._n_clusters = int(clusters.max()) + 1 if len(clusters) else 0
        self._found: dict[Portrait, Found] = {}

    def find(self, portrait: Portrait) -> Found:
        """Where its images went.

        Its home is the cluster that holds more than half of its images. Where none does, as where
        it was split into three, or where most of its images were deleted: of its parts that with
        most of its images; of equals that with its medoid, then the lowest.
        """
        if portrait not in self._found:
            self._found[portrait] = self._find(portrait)
        return self._found[portrait]

    def _find(self, portrait: Portrait) -> Found:
        own = self._estimate(portrait.members, portrait.size)
        others = self._estimate(portrait.others, portrait.n_images - portrait.size)
        parts: list[int] = np.flatnonzero(own > others).tolist()
        shares = own / portrait.size
        return Found(self._choose(portrait, shares, parts), frozenset(parts), shares)

    def _estimate(self, sample: bytes, n_images: int) -> NDArray[np.float64]:
        """How many of the images from which a sample was taken are in each cluster, (k,)."""
        marks = read_marks(sample)
        counts = np.bincount(self._clusters[self._find_rows(marks)], minlength=self._n_clusters)
        return counts.astype(np.float64) * (n_images / max(1, len(marks)))

    def _find_rows(self, marks: Marks) -> NDArray[np.int64]:
        """The rows of those of the ascending marks that are here."""
        places = np.searchsorted(self._marks, marks)
        places = places[places < len(self._marks)]  # those beyond the end are the last ones
        rows: NDArray[np.int64] = places[self._marks[places] == marks[: len(places)]]
        return rows

    def _choose(self, portrait: Portrait, shares: NDArray[np.float64], parts: Sequence[int]) -> int:
        largest = int(shares.argmax()) if len(shares) else GONE
        if largest == GONE or 2 * shares[largest] > 1:
            return largest
        medoid = self._clusters[self._find_rows(mark_one(portrait.medoid))].tolist()
        return max(parts, key=lambda one: (shares[one], one in medoid), default=GONE)
