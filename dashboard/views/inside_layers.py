"""Layers compared: how another layer, or other steps after it, would group the images."""

from dataclasses import dataclass

import streamlit as st

from core.compare.pace import estimate_seconds
from core.compare.variants import (
    KINDS,
    LAYER,
    Variant,
    VariantMeasures,
    list_variants,
    open_variant,
    recall_variant,
)
from core.study import Study
from dashboard.views.compare_features import FIXED, are_fixed
from dashboard.views.compare_parts import heed_request, request_rerun
from dashboard.views.inside_layers_jobs import begin, find_job, find_pace
from dashboard.views.inside_layers_row import Cost, draw_header, draw_row
from dashboard.views.inside_parts import Asked
from dashboard.waiting import format_seconds

_TITLES = {
    "layer": "Layer",
    "PCA": "PCA",
    "normalisation": "Normalisation",
}
_EVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Line:
    """A variant and, as long as it is not measured, what that would take."""

    variant: Variant
    cost: Cost


def show_layers_compared(shown: Asked) -> None:
    """Draw this part of the page."""
    st.caption(
        f"The same images, k = {shown.view.kmeans.n_clusters} and seed "
        f"{shown.view.kmeans.seed}; each row differs from what the sidebar says in one thing. "
        "ARI and NMI say how far its clusters are the present ones of K-Means: 1 the same, 0 "
        "chance. Silhouettes are each measured in their own features."
    )
    if are_fixed(shown.study):
        st.caption(FIXED)
    lines = _price(shown)
    works = any(_is_under_way(shown, line.variant) for line in lines)
    every = _EVERY_SECONDS if works else None
    st.fragment(_show_lines, run_every=every)(shown, lines, works=works)


def _list(study: Study) -> tuple[Variant, ...]:
    """What can be compared and then taken: of fixed features no other layer."""
    every = list_variants(study)
    if not are_fixed(study):
        return every
    return tuple(one for one in every if one.kind != LAYER or one.is_present)


def _price(shown: Asked) -> tuple[_Line, ...]:
    """The variants, and what those that are not measured yet would take."""
    variants = _list(shown.study)
    missing: dict[str, int] = {}
    for variant in variants:
        if _recall(shown, variant) is None:
            other = open_variant(shown.study, variant)
            name = other.recipe.fingerprint
            missing[name] = missing[name] if name in missing else len(other.missing())
    pace = find_pace(shown) if any(missing.values()) else 0.0
    return tuple(_Line(one, _cost(shown, one, missing, pace)) for one in variants)


def _cost(shown: Asked, variant: Variant, missing: dict[str, int], pace: float) -> Cost:
    recipe = open_variant(shown.study, variant).recipe
    count = missing.get(recipe.fingerprint, 0)
    if not count:
        return Cost(0, 0.0)
    layer, size = recipe.cut.layer, recipe.transform.size
    return Cost(count, estimate_seconds(count, layer=layer, size=size, pace=pace))


def _recall(shown: Asked, variant: Variant) -> VariantMeasures | None:
    return recall_variant(shown.study, variant, shown.view.kmeans)


def _is_under_way(shown: Asked, variant: Variant) -> bool:
    job = find_job(shown, variant)
    return job is not None and not job.finished


def _show_lines(shown: Asked, lines: tuple[_Line, ...], *, works: bool) -> None:
    heed_request()
    found = {line.variant: _recall(shown, line.variant) for line in lines}
    _offer_all(shown, [line for line in lines if found[line.variant] is None])
    has_labels = shown.study.images.has_labels
    for kind in KINDS:
        draw_header(_TITLES[kind], has_labels=has_labels)
        for line in lines:
            if line.variant.kind == kind:
                draw_row(shown, line.variant, line.cost, found[line.variant], has_labels=has_labels)
    if works and not any(_is_under_way(shown, line.variant) for line in lines):
        st.rerun()  # the whole page, or this part would go on being drawn every second


def _offer_all(shown: Asked, lines: list[_Line]) -> None:
    """One button for all that is not measured, and what that takes."""
    waiting = [line for line in lines if not _is_under_way(shown, line.variant)]
    if not waiting:
        return
    # Features that two of them share are extracted once.
    costs = {open_variant(shown.study, one.variant).recipe.fingerprint: one.cost for one in waiting}
    images = sum(cost.n_missing for cost in costs.values())
    seconds = sum(cost.seconds for cost in costs.values())
    hint = "All features are there: it takes some seconds each."
    if images:
        layers = sum(1 for cost in costs.values() if cost.n_missing)
        hint = (
            f"{layers} of them {'is' if layers == 1 else 'are'} not extracted yet: "
            f"about {format_seconds(max(1, seconds))}."
        )
    left, right = st.columns([1, 4], vertical_alignment="center")
    left.button(
        "Compare all",
        type="primary",
        on_click=_begin_all,
        args=(shown, [line.variant for line in waiting]),
        width="stretch",
    )
    right.caption(f"{len(waiting)} are not compared yet. {hint}")


def _begin_all(shown: Asked, variants: list[Variant]) -> None:
    """The quickest first: those whose features are there already."""
    for variant in sorted(variants, key=lambda one: KINDS.index(one.kind), reverse=True):
        begin(shown, variant)
    request_rerun()
