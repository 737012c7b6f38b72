"""What the page lets the user take away."""

import json

import streamlit as st

from core.clustering import Clustering
from core.export import tabulate_clusters
from core.study import Study
from dashboard.provenance import name_export
from dashboard.state import View


def offer_clusters(view: View, study: Study, clustering: Clustering) -> None:
    """The source's own columns and the cluster of each image, as CSV."""
    st.download_button(
        "Clusters (CSV)",
        lambda: tabulate_clusters(study.source.table, study.images, clustering).to_csv(index=False),
        name_export(view, study),
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def offer_making(view: View, study: Study) -> None:
    """What made the clusters, as JSON."""
    st.download_button(
        "What made them (JSON)",
        json.dumps(study.describe() | {"n_clusters": view.kmeans.n_clusters}, indent=2),
        name_export(view, study).removesuffix(".csv") + ".json",
        "application/json",
        on_click="ignore",
        icon=":material/download:",
    )
