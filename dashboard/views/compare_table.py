"""How far two clusterings agree: in numbers, and as a table whose cells select their images."""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.compare.comparison import Comparison, compare
from dashboard.contents import publish
from dashboard.contingency import (
    Chosen,
    ContingencyView,
    Heading,
    show_contingency,
    write_table,
)
from dashboard.grouping import Grouped
from dashboard.provenance import escape_markdown
from dashboard.styles import style_of
from dashboard.views.compare_parts import Shown, show_chosen
from dashboard.views.study_map import picture_of
from dashboard.waiting import await_result


def show_agreement(
    shown: Shown, other: Grouped, titles: tuple[str, str], *, made_of: object, making: str
) -> None:
    """How far the present clusters and others agree, and which images they have in common.

    Args:
        shown: the present clusters.
        other: the others, of the same images.
        titles: what tells the two apart.
        made_of: names everything that decides the others.
        making: the same in words.
    """
    first, second = shown.grouped, other
    # Images that do not belong to the set are in no cell.
    weights = np.where(first.excluded, 0, shown.study.counts)
    of_first = (shown.view.study, shown.study.fingerprint, shown.view.kmeans)
    key = (*of_first, made_of, "comparison")
    shape = (len(first.names), len(second.names))
    found: Comparison = await_result(
        key,
        lambda _: compare(first.clusters, second.clusters, shape=shape, weights=weights),
        "Comparing the two",
    )
    st.markdown(escape_markdown(_say(found, int(np.count_nonzero(~first.excluded)))))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _show_table(shown, other, found, titles, made_of=key, making=making)
    with right:
        show_chosen(shown, hint="Click a cell of the table to see exactly the images it counts.")


def _say(found: Comparison, n_images: int) -> str:
    moved = int(np.count_nonzero(found.moved))
    return (
        f"Adjusted Rand index {found.ari:.3f} · normalised mutual information {found.nmi:.3f} · "
        f"variation of information {found.variation:.3f} bits "
        f"({found.relative_variation:.0%} of the most possible) · "
        f"{moved:,} of {n_images:,} distinct images were reshuffled"
    )


def _show_table(
    shown: Shown,
    other: Grouped,
    found: Comparison,
    titles: tuple[str, str],
    *,
    made_of: object,
    making: str,
) -> None:
    """The contingency table: rows are the clusters of the first map."""
    first = shown.grouped
    rows, columns = _headings(first), _headings(other)
    counts = found.table[np.ix_([one.number for one in rows], [one.number for one in columns])]
    table = publish(
        (made_of, "table", first.names, other.names, titles),
        lambda: write_table(rows, columns, counts, row_title=titles[0], column_title=titles[1]),
    )
    select = shown.desk.select
    picture = picture_of(shown.view, shown.study, "table")
    show_contingency(
        ContingencyView(table, rows, columns, _chosen(shown, other)),
        key="contingency",
        on_cell=lambda a, b: select(np.intersect1d(first.members(a), other.members(b))),
        on_row=lambda a: select(first.members(a)),
        on_column=lambda b: select(other.members(b)),
        on_clear=lambda: select(()),
        picture=replace(picture, making=f"{picture.making} · against {making}"),
    )


def _chosen(shown: Shown, other: Grouped) -> Chosen:
    """The cell, the row or the column whose images are what is selected."""
    rows = shown.desk.now.rows
    if not len(rows):
        return None, None
    a, b = int(shown.grouped.clusters[rows[0]]), int(other.clusters[rows[0]])
    of_row, of_column = shown.grouped.members(a), other.members(b)
    if np.array_equal(rows, np.intersect1d(of_row, of_column)):
        return a, b
    if np.array_equal(rows, of_row):
        return a, None
    return (None, b) if np.array_equal(rows, of_column) else (None, None)


def _headings(grouped: Grouped) -> tuple[Heading, ...]:
    present = np.unique(grouped.clusters).tolist()
    styles = {number: style_of(number) for number in present}
    return tuple(
        Heading(number, grouped.names[number], styles[number].color, styles[number].symbol)
        for number in present
    )
