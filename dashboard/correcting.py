"""The clusters as people have corrected them, beside those that K-Means found."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.journal.corrections import Corrected
from core.journal.deciding import Deciding
from core.journal.decisions import Kind
from core.journal.journal_state import JournalState
from core.study import Study
from dashboard import session
from dashboard.grouping import REVIEWED, Grouped
from dashboard.state import View

_KEPT = 8
"""Corrected clusterings that stay in memory: most runs of a page come without a new decision."""


@dataclass(frozen=True, eq=False, slots=True)
class _Kept:
    """Clusters as they were corrected, and by what."""

    state: JournalState
    found: Grouped
    corrected: Grouped


def apply_corrections(view: View, study: Study, found: Grouped) -> Grouped:
    """The clusters that the view asks for: corrected, or as they were found.

    Args:
        view: what the page shows.
        study: of the images.
        found: the clusters of the view by K-Means.
    """
    if not view.corrected:
        return session.rename(view, study, found)
    deciding = Deciding(study)
    state, (all_kept, lock) = deciding.state, _all_kept()
    with lock:
        kept = all_kept.get((view.study, view.kmeans))
    if kept is not None and kept.found is not found:
        kept = None
    # A journal gives the same state again until there is a new row.
    if kept is not None and kept.state is state:
        return kept.corrected
    made = _correct(view, deciding, found, kept.corrected if kept else None)
    with lock:
        all_kept[view.study, view.kmeans] = _Kept(state, found, made)
        while len(all_kept) > _KEPT:
            all_kept.popitem(last=False)
    return made


@st.cache_resource(show_spinner=False)
def _all_kept() -> tuple[OrderedDict[object, _Kept], threading.Lock]:
    """For each study and clustering the last one; sessions share them, and their threads.

    Comparing keys runs Python's own code, in the midst of which another thread may come.
    """
    return OrderedDict(), threading.Lock()


def _correct(view: View, deciding: Deciding, found: Grouped, before: Grouped | None) -> Grouped:
    corrected = deciding.corrected(view.kmeans)
    names = deciding.names(view.kmeans, corrected)
    if before is not None and _has_same_fit(before, corrected):
        fit = before.fit
    else:
        fit = deciding.fit(view.kmeans, corrected)
    return Grouped(found.images, corrected.labels, fit, names, _mark(corrected))


def _has_same_fit(before: Grouped, corrected: Corrected) -> bool:
    """Whoever confirms or tags moves no centroid."""
    return np.array_equal(before.clusters, corrected.labels) and np.array_equal(
        before.excluded, corrected.excluded
    )


def _mark(corrected: Corrected) -> NDArray[np.uint8]:
    """What was decided of each image: its position in REVIEWED, (n,)."""
    marks = np.zeros(len(corrected.labels), dtype=np.uint8)
    for one in corrected.applied:
        is_kept = one.row.decision.kind is Kind.KEEP
        marks[one.image] = REVIEWED.index("kept" if is_kept else "moved")
    marks[corrected.excluded] = REVIEWED.index("excluded")
    return marks
