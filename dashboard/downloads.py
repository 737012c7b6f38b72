"""What the page lets the user take away."""

import json
from typing import Any

import streamlit as st

from core.clusters.clustering import Clustering
from core.clusters.edits import write_edits
from core.export.export import as_csv, tabulate_clusters
from core.study import Study
from dashboard.provenance import name_export
from dashboard.state import View


def offer_clusters(view: View, study: Study, clustering: Clustering) -> None:
    """The source's own columns and the cluster of each image, as CSV."""
    st.download_button(
        "Clusters (CSV)",
        lambda: as_csv(tabulate_clusters(study.source.table, study.images, clustering)),
        name_export(view, study),
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def offer_making(view: View, study: Study) -> None:
    """What made the clusters, as JSON."""
    st.download_button(
        "What made them (JSON)",
        json.dumps(_describe(view, study), indent=2),
        name_export(view, study).removesuffix(".csv") + ".json",
        "application/json",
        on_click="ignore",
        icon=":material/download:",
    )


def _describe(view: View, study: Study) -> dict[str, Any]:
    kmeans = view.kmeans
    made = {"n_clusters": kmeans.n_clusters, "clusters": study.cluster(kmeans).method}
    return study.describe() | made | {"edits": write_edits(kmeans.edits)}
