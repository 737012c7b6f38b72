"""Images in the order of a doubt: as a gallery, whose marked ones are decided in one go."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.contents import publish, publish_bits, publish_order
from dashboard.gallery import GalleryView, MarkAction, show_gallery
from dashboard.grouping import Rows
from dashboard.provenance import escape_markdown
from dashboard.views.explore_image import show_image
from dashboard.views.review_acts import act, show_undo
from dashboard.views.review_parts import Reviewed

SELECT, KEEP, EXCLUDE, INCLUDE, TAG = "select", "keep", "exclude", "include", "tag"

_KEEP = MarkAction(KEEP, "Keep", "Confirm the marked images in their clusters")
_EXCLUDE = MarkAction(EXCLUDE, "Exclude", "The marked images do not belong to the set")
_INCLUDE = MarkAction(INCLUDE, "Include again", "The marked images do belong to the set")
_SELECT = MarkAction(SELECT, "Select", "Show the marked images alone, here and on the map")
_HIDE = "hide decided"
_TAG_WIDTH = 130


@dataclass(frozen=True, eq=False)
class Ranking:
    """Images in an order, and what is said of them.

    Attributes:
        name: of the list; no other on the page has it.
        made_of: names everything that decides the notes.
        rows: what is listed while nothing is selected, the first first.
        badness: of all distinct images, (n,): what is selected comes in its order, the largest
            first, those without a value last.
        heading: what the listed images are.
        order: the order in words, such as "the farthest first".
        note: a few signs on an image, to stand below it.
        tag: what is offered as a tag.
        empty: what to say where nothing is listed.
        on_open: for what is to happen besides when an image of the list is opened.
    """

    name: str
    made_of: object
    rows: Rows
    badness: NDArray[np.floating]
    heading: str
    order: str
    note: Callable[[int], str]
    tag: str
    empty: str
    on_open: Callable[[], None] = lambda: None


def worst_first(badness: NDArray[np.floating]) -> Rows:
    """All images (n,) by falling badness, those without one last; equals by their rows."""
    return np.argsort(-badness, kind="stable").astype(np.int64)


def list_rows(ranking: Ranking, selected: Rows, decided: NDArray[np.bool_], *, hide: bool) -> Rows:
    """The rows of the list in their order.

    Args:
        ranking: of all images.
        selected: what is selected; where something is, exactly this is listed.
        decided: for each image whether it was decided about, (n,).
        hide: whether those are left out.
    """
    rows = ranking.rows
    if len(selected):
        rows = selected[worst_first(ranking.badness[selected])]
    return rows[~decided[rows]] if hide else rows


def show_ranking(shown: Reviewed, ranking: Ranking) -> None:
    """The list: all that it ranks, or what of all images is selected, with what can be decided."""
    _show_heading(shown, ranking)
    tag, hide = _show_bar(shown, ranking)
    grouped = shown.grouped
    reviewed = grouped.reviewed
    decided = np.zeros(len(grouped.clusters), bool) if reviewed is None else reviewed > 0
    rows = list_rows(ranking, shown.desk.now.rows, decided, hide=hide)
    order = publish_order(rows)
    notes = publish(
        ("notes", ranking.name, ranking.made_of, order),
        lambda: json.dumps([ranking.note(row) for row in rows.tolist()], ensure_ascii=False),
    )

    def opened(row: int) -> None:
        shown.desk.open(row)
        ranking.on_open()

    show_gallery(
        GalleryView(
            order,
            shown.desk.now.opened,
            follow=True,
            empty=ranking.empty if not hide else "Nothing is left to be decided here.",
            actions=_offer(tag, has_excluded=bool(grouped.excluded[rows].any())),
            notes=notes,
            excluded=publish_bits(np.flatnonzero(grouped.excluded), len(grouped.clusters)),
        ),
        shown.contents.images,
        key=f"{ranking.name} list",
        on_open=opened,
        on_mark=lambda marked, action: act(shown, marked, action, tag=tag),
    )


def _show_heading(shown: Reviewed, ranking: Ranking) -> None:
    """What is listed, and the way back from a selection to all that is ranked."""
    count = len(shown.desk.now.rows)
    if not count:
        st.markdown(f"**{escape_markdown(ranking.heading)}**, {escape_markdown(ranking.order)}")
        return
    text, clear = st.columns([4, 1], vertical_alignment="center")
    images = f"{count:,} selected image{'' if count == 1 else 's'}"
    text.markdown(f"**{images}**, {escape_markdown(ranking.order)}")
    clear.button(
        "Clear", key=f"{ranking.name} clear", width="stretch",
        on_click=shown.desk.select, args=((),), help="List what is listed without a selection",
    )  # fmt: skip


def _show_bar(shown: Reviewed, ranking: Ranking) -> tuple[str, bool]:
    """What can be undone, the tag that is offered, and whether what is decided is left out."""
    if shown.grouped.reviewed is None:
        st.caption(
            "Decisions are kept, but not shown: “Corrections applied” is off in the sidebar."
        )
    # Not columns: on a narrow screen the switch would lose its words before it takes a line.
    with st.container(horizontal=True, vertical_alignment="bottom"):
        tag = st.text_input(
            "Tag", ranking.tag, key=f"{ranking.name} tag", max_chars=40, width=_TAG_WIDTH,
            help="What marked images can be tagged with.",
        )  # fmt: skip
        hide = st.toggle("Hide what is decided", key=_HIDE)
    show_undo(shown)
    st.caption("Ctrl and a click marks an image, Shift and a click a range, Ctrl and A all.")
    return tag.strip(), hide


def _offer(tag: str, *, has_excluded: bool) -> tuple[MarkAction, ...]:
    offered = [_KEEP, _EXCLUDE]
    if has_excluded:
        offered.append(_INCLUDE)
    if tag:
        offered.append(MarkAction(TAG, f"Tag “{tag}”", "Give the marked images this tag"))
    return (*offered, _SELECT)


def show_opened(shown: Reviewed, said: list[str]) -> None:
    """The open image with its facts, what the part says of it, and what was decided."""
    row = shown.desk.now.opened
    if row is None:
        return
    show_image(shown.view, shown.study, shown.grouped, shown.contents, shown.desk)
    lines = [*said, *_decided(shown, row)]
    if lines:
        st.markdown(
            "  \n".join(escape_markdown(f"{line[:1].upper()}{line[1:]}.") for line in lines)
        )


def _decided(shown: Reviewed, row: int) -> list[str]:
    """What holds of an image by decision, in words."""
    state = shown.decider.deciding.state
    image = shown.study.images.ids[row]
    rows = (state.placements.get(image), state.exclusions.get(image))
    said = [one.describe() for one in rows if one is not None]
    tags = state.tags_of(image)
    return [*said, *([f"tags: {', '.join(tags)}"] if tags else [])]
