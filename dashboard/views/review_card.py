"""The review queue one card at a time: what the deck shows, and what a hand decides on it."""

from collections.abc import Mapping

import streamlit as st

from core.journal.journal_state import JournalState
from dashboard.deck import Act, DeckView, Kind, show_deck
from dashboard.media import image_address
from dashboard.views.review_cards import gather, write_cards, write_clusters
from dashboard.views.review_handled import Handled, handle, translate
from dashboard.views.review_order import take_window
from dashboard.views.review_parts import Reviewed
from dashboard.views.review_past import Past
from dashboard.views.review_place import Queue
from dashboard.views.review_return import REDO, UNDO, take_back

_BEFORE, _AFTER = 6, 24
"""Cards that the browser has around the present one: a hand is as fast as these reach."""
_HANDLED = "deck handled"
_RETURNS = {Kind.UNDO: UNDO, Kind.REDO: REDO}


def show_card(
    shown: Reviewed, queue: Queue, state: JournalState, past: Mapping[str, Past], *, decided: int
) -> None:
    """The card at the present place, and those around it.

    Args:
        shown: the view under review.
        queue: the images to be reviewed; at least one.
        state: what was decided.
        past: what would be undone, and done again.
        decided: how many images of the queue are decided.
    """
    show_deck(
        _view(shown, queue, state, past, decided),
        shown.contents.images,
        key="deck",
        full=image_address("{id}"),
        on_acts=lambda client, acts: _decide(shown, queue, client, acts),
        on_place=lambda place: _go(shown, queue, int(queue.rows[place])),
        on_open=shown.desk.open,
    )


def _view(
    shown: Reviewed, queue: Queue, state: JournalState, past: Mapping[str, Past], decided: int
) -> DeckView:
    at, count = queue.at, len(queue.rows)
    told, handled = gather(shown, queue.sort), _handled()
    window = take_window(count, at, before=_BEFORE, after=_AFTER)
    rows = queue.rows[window.start : window.stop].tolist()
    return DeckView(
        queue=queue.name,
        cards=write_cards(shown, told, state, rows, first=window.start),
        at=at,
        count=count,
        decided=decided,
        clusters=write_clusters(told),
        tags=_known_tags(state),
        acknowledged=handled.acknowledged,
        client=handled.client,
        refused=handled.refused,
        refused_row=handled.row,
        undo=past[UNDO].words,
        redo=past[REDO].words,
    )


def _go(shown: Reviewed, queue: Queue, row: int) -> None:
    """On to another card: whatever was opened beside the one before is closed."""
    if row == queue.rows[queue.at]:
        return
    queue.go(row)
    if shown.desk.now.opened is not None:
        shown.desk.open(None)


def _decide(shown: Reviewed, queue: Queue, client: str, acts: tuple[Act, ...]) -> None:
    def decide(act: Act) -> str:
        if act.kind in _RETURNS:
            kept = take_back(shown, queue, _RETURNS[act.kind])
        else:
            kept = shown.decider.decide(translate(act, shown.view.kmeans, shown.grouped))
        return "" if kept else shown.decider.refusal

    st.session_state[_HANDLED] = handle(_handled(), client, acts, decide=decide)


def _handled() -> Handled:
    known: Handled = st.session_state.get(_HANDLED, Handled())
    return known


def _known_tags(state: JournalState) -> tuple[str, ...]:
    return tuple(sorted({tag for tags in state.tags.values() for tag in tags}))
