"""What can be done with the new fit: keep it as decisions, or take it away."""

import json
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core.export import export_tables
from core.export.export import as_csv, free_name
from core.export.export_study import describe_making
from core.journal.consequences import count_images
from dashboard.provenance import name_export
from dashboard.views.review_decisions_acts import undo_last
from dashboard.views.review_refit_fit import METHOD, Fitted, Refitting

_ADOPTED = "adopted"


def offer_result(fitted: Fitted) -> None:
    """Three buttons: keep it, its clusters as CSV, what made them."""
    with st.container(horizontal=True):
        _offer_to_adopt(fitted)
        shown = fitted.refitting.shown
        name = name_export(shown.view, shown.study, "fitted-again", ending="")
        st.download_button(
            "Clusters fitted again (CSV)",
            lambda: as_csv(tabulate_fit(fitted)),
            f"{name}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            help="One row an image, with its cluster before and after; without those excluded.",
        )
        st.download_button(
            "What made them (JSON)",
            lambda: json.dumps(describe_fit(fitted), indent=2, ensure_ascii=False),
            f"{name}.json",
            "application/json",
            on_click="ignore",
            icon=":material/download:",
        )


def _offer_to_adopt(fitted: Fitted) -> None:
    targets = fitted.found.targets
    if not targets:
        return
    count = count_images(len(targets))
    with st.popover("Keep this result", icon=":material/done_all:", type="primary"):
        st.markdown(
            f"{count} that followed will be moved to the clusters in which the new fit has them: "
            f"{'one decision' if len(targets) == 1 else f'{len(targets):,} decisions'} in your "
            "name, undone in one go. What was decided before stays."
        )
        st.button(f"Move {count}", type="primary", on_click=_adopt, args=(fitted,))


def _adopt(fitted: Fitted) -> None:
    refitting, targets = fitted.refitting, fitted.found.targets
    decider, kmeans = refitting.shown.decider, refitting.kmeans
    if decider.decide(lambda mine, seen: mine.move_each(kmeans, targets, seen=seen)):
        seq = decider.deciding.state.seq
        st.session_state[_ADOPTED] = (*refitting.subject, seq, len(targets))


def show_adopted(refitting: Refitting) -> None:
    """That the result was kept, as long as it is the last thing that was decided."""
    *key, count = st.session_state.get(_ADOPTED, (None,))
    if tuple(key) != refitting.key:
        return
    decider = refitting.shown.decider
    said, undo = st.columns([4, 1], vertical_alignment="center")
    were = "was" if count == 1 else "were"
    said.success(f"{count_images(count)} {were} moved as the new fit has them, in one decision.")
    undo.button(
        "Undo", icon=":material/undo:", on_click=undo_last, args=(decider,), width="stretch"
    )


def tabulate_fit(fitted: Fitted) -> pd.DataFrame:
    """One row an image: what the source says of it, its cluster before, and the new one.

    Images that were excluded are left out, and so are those that could not be read then.
    """
    shown, corrected = fitted.refitting.shown, fitted.refitting.corrected
    after, study = fitted.after, shown.study
    rows = np.flatnonzero(~corrected.excluded) if corrected.excluded.any() else None
    places = shown.projection.coordinates
    taken = export_tables.Grouped(after.clusters, after.names, after.fit, places)
    table = export_tables.tabulate_images(study.source.table, study.images, taken, rows=rows)
    pairs = export_tables.choose_rows(study.images, rows)
    before = ["" if row < 0 else str(corrected.labels[row]) for _, row in pairs]
    return table.assign(**{free_name(table.columns, "cluster_before"): before})


def describe_fit(fitted: Fitted) -> dict[str, Any]:
    """What made the clusters: the study, the clustering it began with, and what was learned."""
    shown, taught = fitted.refitting.shown, fitted.taught
    learned = {
        "method": METHOD,
        "must_links": len(taught.links.must),
        "cannot_links": len(taught.links.cannot),
        "cannot_links_broken": len(taught.refit.broken),
        "excluded": int(np.count_nonzero(fitted.refitting.corrected.excluded)),
        "rounds": taught.refit.rounds,
        "inertia": taught.refit.inertia,
        "journal": str(shown.study.journal.path),
        "journal_seq": fitted.refitting.seq,
    }
    making = describe_making(shown.study, fitted.refitting.kmeans, projection=shown.projection)
    return making | {"fitted_again": learned}
