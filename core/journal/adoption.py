"""Which rows of another journal can be taken over, and which contradict what was decided here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.journal.decisions import RETURNS, Row, Subject
from core.journal.journal_state import find_undone

Name = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Adoption:
    """What becomes of the rows of another journal.

    Attributes:
        added: those that are new here, in their order.
        known: how many were here before.
        refused: those left out, each with the row here that says something else about the same.
    """

    added: tuple[Row, ...]
    known: int
    refused: tuple[tuple[Row, Row], ...]

    def describe(self) -> str:
        """In words: how many of each."""
        return (
            f"{len(self.added):,} rows added, {self.known:,} known, {len(self.refused):,} refused"
        )

    def explain_refused(self, paths: Mapping[str, str]) -> list[str]:
        """A line for each row that was refused: what it says, and what was decided here.

        Args:
            paths: from the id of an image to its path, for those that are there.
        """
        return [_explain(theirs, ours, paths) for theirs, ours in self.refused]


def _explain(theirs: Row, ours: Row, paths: Mapping[str, str]) -> str:
    image = theirs.decision.image or ""
    return f"{paths.get(image, image)} {theirs.describe()}: here {ours.describe()}".strip()


def sort_out(theirs: Sequence[Row], ours: Sequence[Row]) -> Adoption:
    """Sort the rows of another journal, or of a copy of this one, by what becomes of them here.

    A row is refused where something else was decided here about the same image or cluster that
    the other journal does not know and that holds: nothing is overwritten unseen. So is one that
    comes before a row there that is known here. An undo of what is not here is nothing. Of a row
    that comes twice, as where two copies were put together, the first counts.
    """
    theirs = _first_of_each(theirs)
    known = {row.name for row in ours}
    against = _contradicted(theirs, ours, known)
    taken = [row for row in theirs if row.name not in known and row.name not in against]
    actions = {row.action for row in [*ours, *taken] if row.decision.kind not in RETURNS}
    added = [row for row in taken if row.decision.undoes is None or row.decision.undoes in actions]
    refused = [(row, against[row.name]) for row in theirs if row.name in against]
    n_known = sum(row.name in known for row in theirs)
    return Adoption(tuple(added), n_known, tuple(refused))


def _first_of_each(rows: Sequence[Row]) -> list[Row]:
    found: dict[Name, Row] = {}
    for row in rows:
        found.setdefault(row.name, row)
    return list(found.values())


def _contradicted(theirs: Sequence[Row], ours: Sequence[Row], known: set[Name]) -> dict[Name, Row]:
    """Those of their rows that are new, by name, and what stands against each."""
    told, undone = {row.name for row in theirs}, find_undone(ours)
    held = [row for row in ours if row.name not in told and row.action not in undone]
    against: dict[Subject, Row] = {row.decision.subject: row for row in held}
    against.pop((), None)  # that of an undo
    found = {}
    for row in reversed(theirs):
        subject = row.decision.subject
        if row.name in known and subject:
            against[subject] = row
        elif subject in against:
            found[row.name] = against[subject]
    return found
