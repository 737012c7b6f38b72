"""Take away: which images, as what, and the button that gives it; the same on every page."""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.errors import CoreError
from core.export.export_zip import stream_zip
from core.study import Study
from dashboard.downloads import ALL, REVIEWED, SELECTED, Taken, find_reviewed
from dashboard.grouping import Rows
from dashboard.provenance import escape_markdown
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.storage import open_cache
from dashboard.views.take_away_folders import may_write, offer_folders
from dashboard.zips import all_zips

_PART, _FORMAT, _TROUBLE = "take part", "take format", "take trouble"


@dataclass(frozen=True, slots=True)
class _File:
    """A file that is made when it is asked for."""

    ending: str
    media_type: str
    make: Callable[[Taken], bytes]


_FILES = {
    "CSV": _File(".csv", "text/csv", lambda taken: taken.make_table("csv")),
    "Parquet": _File(
        ".parquet", "application/vnd.apache.parquet", lambda taken: taken.make_table("parquet")
    ),
    "JSON": _File(".json", "application/json", lambda taken: taken.make_table("json")),
    "Report": _File(".html", "text/html", lambda taken: taken.make_report()),
}
_ZIP, _FOLDERS = "ZIP", "Folders"
_HINTS = {
    "CSV": "A row an image, for a spreadsheet.",
    "Parquet": "A row an image, for pandas, R or a database; it also says what made it.",
    "JSON": "A row an image, for programs; it also says what made it.",
    "Report": "One HTML file to read and to send: the map, the clusters, the corrections.",
    _ZIP: "The images themselves, a folder a cluster, and what made it.",
    _FOLDERS: "The images themselves, a folder a cluster, on the computer that runs Groupsight.",
}


def show_take_away(view: View, study: Study) -> None:
    """A button that opens the choice."""
    with st.popover("Take away", icon=":material/download:", key="take away"):
        taken = _ask_for_images(view, study)
        kinds = ["CSV", "Parquet", "JSON", "Report", _ZIP, *([_FOLDERS] if may_write() else [])]
        kind = st.segmented_control("As", kinds, default="CSV", required=True, key=_FORMAT)
        st.caption(_HINTS[kind])
        if kind in _FILES:
            _offer_file(taken, kind)
        else:
            _offer_images(taken, kind)


def offer_making(view: View, study: Study) -> None:
    """What made the clusters, as JSON."""
    taken = Taken(view, study)
    _offer(taken, "What made them (JSON)", ".json", "application/json", taken.make_making)


def _ask_for_images(view: View, study: Study) -> Taken:
    """All images, the selected or the reviewed ones: as far as there are any."""
    reviewed = find_reviewed(study)
    selected = Desk(study.images, open_cache()).now.rows
    rows: dict[str, Rows | None] = {ALL: None, SELECTED: selected, REVIEWED: reviewed}
    there = [part for part, some in rows.items() if some is None or len(some)]
    n_images = len(study.images.ids)
    if st.session_state.get(_PART) not in there:
        st.session_state[_PART] = ALL
    part = st.segmented_control(
        "Images", there, required=True, key=_PART,
        format_func=lambda one: _name_part(one, rows[one], n_images),
    )  # fmt: skip
    st.caption(_describe_clusters(view, is_reviewed=len(reviewed) > 0))
    return Taken(view, study, part or ALL, rows[part or ALL])


def _name_part(part: str, rows: Rows | None, n_images: int) -> str:
    return f"All {n_images:,}" if rows is None else f"The {len(rows):,} {part}"


def _describe_clusters(view: View, *, is_reviewed: bool) -> str:
    if not is_reviewed:
        return "Copies of an image come with it."
    if view.corrected:
        return "In the clusters as people corrected them. Copies of an image come with it."
    return "In the clusters as K-Means found them, without the corrections. Copies come along."


def _offer_file(taken: Taken, kind: str) -> None:
    file = _FILES[kind]
    _offer(
        taken, _label(taken, "report" if kind == "Report" else kind), file.ending,
        file.media_type, lambda: file.make(taken), is_primary=True,
    )  # fmt: skip
    if kind == "CSV":
        _offer(taken, "What made it (JSON)", ".json", "application/json", taken.make_making)


def _label(taken: Taken, what: str) -> str:
    """It names the selection: what is downloaded is what the button says."""
    of = "" if taken.rows is None else f" of the {len(taken.rows):,} {taken.part}"
    return f"Download the {what}{of}"


def _offer(
    taken: Taken,
    label: str,
    ending: str,
    media_type: str,
    make: Callable[[], bytes],
    *,
    is_primary: bool = False,
) -> None:
    """A button that makes the file when it is pressed; why it could not is said from then on."""
    troubles: dict[str, str] = st.session_state.setdefault(_TROUBLE, {})

    def tried() -> bytes:
        troubles.pop(label, None)
        try:
            return make()
        except CoreError as error:
            troubles[label] = str(error)
            raise

    st.download_button(
        label, tried, taken.name(ending), media_type, on_click="ignore",
        icon=":material/download:", type="primary" if is_primary else "secondary",
    )  # fmt: skip
    if label in troubles:
        st.error(escape_markdown(troubles[label]), icon=":material/error:")


def _offer_images(taken: Taken, kind: str) -> None:
    keep_excluded = False
    if taken.view.corrected and len(taken.study.journal.state.exclusions):
        keep_excluded = st.toggle("Excluded images too, in a folder of their own")
    if kind == _FOLDERS:
        offer_folders(taken, keep_excluded=keep_excluded)
        return

    def make() -> Iterator[bytes]:
        placed, made_by = taken.place(keep_excluded=keep_excluded)
        return stream_zip(placed, read=taken.study.read, made_by=made_by)

    address = all_zips().offer(_key(taken, keep_excluded), taken.name(".zip"), make)
    st.link_button(_label(taken, kind), address, icon=":material/download:", type="primary")


def _key(taken: Taken, keep_excluded: bool) -> Hashable:
    rows = None if taken.rows is None else np.asarray(taken.rows).tobytes()
    return (taken.view, taken.study.fingerprint, taken.part, rows, keep_excluded)
