"""A cluster split by K-Means inside it, or two merged: looked at first, then kept."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from core.clusters.clustering import KMeansParams
from core.clusters.edits import MOST_PARTS, Merge, Split
from core.images import ImageSet
from core.review.fit import Fit
from core.study import Study
from dashboard.coloring import color_groups
from dashboard.contents import publish_bits, publish_contents
from dashboard.derived import add_edit, undo_edit
from dashboard.grouping import Grouped, Rows
from dashboard.provenance import escape_markdown
from dashboard.scatter import Choice, show_map
from dashboard.views.compare_parts import Shown, request_rerun, show_chosen
from dashboard.waiting import await_result


def show_editing(shown: Shown) -> None:
    """What was done so far, and the two things that can be done."""
    _show_done(shown)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _ask_for_split(shown)
        st.divider()
        _ask_for_merge(shown)
    with right:
        show_chosen(shown, hint="Click a point of the cluster's own map to see its image here.")


def _show_done(shown: Shown) -> None:
    params = shown.view.kmeans
    if not params.edits:
        st.caption(
            "What is split or merged here stays with this k: it is in the link, on every page and "
            "in what you take away."
        )
        return
    done = "; ".join(edit.describe() for edit in params.edits)
    text, undo = st.columns([4, 1], vertical_alignment="center")
    text.markdown(escape_markdown(f"At k = {params.n_clusters}: {done}."))
    undo.button("Undo the last", on_click=_undo, args=(params.n_clusters,), width="stretch")


def _undo(k: int) -> None:
    undo_edit(k)
    request_rerun()


def _keep(k: int, edit: Split | Merge) -> None:
    add_edit(k, edit)
    request_rerun()


def _choose_cluster(shown: Shown, label: str, key: str, *, without: int | None = None) -> int:
    names = shown.grouped.names
    offered = [one for one in np.unique(shown.grouped.clusters).tolist() if one != without]
    chosen: int = st.selectbox(label, offered, format_func=names.__getitem__, key=key)
    return chosen


def _ask_for_split(shown: Shown) -> None:
    st.subheader("Split a cluster")
    which, number = st.columns([3, 1])
    with which:
        cluster = _choose_cluster(shown, "Cluster", "split cluster")
    parts = number.number_input("Parts", 2, MOST_PARTS, 2, key="split parts")
    split = Split(cluster, int(parts))
    params = replace(shown.view.kmeans, edits=(*shown.view.kmeans.edits, split))
    _show_parts(shown, shown.grouped.members(cluster), params)
    st.button("Keep this split", type="primary", on_click=_keep, args=(params.n_clusters, split))


def _show_parts(shown: Shown, rows: Rows, params: KMeansParams) -> None:
    """The cluster's own map, coloured by what the split makes of it."""
    study, umap = shown.study, shown.view.umap
    key = (shown.view.study, study.fingerprint, params, umap, "parts")
    parts, projection = await_result(
        key,
        lambda _: (_group_parts(study, rows, params), study.project_some(rows, umap)),
        "Splitting the cluster",
    )
    contents = publish_contents(parts.grouped, projection, made_of=key)

    def chosen(choice: Choice) -> None:
        shown.desk.select(rows[choice.rows])
        if choice.opened is not None:
            shown.desk.open(int(rows[choice.opened]))

    sizes = np.bincount(parts.grouped.clusters)
    named = zip(parts.grouped.names, sizes.tolist(), strict=True)
    st.caption(escape_markdown("; ".join(f"{name}: {size:,} images" for name, size in named)))
    inside = np.flatnonzero(np.isin(rows, shown.desk.now.rows))
    show_map(
        contents.map,
        color_groups(parts.grouped, made_of=key, numbers=parts.numbers),
        cluster_names=parts.grouped.names,
        selected=publish_bits(inside, len(rows)),
        revision=shown.desk.now.revision,
        description=f"Map of the {len(rows):,} images of one cluster in {len(sizes)} parts",
        key="parts",
        on_choice=chosen,
    )
    made = f"this cluster alone, {projection.method}; parts by K-Means inside it"
    st.caption(escape_markdown(made))


@dataclass(frozen=True)
class _Parts:
    """A cluster's images by the parts it is split into, and the numbers that these get."""

    grouped: Grouped
    numbers: tuple[int, ...]


def _group_parts(study: Study, rows: Rows, params: KMeansParams) -> _Parts:
    fit, names = study.fit(params), study.names(params)
    numbers, codes = np.unique(study.clusters(params)[rows], return_inverse=True)
    some = Fit(fit.own[rows], fit.rivals[rows], fit.rival[rows], fit.fit[rows], fit.centroids)
    ids = {study.images.ids[row] for row in rows.tolist()}
    records = tuple(record for record in study.images.readable if record.id in ids)
    images = ImageSet(study.images.source, records)
    grouped = Grouped(images, codes.astype(np.int32), some, tuple(names[one] for one in numbers))
    return _Parts(grouped, tuple(numbers.tolist()))


def _ask_for_merge(shown: Shown) -> None:
    st.subheader("Merge two clusters")
    if shown.grouped.n_clusters < 2:  # noqa: PLR2004 - a pair
        st.caption("There is only one cluster.")
        return
    first, second = st.columns(2)
    with first:
        cluster = _choose_cluster(shown, "All images of", "merge cluster")
    with second:
        into = _choose_cluster(shown, "go into", "merge into", without=cluster)
    both = np.union1d(shown.grouped.members(cluster), shown.grouped.members(into))
    look, merge = st.columns(2)
    look.button("Look at both", on_click=shown.desk.select, args=(both,), width="stretch")
    merge.button(
        "Merge them", type="primary", width="stretch",
        on_click=_keep, args=(shown.view.kmeans.n_clusters, Merge(cluster, into)),
    )  # fmt: skip
