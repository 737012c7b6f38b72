"""Where one is in the review queue: kept for each queue in the session, and in the link.

The images of a queue are found once. What is decided afterwards changes neither their order nor
which they are, until one asks for them anew.
"""

import hashlib
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from core.images import ImageSet
from dashboard.grouping import Rows
from dashboard.views.review_order import find_place

IMAGE = "at"
"""The widget that names the image, and its name in the link."""
_QUEUE, _ROWS = "review queue", "review places"
_PLACES_KEPT = 64


@dataclass(frozen=True, eq=False, slots=True)
class Queue:
    """The images to be reviewed.

    Attributes:
        made_of: what they were found by.
        sort: the score by which they are sorted.
        rows: the images, the worst first.
        ranks: the place of every image of the set in the order without filters, (n,).
        images: of which these are.
    """

    made_of: object
    sort: str
    rows: Rows
    ranks: Rows
    images: ImageSet

    @property
    def name(self) -> str:
        """As long as it is the same, a place means the same image."""
        made_of = (self.images.fingerprint, self.made_of)
        return hashlib.sha256(repr(made_of).encode() + self.rows.tobytes()).hexdigest()[:16]

    @property
    def at(self) -> int:
        """The place at which one is; the first one is 0."""
        row = _rows().get(self.made_of)
        return 0 if row is None else find_place(self.rows, row, self.ranks)

    def go(self, row: int) -> None:
        """Go to an image, or to the next one if it is not in the queue: for callbacks."""
        self._note(row)
        st.session_state[IMAGE] = self._path()

    def _note(self, row: int) -> None:
        places = dict(_rows())
        places.pop(self.made_of, None)
        st.session_state[_ROWS] = dict([*places.items(), (self.made_of, row)][-_PLACES_KEPT:])

    def _path(self) -> str:
        """What names the present image; of the first one nothing, which keeps links short."""
        return self.path_of(self.at) if self.at else ""

    def path_of(self, place: int) -> str:
        """The path of the file at a place."""
        images = self.images
        return images.by_id[images.ids[int(self.rows[place])]][0].path


def open_queue(found: Queue) -> Queue:
    """The queue of this session as it was found at first; `found` where that was another one."""
    known: Queue | None = st.session_state.get(_QUEUE)
    same_images = known is not None and known.images.ids == found.images.ids
    if known is not None and same_images and known.made_of == found.made_of:
        return known
    queue = st.session_state[_QUEUE] = found
    if known is not None and len(queue.rows):  # else the link says where to begin
        st.session_state[IMAGE] = queue._path()
    return queue


def look_again() -> None:
    """Have the images found anew: for callbacks."""
    known: Queue | None = st.session_state.get(_QUEUE)
    if known is not None:
        st.session_state[_QUEUE] = replace(known, made_of=None)


def ask_for_image(queue: Queue) -> None:
    """The path of the present image, in which another one can be named; it is also in the link."""
    st.text_input(
        "Image",
        key=IMAGE,
        bind="query-params",
        on_change=_look_for,
        args=(queue,),
        placeholder="Go to a file",
        help="The name of a file, or a part of it: the queue goes on there.",
        label_visibility="collapsed",
    )
    named = st.session_state[IMAGE]
    if named != queue._path():  # a link was opened, or the browser went back
        found = _find_path(queue, named)
        if found is not None:
            queue._note(found)


def _look_for(queue: Queue) -> None:
    found = _find_path(queue, st.session_state[IMAGE].strip())
    if found is None:
        st.toast(f"No file in this queue is called {st.session_state[IMAGE]!r}.")
    queue.go(int(queue.rows[queue.at]) if found is None else found)


def _find_path(queue: Queue, named: str) -> int | None:
    """The image of a path; else the first one of the queue in whose path the text is found."""
    if not named:
        return int(queue.rows[0])
    ids = queue.images.ids
    for row, image in enumerate(ids):
        if any(one.path == named for one in queue.images.by_id[image]):
            return row
    paths = ((row, queue.images.by_id[ids[row]]) for row in queue.rows.tolist())
    part = named.casefold()
    return next(
        (row for row, files in paths if any(part in one.path.casefold() for one in files)), None
    )


def _rows() -> dict[object, int]:
    """For each queue the image at which one is."""
    known: dict[object, int] = st.session_state.get(_ROWS, {})
    return known


def rank(order: Rows) -> Rows:
    """The place of every row in an order of all of them, (n,)."""
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks
