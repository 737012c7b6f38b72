"""Everything that was decided, the newest first, and what became of each decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.journal.corrections import Stale
from core.journal.decisions import RETURNS, Kind, Row, Subject
from core.journal.journal_state import JournalState, find_undone


class Standing(StrEnum):
    """What became of a decision, in words."""

    HOLDS = "holds"
    REPLACED = "replaced later"
    UNDONE = "undone"
    STALE = "does not apply"
    RETURN = "-"
    """An undo, or what did something again: it holds in what it did."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the journal as it is to be read.

    Attributes:
        row: of the journal.
        standing: what became of it.
        words: what was decided.
    """

    row: Row
    standing: Standing
    words: str


def recount(rows: Sequence[Row], state: JournalState, stale: Iterable[Stale]) -> tuple[Entry, ...]:
    """One entry for each row, the newest first.

    Args:
        rows: of the journal, in their order.
        state: what holds after them.
        stale: the decisions that hold and do not apply to what is looked at.
    """
    rows = tuple(rows)
    judge, actions = _Judge(rows, state, stale), _group(rows)
    return tuple(Entry(row, judge.find(row), _tell(row, actions)) for row in reversed(rows))


class _Judge:
    """Finds what became of a row."""

    def __init__(self, rows: Sequence[Row], state: JournalState, stale: Iterable[Stale]) -> None:
        self.undone = find_undone(rows)
        self.stale = {one.row.name for one in stale}
        held = [row for row in rows if row.action not in self.undone]
        last: dict[Subject, Row] = {row.decision.subject: row for row in held}
        # Who was moved and then excluded is still in that cluster, marked.
        self.holding = {row.name for row in [*last.values(), *state.placements.values()]}

    def find(self, row: Row) -> Standing:
        if row.decision.kind in RETURNS:
            return Standing.RETURN
        if row.action in self.undone:
            return Standing.UNDONE
        if row.name in self.stale:
            return Standing.STALE
        return Standing.HOLDS if row.name in self.holding else Standing.REPLACED


def _group(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each action."""
    actions: dict[str, list[Row]] = {}
    for row in rows:
        actions.setdefault(row.action, []).append(row)
    return actions


def _tell(row: Row, actions: Mapping[str, Sequence[Row]]) -> str:
    made = row.decision
    if made.kind not in RETURNS:
        others = len(actions[row.action]) - 1
        return made.describe() + (f", with {_others(others)}" if others else "")
    did = "took back" if made.kind is Kind.UNDO else "did again"
    returned = actions.get(made.undoes or "", ())
    return f"{did}: {describe_action(returned)}" if returned else f"{did} what is not here"


def _others(count: int) -> str:
    return "1 other" if count == 1 else f"{count:,} others"


def describe_action(rows: Sequence[Row]) -> str:
    """What was decided in one go, in words; there is at least one row."""
    first = rows[0].decision.describe()
    return f"{first} and {_others(len(rows) - 1)}" if len(rows) > 1 else first


def find_action(rows: Iterable[Row], action: str) -> tuple[Row, ...]:
    """The rows of an action."""
    return tuple(row for row in rows if row.action == action)


def count_back(state: JournalState, author: str, action: str) -> int:
    """How many actions go where this author undoes everything back to one; 0 where they cannot."""
    mine = state.undoable.get(author, ())
    return len(mine) - mine.index(action) if action in mine else 0
