"""How the images flow from k to k: the ribbon, and what a click on it chooses."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from core.clusters.clustering import KMeansParams
from core.compare.flows import Flows, Node, Ribbon, trace_flows
from dashboard.contents import publish
from dashboard.grouping import Rows
from dashboard.ribbon import (
    ChosenFlow,
    ChosenNode,
    RibbonColumn,
    RibbonFlow,
    RibbonNode,
    RibbonView,
    show_ribbon,
    write_ribbon,
)
from dashboard.styles import style_of
from dashboard.views.compare_parts import Shown, load_k, show_map_and_selection
from dashboard.views.study_map import picture_of
from dashboard.waiting import await_result

_AROUND = 3
"""Columns at first, on each side of the present k."""
_CHOICE = "ribbon_choice"


@dataclass(frozen=True)
class _Traced:
    """The clusterings of the ribbon's columns, the way of the images, and each cluster's medoid."""

    params: tuple[KMeansParams, ...]
    flows: Flows
    medoids: tuple[Rows, ...]


def show_flows(shown: Shown) -> None:
    """The ribbon over a range of k, and below it the map and what is chosen."""
    traced = _trace(shown, _ask_for_range(shown))
    names = tuple(shown.study.names(one) for one in traced.params)
    made_of = ("ribbon", shown.view.study, shown.study.fingerprint, traced.params, names)

    def choose(choice: ChosenNode | ChosenFlow) -> None:
        st.session_state[_CHOICE] = choice
        shown.desk.select(_rows(traced.flows, choice))

    show_ribbon(
        RibbonView(
            publish(made_of, lambda: write_ribbon(_columns(traced, names))),
            tuple(len(some) for some in names),
            current=_position(shown, traced),
            chosen=_chosen(shown, traced.flows),
            picture=picture_of(shown.view, shown.study, "ribbon"),
        ),
        shown.contents.images,
        key="ribbon",
        on_node=lambda column, cluster: choose(ChosenNode(column, cluster)),
        on_flow=lambda column, source, target: choose(ChosenFlow(column, source, target)),
        on_column=lambda column: load_k(traced.params[column].n_clusters),
        on_clear=lambda: shown.desk.select(()),
    )
    show_map_and_selection(
        shown, hint="Click a cluster or a ribbon to see exactly its images, here and on the map."
    )


def _ask_for_range(shown: Shown) -> range:
    largest = min(shown.view.sweep.largest, len(shown.study.images.ids))
    smallest = min(shown.view.sweep.smallest, largest)
    if smallest == largest:
        return range(largest, largest + 1)
    present = min(max(shown.view.kmeans.n_clusters, smallest), largest)
    around = (max(smallest, present - _AROUND), min(largest, present + _AROUND))
    first, last = st.slider(
        "Clusters (k) from and to", smallest, largest, around, key=f"ribbon {smallest} {largest}"
    )
    return range(first, last + 1)


def _trace(shown: Shown, ks: range) -> _Traced:
    study, now = shown.study, shown.view.kmeans
    params = tuple(now if k == now.n_clusters else replace(now, n_clusters=k, edits=()) for k in ks)

    def trace() -> _Traced:
        clusterings = [study.clusters(one) for one in params]
        medoids = tuple(study.medoids(one) for one in params)
        return _Traced(params, trace_flows(clusterings, weights=study.counts), medoids)

    key = (shown.view.study, study.fingerprint, params, "flows")
    traced: _Traced = await_result(key, lambda _: trace(), "Following the images from k to k")
    return traced


def _position(shown: Shown, traced: _Traced) -> int | None:
    """The column of the clusters that are shown elsewhere."""
    return traced.params.index(shown.view.kmeans) if shown.view.kmeans in traced.params else None


def _rows(flows: Flows, choice: ChosenNode | ChosenFlow) -> Rows:
    if isinstance(choice, ChosenNode):
        return flows.members(Node(choice.column, choice.cluster, 0))
    return flows.rows(Ribbon(choice.column, choice.source, choice.target, 0))


def _chosen(shown: Shown, flows: Flows) -> ChosenNode | ChosenFlow | None:
    """What was chosen last, as long as its images are what is selected."""
    choice: ChosenNode | ChosenFlow | None = st.session_state.get(_CHOICE)
    if choice is None or choice.column >= len(flows.clusterings):
        return None
    if isinstance(choice, ChosenFlow) and choice.column + 1 >= len(flows.clusterings):
        return None
    return choice if np.array_equal(_rows(flows, choice), shown.desk.now.rows) else None


def _columns(traced: _Traced, names: tuple[tuple[str, ...], ...]) -> list[RibbonColumn]:
    return [
        RibbonColumn(
            f"k = {params.n_clusters}" + (", changed" if params.edits else ""),
            tuple(_node(node, traced, names) for node in traced.flows.columns[step]),
            tuple(
                RibbonFlow(one.before, one.after, one.count)
                for one in traced.flows.ribbons
                if one.step == step
            ),
        )
        for step, params in enumerate(traced.params)
    ]


def _node(node: Node, traced: _Traced, names: tuple[tuple[str, ...], ...]) -> RibbonNode:
    medoid = int(traced.medoids[node.step][node.cluster])
    name, color = names[node.step][node.cluster], style_of(node.cluster).color
    return RibbonNode(node.cluster, name, color, node.size, None if medoid < 0 else medoid)
