"""How the second of two maps makes its features: what is chosen here differs from the first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from core.errors import CoreError
from core.network.layers import GRIDS, LAYERS
from core.recipe import StudyParams
from core.reduction import NORMALIZATIONS
from core.study import Study
from dashboard.state import View
from dashboard.views.compare_parts import Shown

WIDTH = 124
"""Of each field, in CSS pixels: what does not fit beside the others goes on a line of its own."""
_SAME = "the same"
_COMPONENTS = ("none", "256", "64", "16")
_MADE_ALREADY = {"other_layer", "other_grid", "other_weights"}
"""What shards decide: what comes after the features can be chosen for them, too."""
FIXED = (
    "The features are those that lie in the shards: for another layer, the images must be "
    "extracted anew, into another folder of shards."
)


def are_fixed(study: Study) -> bool:
    """Whether the features were made elsewhere, so that no others can be taken."""
    return study.source.made_by is not None


def ask_for_features(shown: Shown) -> StudyParams:
    """How the second map's features are made: what is not chosen is as on the first."""
    recipe = shown.study.recipe
    options = {
        "other_layer": ("Layer", LAYERS, recipe.cut.layer),
        "other_grid": ("Grid", list(map(str, GRIDS)), ""),
        "other_reduce": ("PCA", _COMPONENTS, ""),
        "other_normalize": ("Normalisation", NORMALIZATIONS, recipe.reduction.normalize),
        "other_weights": ("Weights", ["imagenet", "embedded"], recipe.weights.name),
    }
    chosen = {}
    for key, (label, some, present) in options.items():
        is_fixed = key in _MADE_ALREADY and are_fixed(shown.study)
        asked = st.selectbox(
            label, [_SAME] if is_fixed else [_SAME, *some], key=key, bind="query-params",
            accept_new_options=key in {"other_reduce", "other_weights"} and not is_fixed,
            disabled=is_fixed, help=FIXED if is_fixed else None, width=WIDTH,
        )  # fmt: skip
        if asked not in {_SAME, None, present}:
            chosen[key.removeprefix("other_")] = asked
    return _change(shown.view.study, chosen)


def _change(params: StudyParams, chosen: Mapping[str, str]) -> StudyParams:
    """The same parameters but for what was chosen; another layer starts from its suited grid."""
    given: dict[str, Any] = dict(chosen)
    if "layer" in given:
        given.setdefault("grid", None)
    if given.get("grid"):
        given["grid"] = int(given["grid"])
    if "reduce" in given:
        given["reduce"] = _read_components(given["reduce"])
    return replace(params, **given)


def _read_components(text: str) -> int | None:
    """How many components are asked for; None for no PCA.

    Raises:
        CoreError: it is no number of components.
    """
    if text == _COMPONENTS[0]:
        return None
    if not text.isascii() or not text.isdigit() or not int(text):
        raise CoreError(f"PCA to {text!r}: give {_COMPONENTS[0]}, or a number from 1")
    return int(text)


def link_to_other(view: View, params: StudyParams) -> dict[str, str]:
    """What stands in a link to the two maps, the second of these features, k and seed the same."""
    now = view.study
    reduce = _COMPONENTS[0] if params.reduce is None else str(params.reduce)
    chosen = {
        "other_layer": None if params.layer == now.layer else params.layer,
        "other_grid": None if params.grid == now.grid else str(params.grid),
        "other_reduce": None if params.reduce == now.reduce else reduce,
        "other_normalize": None if params.normalize == now.normalize else params.normalize,
    }
    link = {"part": "Two maps", "other_k": str(view.kmeans.n_clusters)}
    return link | {key: value for key, value in chosen.items() if value is not None}
