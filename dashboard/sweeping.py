"""A sweep that is computed in the background, in the order in which its k are looked at."""

import threading
from collections import OrderedDict
from collections.abc import Iterable

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.clusters.clustering import TooManyClusters
from core.compare.restlessness import Restlessness
from core.measures.sweep import Measured, Sweep
from core.progress import Progress, Watch
from core.study import Study
from dashboard.jobs import Job, all_jobs
from dashboard.state import View
from dashboard.waiting import await_result

_KEPT = 8
"""Sweeps whose measures stay in memory; of others they are read from the cache file again."""


class Sweeping:
    """What a sweep has found so far. The page reads it while a job's thread goes on."""

    def __init__(self, sweep: Sweep) -> None:
        self.sweep = sweep
        self.problem = ""
        self._looked_at = sweep.params.smallest
        self._rows: dict[int, Measured] = {}
        self._lock = threading.Lock()

    @property
    def rows(self) -> list[Measured]:
        """What was measured, by k."""
        with self._lock:
            return [self._rows[k] for k in sorted(self._rows)]

    def look_at(self, k: int) -> None:
        """What lies nearest to this k comes next."""
        self._looked_at = k

    def run(self, watch: Watch) -> None:
        """Measure what is missing; more k than the images allow end it with a sentence.

        Raises:
            Cancelled: `watch` said so; what was measured is kept.
            CoreError: something else stood in the way, such as a full disk.
        """
        left = set(self.sweep.ks)
        total = len(left)
        while left:
            watch.step(Progress("sweep", total - len(left), total, "values of k"))
            k = next_of(left, self._looked_at)
            left.discard(k)
            try:
                measured = self.sweep.measure(k)
            except TooManyClusters as error:
                self.problem = str(error)
                left = {one for one in left if one < k}
                continue
            with self._lock:
                self._rows[k] = measured
        watch.step(Progress("sweep", total, total, "values of k"))


def next_of(left: Iterable[int], looked_at: int) -> int:
    """The k nearest to the one that is looked at; of two the larger, as one goes on from it."""
    return min(left, key=lambda k: (abs(k - looked_at), -k))


def begin_sweep(view: View, study: Study) -> tuple[Sweeping, Job]:
    """The sweep of a view and the job that computes it, what is looked at now first."""
    key = (view.study, study.fingerprint, view.sweep, "sweep")
    sweepings, lock = _all_sweepings()
    with lock:
        if key not in sweepings:
            sweepings[key] = Sweeping(Sweep(study, view.sweep))
        sweepings.move_to_end(key)
        while len(sweepings) > _KEPT:
            sweepings.popitem(last=False)
        sweeping = sweepings[key]
    sweeping.look_at(view.kmeans.n_clusters)
    return sweeping, all_jobs().run(key, sweeping.run)


@st.cache_resource(show_spinner=False)
def _all_sweepings() -> tuple[OrderedDict[object, Sweeping], threading.Lock]:
    return OrderedDict(), threading.Lock()


def find_restlessness(view: View, study: Study) -> NDArray[np.float32]:
    """How often each distinct image is apart from its nearest ones, 0 to 1, over the sweep: (n,).

    While it is computed, the page waits.
    """
    key = (view.study, study.fingerprint, view.sweep, "restless")
    sweep = Sweep(study, view.sweep)
    found: Restlessness = await_result(key, sweep.restlessness, "Following every image from k to k")
    return 1 - found.stability
