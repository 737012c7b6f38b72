"""What is taken away from a view: which images, in which clusters, and the files made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.export.export import as_making
from core.export.export_plan import Placed
from core.export.export_study import describe_making, draw_study, gather, known_stability, plan
from core.export.export_tables import TABLES, Grouped, tabulate_images
from core.projection import Projection
from core.study import Study
from dashboard.grouping import Rows
from dashboard.provenance import name_export
from dashboard.state import View
from dashboard.styles import style_of

ALL, SELECTED, REVIEWED = "all", "selected", "reviewed"
"""Which images are taken."""


@dataclass(frozen=True, eq=False)
class Taken:
    """The images of a view that are taken away. Nothing is computed before a method is called.

    Attributes:
        view: what the page shows; it says whether decisions are applied.
        study: of the images.
        part: one of ALL, SELECTED and REVIEWED, for the name of the file.
        rows: the distinct images; None for all.
    """

    view: View
    study: Study
    part: str = ALL
    rows: Rows | None = None

    def name(self, ending: str) -> str:
        """A file name: weights, layer, k, and which images."""
        corrected = ["corrected"] if self.view.corrected and find_reviewed(self.study).size else []
        count = [] if self.rows is None else [f"{len(self.rows)}-{self.part}"]
        return name_export(self.view, self.study, *corrected, *count, ending=ending)

    def make_table(self, kind: str) -> bytes:
        """A row an image; `kind` is one of TABLES."""
        projection = self._project()
        grouped = self._gather(projection)
        table = tabulate_images(self.study.source.table, self.study.images, grouped, rows=self.rows)
        return TABLES[kind](table, self._describe(grouped, projection))

    def make_report(self) -> bytes:
        """One HTML file.

        Raises:
            CoreError: all of the images were excluded.
        """
        return draw_study(
            self.study, self.view.kmeans, self._project(),
            style_of=style_of, corrected=self.view.corrected, rows=self.rows,
        )  # fmt: skip

    def make_making(self) -> bytes:
        """What made it, as JSON: for a CSV, which cannot say it itself."""
        projection = self._project()
        return as_making(self._describe(self._gather(projection), projection))

    def place(self, *, keep_excluded: bool) -> tuple[tuple[Placed, ...], Mapping[str, Any]]:
        """Where each image goes in a folder a cluster, and what made it."""
        grouped = self._gather()
        placed = plan(
            self.study, self.view.kmeans,
            rows=self.rows, grouped=grouped, keep_excluded=keep_excluded,
        )  # fmt: skip
        return placed, self._describe(grouped)

    def _project(self) -> Projection:
        return self.study.project(self.view.umap)

    def _gather(self, projection: Projection | None = None) -> Grouped:
        return gather(
            self.study, self.view.kmeans, projection=projection,
            stability=None if projection is None else known_stability(self.study, self.view.sweep),
            corrected=self.view.corrected,
        )  # fmt: skip

    def _describe(self, grouped: Grouped, projection: Projection | None = None) -> dict[str, Any]:
        return describe_making(
            self.study, self.view.kmeans, projection=projection, rows=self.rows, grouped=grouped
        )


def find_reviewed(study: Study) -> Rows:
    """The distinct images about which something was decided, or that have tags, ascending."""
    state, index = study.journal.state, study.images.index
    about = state.decided | frozenset(state.tags)
    return np.array(sorted(index[one] for one in about if one in index), dtype=np.int64)
