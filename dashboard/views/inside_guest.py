"""An image from outside the set, as the Inside VGG page looks at it: held by the session alone."""

from dataclasses import dataclass
from pathlib import PurePath

import streamlit as st

from core.images import identify
from core.inside.inside import Inside
from core.pictures.decoding import ImageProblem
from dashboard.views.compare_parts import Shown

SUFFIXES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif"]
KEPT_NOWHERE = "Not an image of the set: it becomes no part of it, and nothing of it is kept."
_GUEST, _FIELD = "inside guest", "inside field"


@dataclass(frozen=True, slots=True)
class Guest:
    """What somebody last gave to be looked at.

    Attributes:
        images: the fingerprint of the set that was open.
        opened: the row that was open; once another one is, this is over.
        data: the bytes of the image, or None where what was given is none.
        name: of its file.
        note: what is to be said of what was given.
    """

    images: str
    opened: int | None
    data: bytes | None = None
    name: str = ""
    note: str = ""


def present_guest(shown: Shown) -> Guest | None:
    """What was given last, as long as nothing else was opened since."""
    guest: Guest | None = st.session_state.get(_GUEST)
    now = (shown.study.images.fingerprint, shown.desk.now.opened)
    return guest if guest is not None and (guest.images, guest.opened) == now else None


def leave_guest() -> None:
    """Forget it: the session holds its bytes no longer."""
    st.session_state.pop(_GUEST, None)


def show_field(shown: Shown, inside: Inside) -> None:
    """One field for an image, which may be pasted, and for a part of a path."""

    def submitted() -> None:
        given = st.session_state[_FIELD]
        if given and given.files:
            file = given.files[0]
            _take_image(shown, inside, PurePath(file.name).name, file.getvalue())
        elif given and given.text:
            _take_text(shown, given.text)

    st.chat_input(
        "Another image: paste or attach it, or type a part of its path",
        key=_FIELD,
        accept_file=True,
        file_type=SUFFIXES,
        on_submit=submitted,
    )


def _take_image(shown: Shown, inside: Inside, name: str, data: bytes) -> None:
    row = shown.study.images.index.get(identify(data))
    if row is not None:
        shown.desk.open(row)
        _keep(shown, note="This very image is in the set.")
        return
    try:
        inside.square(data)
    except ImageProblem as problem:
        _keep(shown, note=f"{name} cannot be looked at: {problem}.")
        return
    _keep(shown, data=data, name=name, note=KEPT_NOWHERE)


def _take_text(shown: Shown, text: str) -> None:
    rows = shown.study.search_text(text)
    if len(rows):
        shown.desk.select(rows)
        shown.desk.open(int(rows[0]))
        n = len(rows)
        count = "1 image has" if n == 1 else f"{n:,} images have"
        _keep(shown, note=f"{count} “{text}” in path or label; they are selected.")
    else:
        _keep(shown, note=f"No image has “{text}” in path or label.")


def _keep(shown: Shown, *, data: bytes | None = None, name: str = "", note: str = "") -> None:
    now = (shown.study.images.fingerprint, shown.desk.now.opened)
    st.session_state[_GUEST] = Guest(*now, data, name, note)
