"""Duplicates: images that are there more than once, or all but the same."""

import re

import numpy as np
import streamlit as st

from core.exploration import NEAREST
from core.export.duplicate_table import tabulate_duplicates
from core.export.export import as_csv
from core.review.duplicates import NEAR, Duplicates, find_duplicates
from dashboard.contents import publish, publish_bits
from dashboard.duplicates import DuplicatesView, Group, Stay, show_duplicate_groups, write_groups
from dashboard.grouping import Rows
from dashboard.views.review_acts import act, show_undo
from dashboard.views.review_gallery import show_opened
from dashboard.views.review_parts import Reviewed
from dashboard.views.review_twins import join_copies, join_near
from dashboard.views.study_map import show_study_map
from dashboard.waiting import await_result

PER_PAGE = 20
_NEAR, _COPIES = "All but the same", "Exact copies"


def show_duplicates(shown: Reviewed) -> None:
    """The groups, page by page, and the map beside them."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _show_groups(shown)
    with right:
        show_opened(shown, [])
        show_study_map(shown.view, shown.study, shown.grouped, shown.contents, shown.desk)


def _show_groups(shown: Reviewed) -> None:
    kind, found = _ask(shown)
    near = kind == _NEAR
    members = found.groups if near else tuple(np.array([row]) for row in sorted(found.copies))
    offer, undo = st.columns([1, 1])
    with offer:
        _offer_csv(shown, found)
    with undo:
        show_undo(shown)
    if not members:
        st.info(_nothing(found, near=near))
        return
    st.caption(_explain(members, near=near))
    page = _turn_pages(len(members), kind)
    _show_page(shown, found, members[page * PER_PAGE : (page + 1) * PER_PAGE], near=near)


def _ask(shown: Reviewed) -> tuple[str, Duplicates]:
    kind: str = st.segmented_control(
        "Duplicates", [_NEAR, _COPIES], required=True, default=_NEAR,
        key="duplicates", bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    share = NEAR
    if kind == _NEAR:
        share = st.slider(
            "How near", 0.05, 1.0, NEAR, 0.05, key="near", bind="query-params",
            help="Two images count as all but the same where they are no farther apart than this "
            "part of the usual distance from an image to its nearest one.",
        )  # fmt: skip
    study = shown.study
    found: Duplicates = await_result(
        (shown.view.study, study.fingerprint, share, "duplicates"),
        lambda _: find_duplicates(study.images, study.neighbors(NEAREST), near=share),
        "Finding duplicates",
    )
    return kind, found


def _explain(members: tuple[Rows, ...], *, near: bool) -> str:
    count = len(members)
    groups = f"{count:,} group{'' if count == 1 else 's'}"
    if near:
        images = sum(len(one) for one in members)
        return (
            f"{images:,} images in {groups}, the largest first. Choose which image of a group "
            "stays; the largest picture does unless you say otherwise. Distances are to the first."
        )
    return (
        f"{count:,} image{' lies' if count == 1 else 's lie'} in several files, byte for byte the "
        "same. They are one image here, and what is decided of it holds for all its files: so "
        "there is nothing to choose, only to know."
    )


def _nothing(found: Duplicates, *, near: bool) -> str:
    if not near:
        return "No two files are the same, byte for byte."
    return (
        f"No two images are within {found.threshold:.3g} of each other. Move the slider to the "
        "right to find pairs that are less alike."
    )


def _turn_pages(count: int, kind: str) -> int:
    """The page that is shown, from 0; asked for where there is more than one."""
    pages = -(-count // PER_PAGE)
    if pages < 2:  # noqa: PLR2004 - nothing to turn
        return 0
    # Another number of pages is another widget: a page that is there no more cannot be kept.
    chosen = st.number_input(f"Page of {pages}", 1, pages, 1, key=f"page {kind} {pages}")
    return int(chosen) - 1


def _show_page(
    shown: Reviewed, found: Duplicates, members: tuple[Rows, ...], *, near: bool
) -> None:
    study, excluded = shown.study, shown.grouped.excluded
    join = join_near if near else join_copies
    groups = tuple(join(study, rows, found) for rows in members)
    made_of = (shown.view.study, study.fingerprint, groups)
    show_duplicate_groups(
        DuplicatesView(
            publish(made_of, lambda: write_groups(groups)),
            tuple(group.rows for group in groups),
            publish_bits(np.flatnonzero(excluded), len(excluded)),
            shown.desk.now.opened,
        ),
        shown.contents.images,
        key="duplicate groups",
        on_stay=lambda stays: _exclude(shown, others(groups, stays)),
        on_return=lambda at: act(shown, _excluded_of(shown, groups[at]), "include"),
        on_select=lambda at: shown.desk.select(groups[at].rows),
        on_open=shown.desk.open,
    )


def others(groups: tuple[Group, ...], stays: list[Stay]) -> Rows:
    """The images of some groups besides those that stay, ascending."""
    gone = [row for at, stay in stays for row in groups[at].rows if row != stay]
    return np.array(sorted(gone), dtype=np.int64)


def _exclude(shown: Reviewed, rows: Rows) -> None:
    left = rows[~shown.grouped.excluded[rows]]
    if len(left):
        act(shown, left, "exclude")


def _excluded_of(shown: Reviewed, group: Group) -> Rows:
    rows = np.array(group.rows, dtype=np.int64)
    return rows[shown.grouped.excluded[rows]]


def _offer_csv(shown: Reviewed, found: Duplicates) -> None:
    source = shown.study.source.name.rstrip("/").rpartition("/")[2]
    st.download_button(
        "Duplicates (CSV)",
        lambda: as_csv(tabulate_duplicates(shown.study.images, found)),
        re.sub(r"[^\w.\-]+", "-", f"{source}_duplicates") + ".csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        help="Exact copies and images that are all but the same: one row a file.",
    )
