"""How good the clusters of each k are, and how sure that is: curves, and a sentence on them."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from core.measures.sweep import Measured, advise_on
from dashboard.curves import draw_curves
from dashboard.provenance import Picture, escape_markdown
from dashboard.saving import show_saving
from dashboard.sweeping import Sweeping, begin_sweep
from dashboard.unexpected import show_error
from dashboard.views.compare_parts import Shown, heed_request, load_k
from dashboard.views.study_map import picture_of
from dashboard.waiting import describe

_EVERY_SECONDS = 1.0
_STYLE = """<style>
.st-key-curves-frame {overflow-x: auto}
.st-key-curves-frame > div {min-width: 44rem}
.st-key-curves-frame .main-svg :is(.cartesianlayer, .infolayer, .hoverlayer) text {
    fill: currentColor !important
}
</style>"""
"""On a narrow screen one scrolls from curve to curve: their titles need this room. In the light
theme Streamlit writes in a figure in a grey that is paler than WCAG 2.2 asks for, level AA."""


def show_measures(shown: Shown) -> None:
    """The curves of what is measured so far; they grow while the sweep goes on."""
    _, job = begin_sweep(shown.view, shown.study)
    job.wait(_EVERY_SECONDS)
    grows = not job.finished
    every = _EVERY_SECONDS if grows else None
    st.fragment(_show_so_far, run_every=every)(shown, grows=grows)


def _show_so_far(shown: Shown, *, grows: bool) -> None:
    heed_request()
    sweeping, job = begin_sweep(shown.view, shown.study)
    rows = sweeping.rows
    if job.error is not None:
        show_error(job.error)
    if not job.finished:
        st.caption(f"Measuring: {describe(job)}")
    if sweeping.problem:
        st.caption(escape_markdown(sweeping.problem))
    if rows:
        _show_rows(shown, sweeping, rows)
    elif job.finished and not sweeping.problem:
        st.info("There are fewer images that differ than clusters in this range: start it lower.")
    if grows and job.finished:
        st.rerun()  # the whole page, or this part would go on being drawn every second


def _show_rows(shown: Shown, sweeping: Sweeping, rows: list[Measured]) -> None:
    advice = advise_on(sweeping.sweep, rows)
    st.markdown(f"**{escape_markdown(advice.text)}**")
    present = shown.view.kmeans.n_clusters
    key = f"curves {present}"  # with another k nothing on it is chosen any more

    def chosen() -> None:
        points = st.session_state[key].selection.points
        if points:
            load_k(int(points[0]["x"]))

    elbow = advice.findings.elbow
    figure = draw_curves(rows, ks=sweeping.sweep.ks, present=present, elbow=elbow)
    st.html(_STYLE)
    with st.container(key="curves-frame"):
        st.plotly_chart(
            figure, key=key, on_select=chosen, selection_mode="points",
            config={"displayModeBar": False},
        )  # fmt: skip
    show_saving(key, _picture(shown, sweeping))
    st.caption(escape_markdown(_describe(shown, sweeping, rows, elbow)))
    with st.expander("As a table"):
        st.dataframe(pd.DataFrame([row.tabulate() for row in rows]), hide_index=True)


def _picture(shown: Shown, sweeping: Sweeping) -> Picture:
    """What the curves say of themselves once they are saved: they hold for every k."""
    made = picture_of(shown.view, shown.study, "curves")
    ks, n_seeds = sweeping.sweep.ks, sweeping.sweep.params.n_seeds
    return replace(made, making=f"{made.making} · k {ks[0]} to {ks[-1]}, {n_seeds} seeds each")


def _describe(shown: Shown, sweeping: Sweeping, rows: list[Measured], elbow: int | None) -> str:
    """What was measured, on how many images, and what the bars and lines mean."""
    n_images, n_seeds = len(shown.study.images.readable), sweeping.sweep.params.n_seeds
    # Of as many clusters as images none are scored, though they are of every other k.
    scored = _describe_silhouette(max(row.quality.n_scored for row in rows), n_images)
    seeds = "one seed only: nothing is known of stability"
    if n_seeds > 1:
        seeds = f"stability from {n_seeds} seeds, with bars from the least to the greatest"
    bend = "" if elbow is None else ", the dotted one where the inertia bends most"
    return (
        f"A click on a point loads its k. Measured in feature space, not on the map: {scored}; "
        f"{seeds}. The shaded line is the k that is shown{bend}."
    )


def _describe_silhouette(n_scored: int, n_images: int) -> str:
    if not n_scored:
        return "there is no silhouette where every image is a cluster of its own"
    if n_scored == n_images:
        return f"the silhouette of all {n_images:,} images"
    return (
        f"the silhouette of a sample of {n_scored:,} of {n_images:,} images against all, with bars "
        "of two standard errors"
    )
