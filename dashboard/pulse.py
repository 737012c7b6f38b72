"""Which images left their cluster when a session last changed how they are grouped."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.clusters.clustering import KMeansParams
from core.study import Study
from dashboard.contents import publish_bits
from dashboard.grouping import Grouped
from dashboard.state import View


@dataclass(frozen=True, eq=False)
class _Shown:
    """The clusters that a session saw last, and the address of those that had just moved."""

    images: object
    kmeans: KMeansParams
    clusters: NDArray[np.int32]
    moved: str | None = None


def find_moved(view: View, study: Study, grouped: Grouped) -> str | None:
    """The address of the images whose cluster has another number than before.

    None where nothing has changed yet, or where the images themselves did.
    """
    images = (view.study, study.fingerprint)
    before: _Shown | None = st.session_state.get("shown")
    if before is None or before.images != images:
        st.session_state.shown = _Shown(images, view.kmeans, grouped.clusters)
    elif before.kmeans != view.kmeans:
        rows = np.flatnonzero(before.clusters != grouped.clusters)
        moved = publish_bits(rows, len(grouped.clusters))
        st.session_state.shown = _Shown(images, view.kmeans, grouped.clusters, moved)
    shown: _Shown = st.session_state.shown
    return shown.moved
