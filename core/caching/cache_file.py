"""The cache file itself: made, brought up to date, and set aside where it is damaged.

It is in WAL mode, so that one may write while others read. On a network drive, where the processes
of two machines cannot share the log, it is in rollback mode: slower, and right.
"""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import chain, count
from pathlib import Path

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
_BUSY_SECONDS = 60.0
_HEADER, _FORMAT_AT = b"SQLite format 3\x00", 60
"""How the file begins, and where `user_version` stands (sqlite.org/fileformat.html, 1.3)."""
_FIRST_PAGE, _OURS = 4096, b"CREATE TABLE features ("
"""Where SQLite keeps the list of the tables, and what is in ours."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_log = logging.getLogger(__name__)


class CacheFile:
    """One file, opened anew for each operation.

    One more connection stays open, because SQLite folds the log back whenever the last one closes.

    Attributes:
        path: of the file.
        set_aside: under which name a damaged one was kept; None where there was none.

    Raises:
        CoreError: the file cannot be opened, or was written by another version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set_aside: Path | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._anchor = self._open_or_renew()
        except (OSError, sqlite3.Error, UnicodeDecodeError) as error:
            raise CoreError(
                f"cannot use {path} as the cache: {error}. Move it away, or name another --cache"
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._anchor.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One connection and one transaction: all of it is kept, or nothing.

        Raises:
            CoreError: the disk is full, the file is damaged, or SQLite has failed otherwise.
        """
        try:
            with closing(self._open()) as db, db:
                yield db
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise self._explain(error) from error

    def _explain(self, error: sqlite3.Error | UnicodeDecodeError) -> CoreError:
        is_no_text = _is_no_text(error)
        if (is_no_text or _code(error) in _DAMAGED) and self._is_ours():
            return self.begin_anew(is_certain=is_no_text)
        return CoreError(f"the cache {self.path} {_say(_code(error), error)}")

    def begin_anew(self, *, is_certain: bool = False) -> CoreError:
        """Set the file aside, unless another process has done so or it is whole; returns why.

        `is_certain`: that it is damaged, in a way that SQLite does not look for.
        """
        told = f"the cache {self.path} was damaged"
        if not self._renew(is_certain=is_certain):
            return CoreError(f"{told} and is whole again: try again")
        _log.warning("%s and is kept as %s", told, self.set_aside)
        return CoreError(
            f"{told}. It is kept as {self.set_aside}, and a new "
            "one was begun: try again, and what it held is computed anew"
        )

    def _open_or_renew(self) -> sqlite3.Connection:
        try:
            return self._open()
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            is_damaged = _code(error) in _DAMAGED or _is_no_text(error)
            if not is_damaged or not self._is_ours():
                raise
            self._move_aside()
            _log.warning("the cache was damaged and is kept as %s", self.set_aside)
            return self._open()

    def _is_ours(self) -> bool:
        """By our tables, or by SQLite's header and our format in it; all else is somebody's."""
        try:
            with self.path.open("rb") as file:
                page = file.read(_FIRST_PAGE)
        except OSError:
            return False
        version = int.from_bytes(page[_FORMAT_AT : _FORMAT_AT + 4], "big")
        return 1 <= version <= FORMAT and (page.startswith(_HEADER) or _OURS in page)

    def _renew(self, *, is_certain: bool) -> bool:
        """Begin anew, unless another thread or process has done so already; whether it was done."""
        if not is_certain and self._is_whole():
            return False
        self._anchor.close()
        self._move_aside()
        self._anchor = self._open()
        return True

    def _is_whole(self) -> bool:
        try:
            with closing(sqlite3.connect(self.path)) as db:
                found: object = db.execute("PRAGMA integrity_check(1)").fetchone()
        except (sqlite3.Error, UnicodeDecodeError):
            return False
        return found == ("ok",)

    def _move_aside(self) -> None:
        begin = f"{self.path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
        names = chain([begin], (f"{begin}-{number}" for number in count(2)))
        aside = next(path for path in map(self.path.with_name, names) if not path.exists())
        for end in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                Path(f"{self.path}{end}").replace(f"{aside}{end}")
        self.set_aside = aside

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, check_same_thread=False)
        try:
            self._prepare(db)
            db.execute("PRAGMA synchronous=NORMAL")
        except BaseException:
            db.close()
            raise
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        # One statement, so that a file which another process is creating is seen before or after.
        query = "SELECT user_version, (SELECT count(*) FROM sqlite_master) FROM pragma_user_version"
        version, n_tables = db.execute(query).fetchone()
        if version == FORMAT:
            return
        if version == 0 and n_tables:
            raise CoreError(f"{self.path} is a database of something else: name another --cache")
        if version == 0:
            if not is_over_a_network(self.path):
                _enter_wal(db)
            made = f"{_TABLES} {_USES} PRAGMA user_version={FORMAT};"
            db.executescript(f"BEGIN IMMEDIATE; {made} COMMIT;")
            return
        if version not in _MIGRATIONS:
            raise CoreError(
                f"{self.path} was written by another version of Groupsight "
                f"(its format is {version}, this one reads up to {FORMAT}): "
                "name another file with --cache"
            )
        _migrate(db)


def _code(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _is_no_text(error: Exception) -> bool:
    """Whether what should be text is none: a value, or what SQLite quotes of the damaged file."""
    return isinstance(error, UnicodeDecodeError) or str(error).startswith("Could not decode")


def _say(code: int, error: Exception) -> str:
    """What SQLite could not do, and what helps."""
    kept = "what was done is kept. Make room and go on, or name another file with --cache"
    if code == sqlite3.SQLITE_FULL:
        return f"cannot grow, the disk is full: {kept}"
    if code == sqlite3.SQLITE_IOERR:
        return f"cannot be read or written, the disk is full or failing ({error}): {kept}"
    if code == sqlite3.SQLITE_BUSY:
        return f"has been in use by another process for {_BUSY_SECONDS:.0f} seconds: try again"
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return f"cannot be written ({error}): allow it, or name another file with --cache"
    return f"failed: {error}"


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
    deadline = time.monotonic() + _BUSY_SECONDS
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
