"""The deck component: one card of the review queue at a time, decided by keys.

A hand may be faster than Python. The browser shows the next card at once and keeps what was decided
until Python has acknowledged it: every answer carries all of that, so that none is lost where a
later answer takes the place of an earlier one; serial numbers tell what is new in it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.clusters.cluster_names import LONGEST
from dashboard.browser.answers import read_number
from dashboard.browser.component import ELEMENTS, declare
from dashboard.browser.hearing import Hearing
from dashboard.deck.content import (
    Act,
    DeckCard,
    DeckCluster,
    DeckView,
    Kind,
    read_acts,
    read_client,
)
from dashboard.gallery.images import ImageContents

__all__ = ["Act", "DeckCard", "DeckCluster", "DeckView", "Kind", "show_deck"]

_MOST_TURNS = 2**53


@dataclass(frozen=True, slots=True)
class _Heard:
    """What was last heard of a deck.

    Attributes:
        client: which one it is.
        serial: the highest of its acts.
        turn: the number of its last answer: once that is the last one that it gave, where Python
            says to be counts, and no longer where the hand went.
    """

    client: str = ""
    serial: int = 0
    turn: int = 0


_component = declare("deck/deck.js", styles=(ELEMENTS, "deck/deck.css"))


def show_deck(
    view: DeckView,
    images: ImageContents,
    *,
    key: str,
    full: str,
    on_acts: Callable[[str, tuple[Act, ...]], None],
    on_place: Callable[[int], None],
    on_open: Callable[[int], None],
) -> None:
    """Draw the deck.

    Args:
        view: what it shows.
        images: where the browser finds thumbnails and names.
        key: of the component.
        full: address of a whole image, with `{id}` in place of the id.
        on_acts: gets the client and its new acts in order. They are new to the deck; a run that
            was cut short may have `view.acknowledged` of an earlier one, so it is for the
            receiver's own memory to say which were handled.
        on_place: gets the place that is shown, before `on_acts`, which may choose another.
        on_open: gets the row of an image that is to be opened.
    """
    hearing = Hearing(key, of=view.queue)

    def said() -> None:
        answer = hearing.answer("said")
        client = read_client(answer.get("client"))
        if client is None:
            return
        place = read_number(answer.get("at"), view.count)
        if place is not None:
            on_place(place)
        before = _heard(key, of=client)
        after = max(before.serial, view.acknowledged if view.client == client else 0)
        acts = read_acts(answer.get("acts"), images.count, after=after)
        if acts:
            on_acts(client, acts)
        turn = read_number(answer.get("turn"), _MOST_TURNS) or before.turn
        serial = acts[-1].serial if acts else before.serial
        st.session_state[_memory(key)] = _Heard(client, serial, turn)

    heard = _heard(key)
    data = {
        "images": images.as_data(),
        "full": full,
        "longest": LONGEST,
        "heard": {"client": heard.client, "turn": heard.turn},
        **view.as_data(),
    }
    _component(
        data=data,
        key=key,
        on_said_change=said,
        on_opened_change=hearing.number("opened", "row", images.count, on_open),
    )


def _heard(key: str, *, of: str | None = None) -> _Heard:
    """What was last heard; of a client other than the last one that is nothing."""
    heard = st.session_state.get(_memory(key))
    if not isinstance(heard, _Heard):
        return _Heard(of or "")
    return heard if of in (None, heard.client) else _Heard(of)


def _memory(key: str) -> str:
    return f"{key} heard"
