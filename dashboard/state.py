"""What a session asks for: the typed view, which its link reproduces."""

import json
import os
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.addresses import expand_home
from core.clusters.clustering import KMeansParams
from core.measures.sweep import SweepParams
from core.projection import UMAPParams
from core.recipe import StudyParams
from dashboard.derived import read_derived
from dashboard.environment import PRESET_VARIABLE

SUITED = "suited"
"""The option that leaves a choice to what suits the weights and the source."""

DEFAULTS: dict[str, Any] = {
    "source": "",
    "images": "",
    "labels": True,
    "weights": "auto",
    "layer": SUITED,
    "grid": SUITED,
    "transform": SUITED,
    "size": 0,
    "normalize": SUITED,
    "device": "auto",
    "precision": "auto",
    "jpeg_decoder": "cpu",
    "batch_size": 0,
    "reduce": 256,
    "seed": 42,
    "sample": 100_000,
    "k": 5,
    "edits": "",
    "corrected": True,
    "k_from": 2,
    "k_to": 20,
    "n_seeds": 3,
    "n_neighbors": 15,
    "min_dist": 0.1,
    "metric": "euclidean",
    "dimensions": 2,
    "color": "cluster",
    "sort": "cluster",
}
"""Every widget's key, which is its name in the link, and its value in a link without it."""


@dataclass(frozen=True, slots=True)
class View:
    """Everything that decides what the page shows, but for what is selected."""

    study: StudyParams
    kmeans: KMeansParams
    sweep: SweepParams
    umap: UMAPParams
    color: str
    sort: str
    corrected: bool = True
    """Whether what people decided is applied to the clusters."""


def start_session() -> None:
    """Take the launcher's preset, once, unless the link says what to show."""
    if "started" in st.session_state:
        return
    st.session_state.started = True
    preset = json.loads(os.environ.get(PRESET_VARIABLE, "{}"))
    if "source" not in st.query_params:
        put(preset)
        st.query_params.update({key: _written(value) for key, value in preset.items()})


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def put(values: dict[str, Any]) -> None:
    """Set widgets by their keys, before they are drawn."""
    for key, value in values.items():
        st.session_state[key] = value


def read_view() -> View | None:
    """The view that the widgets describe; None as long as no source is named.

    Raises:
        CoreError: a value is out of its range.
    """
    if not _value("source").strip():
        return None
    seed = int(_value("seed"))
    umap = UMAPParams(
        int(_value("n_neighbors")),
        _value("min_dist"),
        _value("metric"),
        seed,
        int(_value("dimensions")),
    )
    k = int(_value("k"))
    kmeans = KMeansParams(k, seed, read_derived(_value("edits")).get(k, ()))
    sweep = SweepParams(int(_value("k_from")), int(_value("k_to")), int(_value("n_seeds")))
    looks = (_value("color"), _value("sort"), bool(_value("corrected")))
    return View(_study_params(seed), kmeans, sweep, umap, *looks)


def _study_params(seed: int) -> StudyParams:
    images = _value("images").strip()
    grid = _chosen("grid")
    return StudyParams(
        source=_value("source").strip(),
        images=expand_home(images, "folder of images") if images else None,
        labels=_value("labels"),
        weights=_value("weights"),
        layer=_chosen("layer"),
        grid=int(grid) if grid else None,
        transform=_chosen("transform"),
        size=int(_value("size")) or None,
        normalize=_chosen("normalize"),
        device=_value("device"),
        precision=_value("precision"),
        jpeg_decoder=_value("jpeg_decoder"),
        batch_size=int(_value("batch_size")) or None,
        reduce=int(_value("reduce")) or None,
        seed=seed,
        sample=int(_value("sample")),
    )


def _value(key: str) -> Any:
    """A widget's value; its default while it was not drawn yet, or is emptied."""
    value = st.session_state.get(key)
    return DEFAULTS[key] if value is None else value


def _chosen(key: str) -> str | None:
    value = _value(key)
    return None if value == SUITED else value
