"""The queue: one image after the other, the worst fit first, and a decision for each."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from core.journal.journal_state import JournalState
from dashboard.contents import publish_bits, publish_order
from dashboard.correcting import apply_corrections
from dashboard.gallery import GalleryView, show_gallery
from dashboard.views.explore_image import show_image
from dashboard.views.review_bulk import MARK_ACTIONS, mark_in_grid, show_bulk
from dashboard.views.review_card import show_card
from dashboard.views.review_filters import (
    ask_for_filters,
    ask_for_sort,
    clear_filters,
    gather_facts,
)
from dashboard.views.review_order import Facts, Filters, find_matching, find_open
from dashboard.views.review_parts import Reviewed
from dashboard.views.review_past import Past
from dashboard.views.review_place import Queue, ask_for_image, look_again, open_queue, rank
from dashboard.views.review_return import REDO, UNDO, look_back, offer_return
from dashboard.views.study_map import show_making, show_study_map

_CARD, _GRID = "One by one", "Grid"
_GRID_HEIGHT = 640


def show_queue(shown: Reviewed) -> None:
    """Draw this part of the page."""
    shown = _corrected(shown)
    state = shown.decider.deciding.state
    facts = gather_facts(shown, state)
    look, queue = _ask(shown, facts)
    if not len(queue.rows):
        st.info("No image matches these filters.", icon=":material/filter_alt_off:")
        st.button("Clear the filters", on_click=clear_filters, type="primary", key="clear all")
        return
    left, right = st.columns([3, 2], gap="medium")
    with right:  # first what a link says of the place
        _ask_for_place(queue, facts)
    with left:
        _show_images(shown, queue, state, facts, look)
    with right:
        _show_map(shown, queue)


def _corrected(shown: Reviewed) -> Reviewed:
    """Decisions are about the corrected clusters, also where the map shows the others."""
    said = st.empty()
    if shown.grouped.reviewed is not None:
        return shown
    said.caption(
        "Corrections are not applied (on the left): the map shows the clusters as K-Means found "
        "them. The queue goes on with what was decided."
    )
    view = replace(shown.view, corrected=True)
    return replace(shown, grouped=apply_corrections(view, shown.study, shown.found))


def _ask(shown: Reviewed, facts: Facts) -> tuple[str, Queue]:
    """Which images, in which order, how they are shown."""
    with st.container(horizontal=True, vertical_alignment="center"):
        asked: str = st.segmented_control(
            "Look", [_CARD, _GRID], required=True, default=_CARD, key="queue_look",
            bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
        by = ask_for_sort(shown)
        chosen = ask_for_filters(shown, facts)
        show_bulk(shown)
    return asked, _find_queue(shown, by, chosen, facts)


def _find_queue(shown: Reviewed, by: str, filters: Filters, facts: Facts) -> Queue:
    selected = facts.selected.tobytes() if filters.selected else b""
    study = shown.study
    made_of = (shown.view.study, study.fingerprint, shown.view.kmeans, by, filters, selected)
    misfit = shown.misfits.misfit
    order = misfit.worst_first(by)
    found = order[find_matching(misfit.score(by), filters, facts)[order]]
    queue = open_queue(Queue(made_of, by, found, rank(order), study.images))
    with st.container():  # always there: deck and map below are not to be mounted anew
        if len(np.setxor1d(found, queue.rows)):
            _offer_to_look_again(len(np.setdiff1d(queue.rows, found)))
    return queue


def _offer_to_look_again(n_gone: int) -> None:
    """The queue stays as it is while one decides."""
    said, look = st.columns([5, 1], vertical_alignment="center")
    said.caption(
        f"{n_gone:,} of these images match the filters no longer, or others do now."
        if n_gone
        else "More images match the filters now."
    )
    look.button("Update", on_click=look_again, width="stretch", help="Find the images anew.")


def _ask_for_place(queue: Queue, facts: Facts) -> None:
    """Where to go on."""
    with st.container(horizontal=True, vertical_alignment="center"):
        ask_for_image(queue)
        following = find_open(queue.rows, queue.at, facts.reviewed)
        row = 0 if following is None else int(queue.rows[following])
        st.button(
            "Next not reviewed", on_click=queue.go, args=(row,), disabled=following is None,
            icon=":material/skip_next:",
        )  # fmt: skip


def _show_images(
    shown: Reviewed, queue: Queue, state: JournalState, facts: Facts, look: str
) -> None:
    past = look_back(shown, state)
    decided = int(np.count_nonzero(facts.reviewed[queue.rows]))
    if look == _GRID:
        _show_progress(shown, queue, past, decided)
        _show_grid(shown, queue)
    else:
        show_card(shown, queue, state, past, decided=decided)


def _show_progress(shown: Reviewed, queue: Queue, past: Mapping[str, Past], decided: int) -> None:
    """How far one is, and the way back: what a card shows by itself."""
    bar, undo, redo = st.columns([3, 1, 1], vertical_alignment="center")
    count = len(queue.rows)
    bar.progress(decided / count, text=f"{decided:,} of {count:,} reviewed")
    for place, which in ((undo, UNDO), (redo, REDO)):
        with place:
            offer_return(shown, queue, which, past[which])


def _show_grid(shown: Reviewed, queue: Queue) -> None:
    def opened(row: int) -> None:
        queue.go(row)
        shown.desk.open(row)

    grouped = shown.grouped
    show_gallery(
        GalleryView(
            publish_order(queue.rows),
            opened=int(queue.rows[queue.at]),
            height=_GRID_HEIGHT,
            actions=MARK_ACTIONS,
            excluded=publish_bits(np.flatnonzero(grouped.excluded), len(grouped.clusters)),
        ),
        shown.contents.images,
        key="queue grid",
        on_open=opened,
        on_mark=lambda rows, action: mark_in_grid(shown, rows, action),
    )


def _show_map(shown: Reviewed, queue: Queue) -> None:
    """The image of the card is ringed, unless another one was opened; that is shown below."""
    of = (shown.view, shown.study, shown.grouped, shown.contents, shown.desk)
    show_study_map(*of, ringed=int(queue.rows[queue.at]))
    opened = shown.desk.now.opened
    if opened is not None and opened != queue.rows[queue.at]:
        _offer_card(queue, opened)
        show_image(*of)
    show_making(shown.view, shown.study, shown.projection)


def _offer_card(queue: Queue, opened: int) -> None:
    if opened in queue.rows:
        st.button("Show its card", on_click=queue.go, args=(opened,), icon=":material/rule:")
