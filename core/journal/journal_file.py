"""The file that keeps decisions: SQLite, rows that are added and never changed.

It is no part of the cache, which anybody may delete: what is in a cache can be computed again, what
a person decided cannot. Triggers in the file itself refuse to change or delete a row. Every commit
is on the disk before it is acknowledged.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import platformdirs

from core.cache import default_path
from core.errors import CoreError
from core.journal.decisions import Cluster, Decision, Handmade, Kind, Row
from core.journal.portraits import Portrait, read_params, write_params
from core.journal.sightings import Sighting

FORMAT = 1
_TABLES = {
    "sightings": """
        number INTEGER PRIMARY KEY, time TEXT NOT NULL, study TEXT NOT NULL, place TEXT NOT NULL,
        n_images INTEGER NOT NULL, sketch BLOB NOT NULL""",
    "clusters": """
        key TEXT PRIMARY KEY, number INTEGER NOT NULL, params TEXT NOT NULL,
        recipe TEXT NOT NULL, setting TEXT NOT NULL, medoid TEXT NOT NULL,
        size INTEGER NOT NULL, n_images INTEGER NOT NULL, members BLOB NOT NULL,
        others BLOB NOT NULL""",
    "journal": """
        seq INTEGER PRIMARY KEY, study TEXT NOT NULL, action TEXT NOT NULL, part INTEGER NOT NULL,
        time TEXT NOT NULL, author TEXT NOT NULL, kind TEXT NOT NULL, image TEXT, origin TEXT,
        target TEXT, text TEXT NOT NULL, undoes TEXT, UNIQUE (study, action, part)""",
}
_KEEP = """
    CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table}
    BEGIN SELECT RAISE(ABORT, 'a row of a journal is never changed'); END;
"""
_BUSY_SECONDS = 60.0


def journal_path(cache: Path) -> Path:
    """Where decisions lie that go with a cache file.

    Beside it, as NAME.decisions.sqlite; for the default cache, which lies where the system may
    clear up, in the platform's folder for the user's data.
    """
    if cache == default_path():
        return platformdirs.user_data_path("groupsight") / "decisions.sqlite"
    return cache.with_name(f"{cache.stem}.decisions.sqlite")


class JournalFile:
    """One file with the decisions of any number of studies, people and processes.

    It is made with the first decision. SQLite's own journal is kept in rollback mode, not WAL: one
    file to copy, and nothing lies beside it while nobody writes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection on which all is seen as it is at one moment; None where there is no file."""
        if not self.path.exists():
            yield None
            return
        with self._plain_errors(), closing(self._open()) as db:
            db.execute("BEGIN")
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, in which nobody else can write: all of it is kept, or nothing."""
        with self._plain_errors():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as db:
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("COMMIT")  # an error on the way: closing rolls back

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise CoreError(
                f"the decisions in {self.path} cannot be used: {error}. Make room or make the "
                "folder writable; move the file away if it is damaged"
            ) from error

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            db.execute("PRAGMA synchronous=FULL")
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        if self._version(db) == FORMAT:
            return
        db.execute("BEGIN IMMEDIATE")  # another process may be making it: the version is asked anew
        if self._version(db) != FORMAT:
            _create(db)
        db.execute("COMMIT")

    def _version(self, db: sqlite3.Connection) -> int:
        query = "SELECT user_version, (SELECT count(*) FROM sqlite_master) FROM pragma_user_version"
        version, n_tables = db.execute(query).fetchone()
        if version == FORMAT or (version == 0 and not n_tables):
            return int(version)
        raise CoreError(
            f"{self.path} holds no decisions that this version of Groupsight can read "
            f"(its format is {version}, this one reads {FORMAT}): move it away, or update"
        )


def _create(db: sqlite3.Connection) -> None:
    for table, columns in _TABLES.items():
        db.execute(f"CREATE TABLE {table} ({columns})")
        for change in ("UPDATE", "DELETE"):
            db.execute(_KEEP.format(table=table, change=change))
    db.execute(f"PRAGMA user_version={FORMAT}")


def read_sightings(db: sqlite3.Connection) -> list[Sighting]:
    """Every sighting, oldest first."""
    query = "SELECT study, place, n_images, sketch FROM sightings ORDER BY number"
    return [Sighting(*row) for row in db.execute(query)]


def write_sighting(db: sqlite3.Connection, sighting: Sighting, *, time: str) -> None:
    """Add one."""
    row = (time, sighting.study, sighting.place, sighting.n_images, sighting.sketch)
    columns = "time, study, place, n_images, sketch"
    db.execute(f"INSERT INTO sightings ({columns}) VALUES (?,?,?,?,?)", row)  # noqa: S608 - ours


def read_rows(
    db: sqlite3.Connection, study: str, *, after: int, portraits: dict[str, Portrait]
) -> list[Row]:
    """The rows of a study that came after a number, in their order.

    `portraits` holds those that were read before; those that are met are added.
    """
    query = """
        SELECT seq, action, part, time, author, kind, image, origin, target, text, undoes
        FROM journal WHERE study = ? AND seq > ? ORDER BY seq
    """
    rows = db.execute(query, (study, after)).fetchall()
    named = {key for row in rows for key in row[7:9] if key and not key.startswith("new-")}
    for key in named - portraits.keys():
        portraits[key] = _read_portrait(db, key)
    return [_row(row, portraits) for row in rows]


def _row(row: tuple[Any, ...], portraits: Mapping[str, Portrait]) -> Row:
    seq, action, part, time, author, kind, image, origin, target, text, undoes = row

    def cluster(key: str | None) -> Cluster | None:
        return portraits.get(key, Handmade(key)) if key else None

    made = Decision(Kind(kind), image, cluster(origin), cluster(target), text, undoes)
    return Row(seq, action, part, time, author, made)


def _read_portrait(db: sqlite3.Connection, key: str) -> Portrait:
    query = """
        SELECT number, params, recipe, setting, medoid, size, n_images, members, others
        FROM clusters WHERE key = ?
    """
    number, params, *others = db.execute(query, (key,)).fetchone()
    return Portrait(number, read_params(params), *others)


def write_rows(db: sqlite3.Connection, study: str, rows: Iterable[Row]) -> list[Row]:
    """Add rows, and what their clusters were; the same rows under their numbers."""
    return [row.numbered(_write_row(db, study, row)) for row in rows]


def _write_row(db: sqlite3.Connection, study: str, row: Row) -> int:
    made = row.decision
    keys = [_write_cluster(db, one) for one in (made.origin, made.target)]
    statement = """
        INSERT INTO journal
        (study, action, part, time, author, kind, image, origin, target, text, undoes)
        VALUES (?,?,?,?,?,?,?,?,?,?,?)
    """
    values = (study, row.action, row.part, row.time, row.author, str(made.kind), made.image)
    return db.execute(statement, (*values, *keys, made.text, made.undoes)).lastrowid or 0


def _write_cluster(db: sqlite3.Connection, cluster: Cluster | None) -> str | None:
    if cluster is None:
        return None
    key = cluster.key
    if isinstance(cluster, Portrait):
        values: tuple[Any, ...]
        values = (cluster.number, write_params(cluster.params), cluster.recipe, cluster.setting)
        values += (cluster.medoid, cluster.size, cluster.n_images, cluster.members, cluster.others)
        db.execute("INSERT OR IGNORE INTO clusters VALUES (?,?,?,?,?,?,?,?,?,?)", (key, *values))
    return key
