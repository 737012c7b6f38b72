"""Search, as Explore shows it: by words in path or label, or by an image from elsewhere."""

import base64
from dataclasses import dataclass

import streamlit as st

from core.errors import CoreError
from core.images import identify
from core.pictures.decoding import ImageProblem
from core.pictures.reading import look
from core.search import Match
from core.study import Study
from dashboard.provenance import escape_markdown
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.views.explore_full import offer_full_search

_FOUND = 24
_SUFFIXES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif"]


@dataclass(frozen=True, slots=True)
class _Searched:
    """What the last search said, for the set of images in which it was asked."""

    images: str
    text: str
    thumbnail: bytes | None = None
    query: bytes | None = None


def show_search(view: View, study: Study, desk: Desk) -> None:
    """One field for both: what is found becomes the selection."""

    def submitted() -> None:
        given = st.session_state.search
        if given is None:
            return
        if given.files:
            _search_image(view, study, desk, given.files[0].getvalue())
        elif given.text:
            _search_text(study, desk, given.text)

    st.chat_input(
        "Search by path, label or image",
        key="search",
        accept_file=True,
        file_type=_SUFFIXES,
        on_submit=submitted,
    )
    searched: _Searched | None = st.session_state.get("searched")
    if searched is not None and searched.images == study.images.fingerprint:
        _show_outcome(searched)
        if searched.query is not None:
            offer_full_search(view, study, searched.query, key="search all")


def _search_text(study: Study, desk: Desk, query: str) -> None:
    rows = study.search_text(query)
    count = f"{len(rows):,} image{'' if len(rows) == 1 else 's'}"
    _tell(study, f"{count} with “{query}” in path or label")
    desk.open(None)
    desk.select(rows)


def _search_image(view: View, study: Study, desk: Desk, data: bytes) -> None:
    try:
        match = study.search_image(data, _FOUND, view.kmeans)
    except (ImageProblem, CoreError) as problem:
        _tell(study, f"This image cannot be searched for: {problem}")
        return
    desk.select(match.rows)
    desk.open(int(match.rows[0]))
    thumbnail = look(identify(data), lambda _: data, None).seen.thumbnail
    _tell(study, _describe(match, study.names(view.kmeans)), thumbnail, data)


def _describe(match: Match, names: tuple[str, ...]) -> str:
    same = "This very image is in the set. " if match.row is not None else ""
    fit = "" if match.fit is None else f", with a fit of {match.fit:.2f}"
    nearest = f"its {len(match.rows)} nearest are selected, the nearest is open"
    return f"{same}It falls into {names[match.cluster]}{fit}; {nearest}."


def _tell(
    study: Study, text: str, thumbnail: bytes | None = None, query: bytes | None = None
) -> None:
    st.session_state.searched = _Searched(study.images.fingerprint, text, thumbnail, query)


def _forget() -> None:
    st.session_state.searched = None


def _show_outcome(searched: _Searched) -> None:
    picture, text, close = st.columns([1, 6, 1], vertical_alignment="center")
    if searched.thumbnail is not None:
        picture.html(_draw(searched.thumbnail))
    text.caption(escape_markdown(searched.text))
    close.button("", icon=":material/close:", key="forget search", help="Close", on_click=_forget)


def _draw(jpeg: bytes) -> str:
    source = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
    return f'<img src="{source}" alt="The image that was searched for" width="64">'
