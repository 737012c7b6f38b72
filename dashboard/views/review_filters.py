"""What the review queue is asked for: by which score it is sorted, and which images are in it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.journal.journal_state import JournalState
from core.review.label_codes import NO_LABEL, LabelCodes, encode_labels
from core.review.misfit import COMBINED
from dashboard.grouping import REVIEWED
from dashboard.views.review_order import (
    ANY_STATUS,
    SORT_HELP,
    SORTS,
    STATUSES,
    UNLABELLED,
    Facts,
    Filters,
    known_sorts,
)
from dashboard.views.review_parts import Reviewed
from dashboard.waiting import await_result

_SORT = "queue_sort"
_SORT_WIDTH = 250
"""In CSS pixels: room for the longest name of a score."""
_CLUSTER, _SCORE, _LABEL = "queue_cluster", "queue_score", "queue_label"
_STATUS, _TAG, _SELECTED = "queue_status", "queue_tag", "queue_selected"
_CLEAR: dict[str, Any] = {
    _CLUSTER: [], _SCORE: 0.0, _LABEL: [], _STATUS: ANY_STATUS, _TAG: [], _SELECTED: False,
}  # fmt: skip


def ask_for_sort(shown: Reviewed) -> str:
    """By which score the queue is sorted."""
    options = known_sorts(shown.misfits.misfit) or (COMBINED,)
    _restrict(_SORT, options)
    return st.selectbox(
        "Sorted by",
        options,
        format_func=SORTS.__getitem__,
        key=_SORT,
        bind="query-params",
        help=SORT_HELP,
        label_visibility="collapsed",
        width=_SORT_WIDTH,
    )


def ask_for_filters(shown: Reviewed, facts: Facts) -> Filters:
    """Which images are in the queue; the button says how many filters there are."""
    chosen = read_filters().count
    label = f"Filters ({chosen})" if chosen else "Filters"
    with st.popover(label, key="queue filters", icon=":material/filter_alt:"):
        _ask(shown, facts)
        st.button("Clear the filters", on_click=clear_filters, disabled=not chosen)
    return read_filters()


def _ask(shown: Reviewed, facts: Facts) -> None:
    names = shown.grouped.names
    options = [number for number in range(len(names)) if number in facts.clusters]
    _choose("Cluster", _CLUSTER, options, "any", distinguish(names).__getitem__)
    st.selectbox("Reviewed", STATUSES, key=_STATUS, bind="query-params")
    st.slider("Score at least", 0.0, 1.0, 0.0, 0.05, key=_SCORE, bind="query-params")
    labels = list(facts.labels.names)
    if labels:
        more = [UNLABELLED] if (facts.labels.codes == NO_LABEL).any() else []
        _choose("Label", _LABEL, labels + more, "any")
    if facts.tagged or st.session_state.get(_TAG):
        _choose("Tag", _TAG, sorted(facts.tagged), "any")
    st.toggle(
        f"Only the {len(facts.selected):,} selected",
        key=_SELECTED,
        bind="query-params",
        disabled=not (len(facts.selected) or st.session_state.get(_SELECTED)),
        help="What is selected on the map or in a gallery.",
    )


def _choose(
    label: str, key: str, options: Sequence[Any], none: str, say: Callable[[Any], str] = str
) -> None:
    _restrict(key, options)
    st.multiselect(label, options, format_func=say, key=key, bind="query-params", placeholder=none)


def _restrict(key: str, options: Sequence[Any]) -> None:
    """Another set of images may not have what was chosen."""
    now = st.session_state.get(key)
    if isinstance(now, list) and not set(now) <= set(options):
        st.session_state[key] = [one for one in now if one in options]
    elif now is not None and not isinstance(now, list) and now not in options:
        st.session_state[key] = options[0]


def distinguish(names: Sequence[str]) -> list[str]:
    """The names of clusters; two of the same name are told apart by their numbers."""
    twice = {name for name in names if names.count(name) > 1}
    return [f"{name} ({number})" if name in twice else name for number, name in enumerate(names)]


def read_filters() -> Filters:
    """What is chosen now."""
    chosen = {key: st.session_state.get(key) or usual for key, usual in _CLEAR.items()}
    return Filters(
        clusters=tuple(chosen[_CLUSTER]),
        score=chosen[_SCORE],
        labels=tuple(chosen[_LABEL]),
        status=chosen[_STATUS],
        tags=tuple(chosen[_TAG]),
        selected=chosen[_SELECTED],
    )


def clear_filters() -> None:
    """All images are in the queue: for callbacks."""
    for key, usual in _CLEAR.items():
        st.session_state[key] = usual


def gather_facts(shown: Reviewed, state: JournalState) -> Facts:
    """What the filters ask of each image."""
    reviewed = shown.grouped.reviewed
    if reviewed is None:
        reviewed = np.full(len(shown.grouped.clusters), REVIEWED.index("not reviewed"), np.uint8)
    return Facts(
        shown.grouped.clusters,
        reviewed,
        _find_labels(shown),
        shown.study.rows,
        _find_tagged(shown, state),
        shown.desk.now.rows,
    )


def _find_labels(shown: Reviewed) -> LabelCodes:
    """Of many thousands of images this takes a moment: it is kept."""
    study = shown.study
    key = (shown.view.study, study.images.fingerprint, "labels")
    found: LabelCodes = await_result(
        key, lambda _: encode_labels(study.labels), "Reading the labels"
    )
    return found


def _find_tagged(shown: Reviewed, state: JournalState) -> dict[str, NDArray[np.int64]]:
    index = shown.study.images.index
    tagged: dict[str, list[int]] = {}
    for image, tags in state.tags.items():
        for tag in tags if image in index else ():
            tagged.setdefault(tag, []).append(index[image])
    return {tag: np.array(rows, dtype=np.int64) for tag, rows in tagged.items()}
