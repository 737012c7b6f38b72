"""What the parts of the list of decisions share: the journal as it is now, and what applies."""

from dataclasses import dataclass
from functools import cached_property

from core.journal.corrections import Corrected
from core.journal.decisions import RETURNS, Row
from core.journal.history import Entry, find_action, recount
from core.journal.journal_state import JournalState
from dashboard.views.review_parts import Reviewed


@dataclass(frozen=True)
class Log:
    """The journal of a study as it was at one drawing of the page.

    Attributes:
        shown: the view.
        rows: of the journal, oldest first.
        state: what holds after them.
        corrected: the clusters of the view with that.
        names: of these clusters.
    """

    shown: Reviewed
    rows: tuple[Row, ...]
    state: JournalState
    corrected: Corrected
    names: tuple[str, ...]

    @classmethod
    def of(cls, shown: Reviewed) -> "Log":
        """As it is now."""
        deciding, params = shown.decider.deciding, shown.view.kmeans
        names = deciding.names(params)  # first: it takes over names of earlier versions
        rows = shown.study.journal.rows
        return cls(shown, rows, deciding.state, deciding.corrected(params), names)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """What was decided, the newest first."""
        return recount(self.rows, self.state, self.corrected.stale)

    def find_images(self, row: Row, *, alone: bool = False) -> list[int]:
        """The rows of the images that were decided about in one go with a row of the journal.

        Of an undo those about which it takes something back. `alone`: only that of the row itself.
        """
        undoes = row.decision.undoes if row.decision.kind in RETURNS else None
        told = (row,) if alone else find_action(self.rows, undoes or row.action)
        index = self.shown.study.images.index
        images = (one.decision.image for one in told)
        return sorted({index[image] for image in images if image in index})
