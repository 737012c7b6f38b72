"""What is selected, which image is open and what the map shows: in the session and in the link.

Rows are positions in the ids of one set of images; with another set they mean nothing and are
forgotten. A link holds a selection by the hash of its rows, which the cache file keeps.

Who goes to another page takes all this along. Streamlit leaves it out of that page's address at
first, and the browser keeps an entry of its history for that: arrivals.py knows what it meant.
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.cache import Cache, fingerprint
from core.errors import CoreError
from core.images import ImageSet
from dashboard.arrivals import came_by_history, meant_at_arrival, note_arrival

_log = logging.getLogger(__name__)
SELECTION, IMAGE, ZOOM = "selection", "image", "zoom"
"""Names in the link."""

_SHOWN_HEX = 16
"""Digits of a hash that stand in a link: enough to tell images and selections apart."""

Rows = NDArray[np.int64]
Zoom = tuple[float, ...]


def _no_rows() -> Rows:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Selection:
    """What stands out in one set of images.

    Attributes:
        images: the fingerprint of the set.
        rows: what is selected, ascending.
        opened: the image that is shown large.
        edges: whether its neighbours are drawn on the map.
        zoom: what the map shows; None is everything.
        link: what the link says of this; None where it has to be written anew.
        revision: counts the selections that were made elsewhere than on the map, which follows
            them; its own it shows already.
    """

    images: str = ""
    rows: Rows = field(default_factory=_no_rows)
    opened: int | None = None
    edges: bool = False
    zoom: Zoom | None = None
    link: dict[str, str] | None = None
    revision: int = 0


class Desk:
    """The selection of this session in one set of images, and its changes."""

    def __init__(self, images: ImageSet, cache: Cache) -> None:
        self.images = images
        self.cache = cache
        known: Selection = st.session_state.get("desk", Selection())
        if known.images != images.fingerprint:
            self._keep(Selection(images.fingerprint, revision=known.revision + 1))
            if known.images:
                _write({})
            else:
                self._change(**self._read_link())
            self._change(link=_link())

    @property
    def now(self) -> Selection:
        """What is selected now."""
        current: Selection = st.session_state.desk
        return current

    def follow_link(self) -> None:
        """Take over what the browser's back and forward have changed in the link.

        For runs of the whole page only: a component's own event may carry an older link.
        """
        if self.now.link is None:
            note_arrival(self.now if self._told() else None)
            self._write_link()
        elif self.now.link != _link():
            self._follow_history()

    def _follow_history(self) -> None:
        meant: Selection | None = None if any(_link().values()) else meant_at_arrival()
        if meant is None or meant.images != self.images.fingerprint:
            self._take(self._read_link())
            return
        self._take({"rows": meant.rows, "opened": meant.opened, "zoom": meant.zoom})
        # Back must lead on from here: a link that is written may be a step of the browser's again.
        if not came_by_history():
            self._write_link()

    def _take(self, told: dict[str, Any]) -> None:
        self._change(**told, revision=self.now.revision + 1, link=_link())

    def _write_link(self) -> None:
        """All of it each time: an event that was under way may have brought back an older link."""
        told = self._told()
        _write(told)
        if not told:
            note_arrival(None)
        self._change(link=_link())

    def _told(self) -> dict[str, str]:
        """What the link is to say; what is as usual is left out."""
        row, zoom = self.now.opened, self.now.zoom
        told = {
            SELECTION: self._name_selection(self.now.rows),
            IMAGE: "" if row is None else self.images.ids[row][:_SHOWN_HEX],
            ZOOM: "" if zoom is None else ",".join(f"{number:.6g}" for number in zoom),
        }
        return {name: value for name, value in told.items() if value}

    def select(self, rows: Iterable[int], *, drawn: bool = False) -> None:
        """Select these rows, as `drawn` on the map or chosen elsewhere."""
        chosen = np.unique(np.asarray(rows, dtype=np.int64))
        self._change(rows=chosen, revision=self.now.revision + (not drawn))
        self._write_link()

    def open(self, row: int | None) -> None:
        """Show this image large; None closes it."""
        self._change(opened=row)
        self._write_link()

    def draw_edges(self, drawn: bool) -> None:
        """Draw the open image's neighbours on the map, or no longer."""
        self._change(edges=drawn)

    def zoom(self, zoom: Zoom | None) -> None:
        """Remember what the map shows."""
        self._change(zoom=zoom)
        self._write_link()

    def _change(self, **changes: Any) -> None:
        self._keep(replace(self.now, **changes))

    @staticmethod
    def _keep(selection: Selection) -> None:
        st.session_state.desk = selection

    def _key(self, short: str) -> str:
        return fingerprint(kind="selection", images=self.images.fingerprint, rows=short)

    def _name_selection(self, rows: Rows) -> str:
        """The hash by which a link finds it in the cache file; none where it cannot be kept."""
        if not len(rows):
            return ""
        short = hashlib.sha256(rows.tobytes()).hexdigest()[:_SHOWN_HEX]
        try:
            if self.cache.result(self._key(short)) is None:
                self.cache.remember_result(self._key(short), {}, {"rows": rows.astype(np.uint32)})
        except CoreError as error:  # a link that tells less is no reason to select nothing
            _log.warning("the link does not hold the selection: %s", error)
            return ""
        return short

    def _read_link(self) -> dict[str, Any]:
        """What the link of a fresh page says, as far as it fits these images."""
        found = {"rows": self._linked_rows(), "opened": self._linked_image()}
        return found | {"zoom": _read_zoom(st.query_params.get(ZOOM, ""))}

    def _linked_rows(self) -> Rows:
        kept = self.cache.result(self._key(st.query_params.get(SELECTION, "")))
        return _no_rows() if kept is None else kept[1]["rows"].astype(np.int64)

    def _linked_image(self) -> int | None:
        short = st.query_params.get(IMAGE, "")
        if len(short) < _SHOWN_HEX:
            return None
        return next((row for row, one in enumerate(self.images.ids) if one.startswith(short)), None)


def _read_zoom(text: str) -> Zoom | None:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _write(told: dict[str, str]) -> None:
    """Write it into the link, where that says otherwise; each change is a step of the browser."""
    for name in (SELECTION, IMAGE, ZOOM):
        if name not in told:
            st.query_params.pop(name, None)
    news = {name: value for name, value in told.items() if st.query_params.get(name) != value}
    if news:
        st.query_params.update(news)


def _link() -> dict[str, str]:
    return {name: st.query_params.get(name, "") for name in (SELECTION, IMAGE, ZOOM)}


def leave() -> None:
    """Another page is shown, whose address holds nothing of this: it is to be written anew.

    An address of the history is followed instead, though the first run that shows it may end early.
    """
    if "desk" in st.session_state:
        link: dict[str, str] | None = {} if came_by_history() else None
        st.session_state.desk = replace(st.session_state.desk, link=link)


def forget_selection() -> None:
    """Nothing selected, nothing open: before another set of images is opened."""
    known: Selection = st.session_state.get("desk", Selection())
    st.session_state.desk = Selection(images="none", revision=known.revision)
    _write({})
