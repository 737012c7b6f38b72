"""The confusion table of a view: clusters against labels, whose cells select their images."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.review.confusion import Confusion, measure_confusion, select_labels
from core.review.review_words import describe_confusion
from dashboard.contents import publish
from dashboard.contingency import Chosen, ContingencyView, Heading, show_contingency, write_table
from dashboard.grouping import Grouped, Rows
from dashboard.provenance import escape_markdown
from dashboard.styles import style_of
from dashboard.views.review_parts import Reviewed
from dashboard.views.study_map import picture_of

MOST_LABELS = 60
"""Columns of labels that one can still look through; the rarest of more share one column."""
OTHERS, NONE = -1, -2
"""The numbers of the columns that are no label: of the rarest ones, and of images without any."""


@dataclass(frozen=True, eq=False)
class LabelTable:
    """The labels of a view's images by their clusters, without the images that were excluded.

    Attributes:
        clusters: of the distinct images, (n,).
        rows: for every image, copies included, its row among the distinct ones, (m,).
        labels: for every image, copies included, its label or None.
        confusion: of all these.
        shown: the labels with a column of their own, by their places in `confusion.labels`.
    """

    clusters: NDArray[np.int32]
    rows: Rows
    labels: tuple[str | None, ...]
    confusion: Confusion
    shown: tuple[int, ...]

    @property
    def columns(self) -> tuple[Heading, ...]:
        """The headings of the columns, from the left."""
        names = self.confusion.labels
        headings = [Heading(place, names[place]) for place in self.shown]
        folded = len(names) - len(self.shown)
        if folded:
            headings.append(Heading(OTHERS, f"{folded:,} other labels", muted=True))
        if self.confusion.unlabelled.any():
            headings.append(Heading(NONE, "(no label)", muted=True))
        return tuple(headings)

    @property
    def counts(self) -> NDArray[np.int64]:
        """The images of each row and column, copies counted."""
        table, unlabelled = self.confusion.table, self.confusion.unlabelled
        parts = [table[:, list(self.shown)]]
        if len(self.shown) < table.shape[1]:
            parts.append((table.sum(axis=1) - parts[0].sum(axis=1))[:, None])
        if unlabelled.any():
            parts.append(unlabelled[:, None])
        return np.concatenate(parts, axis=1)

    def select(self, cluster: int | None, column: int | None) -> Rows:
        """The distinct images of a cell; of a whole row or column where the other is None."""
        wanted = set(self.labels) if column is None else self._wanted(column)
        return select_labels(self.clusters, self.rows, self.labels, wanted=wanted, cluster=cluster)

    def find(self, rows: Rows) -> Chosen:
        """The cell, the row or the column whose images these are."""
        if not len(rows):
            return None, None
        cluster = int(self.clusters[rows[0]])
        own = {self.labels[at] for at in np.flatnonzero(self.rows == rows[0]).tolist()}
        columns = [one.number for one in self.columns if own & self._wanted(one.number)]
        ways: list[Chosen] = [(cluster, column) for column in columns]
        ways += [(cluster, None), *((None, column) for column in columns)]
        return next((way for way in ways if np.array_equal(self.select(*way), rows)), (None, None))

    def _wanted(self, column: int) -> set[str | None]:
        names = self.confusion.labels
        if column == NONE:
            return {None}
        if column == OTHERS:
            return {name for place, name in enumerate(names) if place not in self.shown}
        return {names[column]}


def tabulate_labels(grouped: Grouped, rows: Rows, labels: list[str | None]) -> LabelTable:
    """The confusion table of the images that were not excluded.

    Args:
        grouped: the clusters of the distinct images.
        rows: for every image, copies included, its row among the distinct ones, (m,).
        labels: for every image, copies included, its label or None.
    """
    stays = ~grouped.excluded[rows]  # (m,)
    kept = tuple(label for label, stay in zip(labels, stays.tolist(), strict=True) if stay)
    confusion = measure_confusion(grouped.clusters, rows[stays], kept)
    return LabelTable(grouped.clusters, rows[stays], kept, confusion, choose_columns(confusion))


def choose_columns(confusion: Confusion, most: int = MOST_LABELS) -> tuple[int, ...]:
    """Which labels have a column of their own: the matched ones first, then the most common."""
    places = np.arange(len(confusion.labels))
    if len(places) <= most:
        return tuple(places.tolist())
    rest = places[confusion.n_matched :]
    common = rest[np.argsort(-confusion.table.sum(axis=0)[rest], kind="stable")]
    kept = [*places[: confusion.n_matched].tolist(), *common.tolist()]
    return tuple(kept[: most - 1])


def show_table(shown: Reviewed, table: LabelTable) -> None:
    """How far clusters and labels agree, in words and cell by cell."""
    confusion, grouped = table.confusion, shown.grouped
    st.markdown(escape_markdown(" ".join(describe_confusion(confusion))))
    rows, columns = head_rows(confusion, grouped.names), table.columns
    made_of = (shown.study.images.fingerprint, grouped.digest, grouped.names, "labels")
    address = publish(
        made_of,
        lambda: write_table(
            rows,
            columns,
            table.counts,
            row_title="Cluster",
            column_title="Label",
            n_matched=min(confusion.n_matched, len(table.shown)),
        ),
    )
    select = shown.desk.select
    show_contingency(
        ContingencyView(address, rows, columns, table.find(shown.desk.now.rows)),
        key="labels table",
        picture=picture_of(shown.view, shown.study, "labels", grouped),
        on_cell=lambda cluster, column: select(table.select(cluster, column)),
        on_row=lambda cluster: select(table.select(cluster, None)),
        on_column=lambda column: select(table.select(None, column)),
        on_clear=lambda: select(()),
    )
    st.caption(
        "Clusters and labels stand in the order in which they belong together: framed cells are "
        "matched. Copies are counted; excluded images are not."
    )


def head_rows(confusion: Confusion, names: tuple[str, ...]) -> tuple[Heading, ...]:
    """The headings of the clusters, from the top."""
    styles = [(number, style_of(number)) for number in confusion.clusters.tolist()]
    return tuple(
        Heading(number, names[number], style.color, style.symbol) for number, style in styles
    )
