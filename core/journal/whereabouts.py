"""Under which number the cluster of a decision is found now."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.journal.corrections import Corrected
from core.journal.decisions import Cluster, Handmade
from core.journal.recognition import GONE, Recogniser


class Whereabouts:
    """Finds clusters of decisions, also of those that were undone, among the corrected ones."""

    def __init__(
        self, ids: Sequence[str], clusters: NDArray[np.int32], corrected: Corrected
    ) -> None:
        """`clusters` (n,) holds the cluster of each of the n distinct images `ids` by K-Means."""
        self._recogniser = Recogniser(ids, clusters)
        places = enumerate(corrected.handmade, corrected.n_found)
        self._numbers = {one: number for number, one in places}

    def find(self, cluster: Cluster | None) -> int:
        """The number of the cluster to which its images went; -1 where there is none."""
        if cluster is None:
            return GONE
        if isinstance(cluster, Handmade):
            return self._numbers.get(cluster, GONE)
        return self._recogniser.find(cluster).home
