"""The journal of one study: what was decided, by whom, and in which order. Nothing is ever deleted.

Several people, threads and processes may decide at once. Whoever decides states the number of the
last row that they have seen; where somebody has decided about the same image since, the decision is
refused and told why: optimistic locking (H. T. Kung and J. T. Robinson, "On Optimistic Methods for
Concurrency Control", ACM Transactions on Database Systems 6(2), 1981).
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from core.clusters.cluster_names import clean_name
from core.errors import CoreError
from core.journal.adoption import Adoption, sort_out
from core.journal.decisions import Decision, Kind, Row, Subject, make_action, read_clock
from core.journal.journal_file import (
    JournalFile,
    read_rows,
    read_sightings,
    write_rows,
    write_sighting,
)
from core.journal.journal_state import JournalState, replay
from core.journal.portraits import Portrait
from core.journal.sightings import Sighting, look, make_study, recognise_study


class Overtaken(CoreError):  # noqa: N818 - nothing has failed
    """Somebody else has decided about the same since; `rows` say what. Look at it, then decide."""

    def __init__(self, rows: Sequence[Row]) -> None:
        others = f", and {len(rows) - 1} more" if len(rows) > 1 else ""
        super().__init__(f"overtaken: {rows[-1].describe()}{others}. Look again, then decide")
        self.rows = tuple(rows)


class Journal:
    """The decisions about one set of images. Threads may share it.

    Args:
        path: of the file, which is made with the first decision.
        source: the name of the source of the images.
        ids: the ids of its distinct images.
    """

    def __init__(self, path: Path, source: str, ids: Sequence[str]) -> None:
        self.path = path
        self._file = JournalFile(path)
        self._source, self._ids = source, ids
        self._study: str | None = None
        self._rows: list[Row] = []
        self._state = JournalState()
        self._portraits: dict[str, Portrait] = {}
        self._lock = threading.RLock()

    @cached_property
    def _seen(self) -> Sighting:
        return look(self._source, self._ids)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row so far, those of others included, oldest first."""
        with self._lock:
            self._read()
            return tuple(self._rows)

    @property
    def state(self) -> JournalState:
        """What holds now."""
        with self._lock:
            self._read()
            return self._replay()

    def append(
        self, decisions: Sequence[Decision], *, author: str = "", seen: int | None = None
    ) -> tuple[Row, ...]:
        """Keep decisions that were made in one go: all of them or none. They are undone in one go.

        Args:
            decisions: about images, or about clusters.
            author: who decides.
            seen: the number of the last row that the author has seen, `state.seq`; None: it does
                not matter.

        Raises:
            Overtaken: another row about one of the same images or clusters came after `seen`.
            CoreError: the file cannot be written.
        """
        if not decisions:
            return ()
        with self._lock, self._writing() as (db, study):
            self._refuse_overtaken({one.subject for one in decisions}, seen)
            action, time, author = make_action(), read_clock(), clean_name(author)
            parts = enumerate(decisions)
            rows = [Row(0, action, part, time, author, one) for part, one in parts]
            return tuple(write_rows(db, study, rows))

    def undo(self, *, author: str = "", seen: int | None = None) -> Row:
        """Take back the latest action of an author that is not undone yet; returns the new row.

        Raises:
            Overtaken: another row about the same came after `seen`.
            CoreError: nothing is left to be undone, or the file cannot be written.
        """
        return self._return(Kind.UNDO, author, seen)

    def redo(self, *, author: str = "", seen: int | None = None) -> Row:
        """Do again what the author has undone last and not replaced since; see `undo`."""
        return self._return(Kind.REDO, author, seen)

    def undo_back_to(
        self, action: str, *, author: str = "", seen: int | None = None
    ) -> tuple[Row, ...]:
        """Take back an action of an author and all that they decided after it: all or nothing.

        Each has a row of its own, the latest first, and can be done again one by one.

        Raises:
            Overtaken: another row about the same as one of them came after `seen`.
            CoreError: it is none that this author can undo, or the file cannot be written.
        """
        with self._lock, self._writing() as (db, study):
            author = clean_name(author)
            mine = self._replay().undoable.get(author, ())
            if action not in mine:
                raise CoreError(
                    f"{author or 'you'} cannot undo this: it is undone, or another's decision. "
                    "Look at the decisions again"
                )
            back = mine[mine.index(action) :][::-1]
            self._refuse_overtaken(_subjects_of(self._rows, *back), seen)
            undos = [Decision(Kind.UNDO, undoes=one) for one in back]
            rows = [Row(0, make_action(), 0, read_clock(), author, one) for one in undos]
            return tuple(write_rows(db, study, rows))

    def _return(self, kind: Kind, author: str, seen: int | None) -> Row:
        with self._lock, self._writing() as (db, study):
            state, author = self._replay(), clean_name(author)
            stack = (state.undoable if kind is Kind.UNDO else state.redoable).get(author, ())
            if not stack:
                raise CoreError(
                    f"nothing is left to {kind} of what {author or 'you'} decided: "
                    "look at the decisions again"
                )
            self._refuse_overtaken(_subjects_of(self._rows, stack[-1]), seen)
            row = Row(0, make_action(), 0, read_clock(), author, Decision(kind, undoes=stack[-1]))
            return write_rows(db, study, [row])[0]

    def adopt(self, rows: Iterable[Row]) -> Adoption:
        """Add the rows of another journal, or of a copy of this one, under their times and authors.

        Nothing is overwritten: see `core.journal.adoption.sort_out`.

        Raises:
            CoreError: the file cannot be written.
        """
        theirs = tuple(rows)
        if not theirs:
            return Adoption((), 0, ())
        with self._lock, self._writing() as (db, study):
            made = sort_out(theirs, self._rows)
            return replace(made, added=tuple(write_rows(db, study, made.added)))

    def _refuse_overtaken(self, subjects: set[Subject], seen: int | None) -> None:
        since = [] if seen is None else [row for row in self._rows if row.seq > seen]
        unseen = [row for row in since if self._about(row) & subjects]
        if unseen:
            raise Overtaken(unseen)

    def _about(self, row: Row) -> set[Subject]:
        undoes = row.decision.undoes
        return _subjects_of(self._rows, undoes) if undoes else {row.decision.subject}

    def _replay(self) -> JournalState:
        if self._rows and self._rows[-1].seq != self._state.seq:
            self._state = replay(self._rows)
        return self._state

    def _read(self) -> None:
        with self._file.reading() as db:
            if db is None:
                return
            study = self._study or recognise_study(self._sighting, read_sightings(db))
            if study is not None:
                self._take_over(db, study)

    @contextmanager
    def _writing(self) -> Iterator[tuple[sqlite3.Connection, str]]:
        """A transaction before which all is known that others have written, and the study."""
        with self._file.writing() as db:
            known = read_sightings(db)
            study = self._study or recognise_study(self._sighting, known)
            if study is not None:
                self._take_over(db, study)
            sighting = replace(self._sighting, study=study or make_study())
            if sighting not in known:
                write_sighting(db, sighting, time=read_clock())
            yield db, sighting.study

    def _take_over(self, db: sqlite3.Connection, study: str) -> None:
        """Read the rows that are new since the last time."""
        last = self._rows[-1].seq if self._rows else 0
        self._rows += read_rows(db, study, after=last, portraits=self._portraits)
        self._study = study

    @cached_property
    def _sighting(self) -> Sighting:
        return look(self._source, self._ids)


def _subjects_of(rows: Iterable[Row], *actions: str) -> set[Subject]:
    named = frozenset(actions)
    return {row.decision.subject for row in rows if row.action in named}
