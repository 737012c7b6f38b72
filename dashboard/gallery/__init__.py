"""The gallery component: a grid of thumbnails, each a button that opens its image."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Card:
    """One image of the grid: what it is called, where its thumbnail lies, its cluster's colour."""

    id: str
    title: str
    address: str
    color: str
    is_open: bool = False


_component = st.components.v2.component(
    "groupsight.gallery",
    js=(_FOLDER / "gallery.js").read_text(encoding="utf-8"),
    css=(_FOLDER / "gallery.css").read_text(encoding="utf-8"),
)


def show_gallery(cards: Sequence[Card], *, key: str, on_open: Callable[[str], None]) -> None:
    """Draw the cards; `on_open` gets the id of the one that is clicked."""

    def opened() -> None:
        on_open(st.session_state[key].opened)

    data = {"cards": [asdict(card) for card in cards]}
    _component(data=data, key=key, on_opened_change=opened)
