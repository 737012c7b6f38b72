"""The tables of the cache file: made, and brought up to date with what was computed kept."""

import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from core.caching.failures import BUSY_SECONDS
from core.caching.file_systems import is_over_a_network
from core.errors import CoreError

FORMAT = 4
_TABLES = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    id TEXT NOT NULL, crc INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS images (
    id TEXT PRIMARY KEY, width INTEGER NOT NULL, height INTEGER NOT NULL,
    problem TEXT, thumbnail BLOB, decoder TEXT, preview BLOB,
    thumbnail_crc INTEGER, preview_crc INTEGER);
CREATE TABLE IF NOT EXISTS features (
    fingerprint TEXT NOT NULL, id TEXT NOT NULL, vector BLOB NOT NULL, crc INTEGER,
    PRIMARY KEY (fingerprint, id));
CREATE TABLE IF NOT EXISTS results (
    fingerprint TEXT PRIMARY KEY, facts TEXT NOT NULL, arrays BLOB NOT NULL, crc INTEGER);
"""
_USES = """
CREATE TABLE IF NOT EXISTS uses (fingerprint TEXT PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
"""
_MIGRATIONS = {
    1: ("ALTER TABLE images ADD COLUMN preview BLOB",),
    2: (
        "ALTER TABLE features ADD COLUMN crc INTEGER",
        "ALTER TABLE results ADD COLUMN crc INTEGER",
        _USES,
    ),
    3: (
        "ALTER TABLE files ADD COLUMN crc INTEGER",
        "ALTER TABLE images ADD COLUMN thumbnail_crc INTEGER",
        "ALTER TABLE images ADD COLUMN preview_crc INTEGER",
    ),
}
"""From each older format to the next: what was computed is kept."""
_READ = (*_MIGRATIONS, FORMAT)
_OURS = "name IN ('features', 'results') AND sql LIKE '%fingerprint TEXT%'"
"""Our tables by what no other program's have: their names alone are anybody's."""


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables where there are none, and bring older ones up to date.

    On a network drive, where the processes of two machines cannot share a write-ahead log, a new
    file is made in rollback mode.

    Args:
        db: open.
        path: of its file.

    Raises:
        CoreError: the file is of something else, or of a later version.
        sqlite3.Error: it cannot be read or written.
    """
    version, n_tables, n_ours = _look(db)
    if (version == 0 and n_tables) or (version in _READ and not n_ours):
        raise CoreError(f"{path} is a database of something else: name another --cache")
    if version == FORMAT:
        return
    if version == 0:
        if not is_over_a_network(path):
            _enter_wal(db)
        made = f"{_TABLES} {_USES} PRAGMA user_version={FORMAT};"
        db.executescript(f"BEGIN IMMEDIATE; {made} COMMIT;")
        return
    if version not in _MIGRATIONS:
        raise CoreError(
            f"{path} was written by another version of Groupsight "
            f"(its format is {version}, this one reads up to {FORMAT}): "
            "name another file with --cache"
        )
    _migrate(db)


def suit_drive(path: Path) -> None:
    """A file that was moved to a network drive leaves its log behind, unless others use it now."""
    if is_over_a_network(path):
        with suppress(sqlite3.Error), closing(sqlite3.connect(path, timeout=1)) as db:
            version, _, n_ours = _look(db)
            if n_ours and version in _READ:
                db.execute("PRAGMA journal_mode=DELETE")


def _look(db: sqlite3.Connection) -> tuple[int, int, int]:
    """The format, how many tables there are, and how many of those are ours beyond doubt.

    In one statement, so that a file which another process is creating is seen before or after.
    """
    query = f"""
        SELECT user_version, (SELECT count(*) FROM sqlite_master),
        (SELECT count(*) FROM sqlite_master WHERE {_OURS}) FROM pragma_user_version
    """  # noqa: S608 - ours
    found: tuple[int, int, int] = db.execute(query).fetchone()
    return found


def _migrate(db: sqlite3.Connection) -> None:
    db.execute("BEGIN IMMEDIATE")  # another process may be migrating: the version is asked anew
    version = db.execute("PRAGMA user_version").fetchone()[0]
    for step in range(version, FORMAT):
        for statement in _MIGRATIONS[step]:
            db.execute(statement)
    db.execute(f"PRAGMA user_version={FORMAT}")
    db.commit()


def _enter_wal(db: sqlite3.Connection) -> None:
    """SQLite waits for every lock but this one, where two processes create the file at once."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
