"""The list of all decisions: filtered, page by page; a click opens the image."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from core.journal.corrections import Stale
from core.journal.decisions import Kind
from core.journal.history import Entry
from core.journal.journal_csv import find_paths
from core.journal.whereabouts import Whereabouts
from dashboard.media import thumbnail_address
from dashboard.provenance import escape_markdown
from dashboard.views.review_decisions_acts import offer_undo_back
from dashboard.views.review_decisions_log import Log
from dashboard.views.review_decisions_table import COLUMNS, format_time, tabulate_entries, tint

PER_PAGE = 50
_ROW_PIXELS = 44
_MOST_PIXELS = 520


def show_list(log: Log) -> None:
    """The filters, a page of the list, and what can be done with the chosen decision."""
    entries = _filter(log)
    if not entries:
        st.caption("No decision is of this kind and by these people: take a filter away.")
        return
    _show_page(log, entries)


def _filter(log: Log) -> list[Entry]:
    who, what = st.columns(2)
    authors = who.multiselect(
        "By", sorted({one.row.author for one in log.entries}), key="decisions by",
        format_func=lambda one: one or "nobody named", placeholder="everybody",
    )  # fmt: skip
    present = {one.row.decision.kind for one in log.entries}
    kinds = what.multiselect(
        "Kind", [str(one) for one in Kind if one in present], key="decisions of kind",
        placeholder="every kind",
    )  # fmt: skip
    return [
        one
        for one in log.entries
        if (not authors or one.row.author in authors)
        and (not kinds or str(one.row.decision.kind) in kinds)
    ]


def _show_page(log: Log, entries: Sequence[Entry]) -> None:
    n_pages = -(-len(entries) // PER_PAGE)
    first = (_page(n_pages) - 1) * PER_PAGE
    some = entries[first : first + PER_PAGE]
    # A number in it means another decision once there are others: then nothing is chosen.
    key = f"decisions {some[0].row.seq} {some[-1].row.seq} {len(some)} {log.state.seq}"

    def chosen() -> None:
        at = _read_choice(st.session_state[key])
        if at is not None:
            _open(log, some[at])

    _draw(log, some, key=key, on_select=chosen)
    st.caption(f"{first + 1:,} to {first + len(some):,} of {len(entries):,}, the newest first.")
    at = _read_choice(st.session_state.get(key, {}))
    if at is not None and at < len(some):
        _show_chosen(log, some[at])


def _page(n_pages: int) -> int:
    if n_pages == 1:
        return 1
    key = "decisions page"
    if st.session_state.get(key, 1) > n_pages:  # a filter has left fewer
        st.session_state[key] = n_pages
    return int(st.pagination(n_pages, key=key))


def _draw(log: Log, some: Sequence[Entry], *, key: str, on_select: Any) -> None:
    shown = log.shown
    clusters = shown.study.clusters(shown.view.kmeans)
    find = Whereabouts(shown.study.images.ids, clusters, log.corrected).find
    table = tabulate_entries(
        some, find=find, names=log.names, paths=find_paths(shown.study.images),
        picture=thumbnail_address, zone=local_zone(),
    )  # fmt: skip
    st.dataframe(
        tint(table, some, find=find),
        key=key,
        hide_index=True,
        row_height=_ROW_PIXELS,
        height=min(_MOST_PIXELS, _ROW_PIXELS * (len(some) + 1)),
        column_order=_worth_showing(table),
        column_config={
            "Image": st.column_config.ImageColumn(width=56),
            "What": st.column_config.TextColumn(width=190),
            **{one: st.column_config.TextColumn(width=84) for one in ("From", "To", "Now")},
        },
        placeholder="",
        on_select=on_select,
        selection_mode="single-cell",
        alt="Decisions, the newest first",
    )


def _worth_showing(table: Any) -> list[str]:
    """Without the columns that are empty on this page."""
    return [name for name in COLUMNS if table[name].fillna("").ne("").any()]


def _read_choice(state: Any) -> int | None:
    """The chosen line of the page, of a selection as Streamlit gives it."""
    cells = state.get("selection", {}).get("cells", [])
    return int(cells[0][0]) if cells else None


def _open(log: Log, entry: Entry) -> None:
    """Show its image; of what was decided in one go, and of what was undone, select all."""
    rows = log.find_images(entry.row)
    if rows:
        log.shown.desk.select(rows)
        own = log.find_images(entry.row, alone=True)
        log.shown.desk.open(own[0] if own else rows[0])


def _show_chosen(log: Log, entry: Entry) -> None:
    row = entry.row
    by = f" by {row.author}" if row.author else ""
    text = f"{entry.words}{by}, {format_time(row.time, local_zone())}: {entry.standing}"
    said, undo = st.columns([3, 2], vertical_alignment="center")
    said.markdown(escape_markdown(text))
    with undo:
        offer_undo_back(log.shown.decider, log.state, row.action)


def show_stale(log: Log) -> None:
    """What holds and does not apply to these clusters, each with the reason."""
    stale = log.corrected.stale
    if not stale:
        return
    st.subheader("No longer applies")
    st.caption(
        "These decisions hold, and may apply again at another k or once the images are back."
    )
    paths = find_paths(log.shown.study.images)
    st.dataframe([_tell_stale(one, paths) for one in reversed(stale)], hide_index=True)


def _tell_stale(one: Stale, paths: dict[str, str]) -> dict[str, str]:
    row = one.row
    image = row.decision.image or ""
    return {
        "What": row.decision.describe(),
        "Reason": one.reason,
        "Who": row.author or "nobody named",
        "When": format_time(row.time, local_zone()),
        "File": paths.get(image, image[:12]),
    }


def local_zone() -> tzinfo | None:
    """That of whoever looks at the page; None where the browser does not say."""
    try:
        return ZoneInfo(st.context.timezone) if st.context.timezone else None
    except (KeyError, ValueError, OSError):  # no such zone on this machine
        return None
