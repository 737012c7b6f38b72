"""What holds after all rows of a journal: the last word on each image and cluster, and what undoes.

A pure function of the rows. Whoever undoes takes back the latest of their own actions; what others
have decided since stays. A row that was undone and done again stands where it stood at first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from core.journal.decisions import (
    EXCLUSIONS,
    OF_CLUSTERS,
    PLACEMENTS,
    RETURNS,
    TAGS,
    Handmade,
    Kind,
    Row,
)

_NOTHING: Mapping[str, Row] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class JournalState:
    """What holds. Images are named by their id.

    Attributes:
        seq: the number of the last row; 0 where there is none.
        placements: for each image that was confirmed or moved the row that says so.
        exclusions: for each image that is excluded the row that says so.
        tags: for each image its tags, and for each tag the row that gave it.
        clusters: the rows that name and tag clusters, or take tags from them, oldest first.
        handmade: the clusters that a person made, in the order of their first image; those of
            which everything was undone as well, so that no other takes their number.
        undoable: for each author the actions that can be undone, the next one last.
        redoable: likewise those that can be done again.
    """

    seq: int = field(default=0, compare=False)
    placements: Mapping[str, Row] = field(default_factory=dict)
    exclusions: Mapping[str, Row] = field(default_factory=dict)
    tags: Mapping[str, Mapping[str, Row]] = field(default_factory=dict)
    clusters: tuple[Row, ...] = ()
    handmade: tuple[Handmade, ...] = ()
    undoable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    redoable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def decided(self) -> frozenset[str]:
        """The images that were confirmed, moved or excluded."""
        return frozenset(self.placements) | frozenset(self.exclusions)

    def tags_of(self, image: str) -> tuple[str, ...]:
        """The tags of an image, in the order in which they were given."""
        return tuple(self.tags.get(image, _NOTHING))


class _Stacks:
    """What each author can undo and do again after some rows."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.undone: set[str] = set()
        self._authors: dict[str, str] = {}
        self._undo: dict[str, list[str]] = {}
        self._redo: dict[str, list[str]] = {}
        for row in rows:
            self._take(row)

    def _take(self, row: Row) -> None:
        if row.decision.kind in RETURNS:
            self._turn(row.decision.kind, row.decision.undoes or "")
        elif row.action not in self._authors:
            self._authors[row.action] = row.author
            self._undo.setdefault(row.author, []).append(row.action)
            self._redo[row.author] = []  # what comes after a new decision cannot be done again

    def _turn(self, kind: Kind, action: str) -> None:
        author = self._authors.get(action, "")
        stacks = (self._undo.setdefault(author, []), self._redo.setdefault(author, []))
        origin, target = stacks if kind is Kind.UNDO else stacks[::-1]
        if action not in origin:
            return  # of a row that is not here, or twice
        origin.remove(action)
        target.append(action)
        (self.undone.add if kind is Kind.UNDO else self.undone.discard)(action)

    @property
    def undoable(self) -> dict[str, tuple[str, ...]]:
        return _without_empty(self._undo)

    @property
    def redoable(self) -> dict[str, tuple[str, ...]]:
        return _without_empty(self._redo)


def _without_empty(stacks: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {author: tuple(actions) for author, actions in stacks.items() if actions}


def find_undone(rows: Iterable[Row]) -> frozenset[str]:
    """The actions that are undone after these rows."""
    return frozenset(_Stacks(rows).undone)


def replay(rows: Iterable[Row]) -> JournalState:
    """What holds after these rows, in their order."""
    rows = tuple(rows)
    stacks = _Stacks(rows)
    held = [row for row in rows if row.action not in stacks.undone]
    return JournalState(
        seq=max((row.seq for row in rows), default=0),
        placements=_last_of(held, PLACEMENTS),
        exclusions=_exclusions(held),
        tags=_tags(held),
        clusters=tuple(row for row in held if row.decision.kind in OF_CLUSTERS),
        handmade=_handmade(rows),
        undoable=stacks.undoable,
        redoable=stacks.redoable,
    )


def _last_of(rows: Iterable[Row], kinds: frozenset[Kind]) -> dict[str, Row]:
    return {row.decision.image or "": row for row in rows if row.decision.kind in kinds}


def _exclusions(rows: Iterable[Row]) -> dict[str, Row]:
    """Whoever is confirmed or moved is part of the set again."""
    last = _last_of(rows, EXCLUSIONS | PLACEMENTS)
    return {image: row for image, row in last.items() if row.decision.kind is Kind.EXCLUDE}


def _tags(rows: Iterable[Row]) -> dict[str, dict[str, Row]]:
    tags: dict[str, dict[str, Row]] = {}
    for row in (one for one in rows if one.decision.kind in TAGS):
        own = tags.setdefault(row.decision.image or "", {})
        if row.decision.kind is Kind.TAG:
            own.setdefault(row.decision.text, row)
        else:
            own.pop(row.decision.text, None)
    return {image: own for image, own in tags.items() if own}


def _handmade(rows: Iterable[Row]) -> tuple[Handmade, ...]:
    targets = (row.decision.target for row in rows if row.decision.kind is Kind.MOVE)
    return tuple(dict.fromkeys(one for one in targets if isinstance(one, Handmade)))
