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

from core.caching.failures import BUSY_SECONDS, describe, is_damage, is_overlooked
from core.caching.tables import FORMAT, prepare, suit_drive
from core.errors import CoreError

_HEADER, _FORMAT_AT = b"SQLite format 3\x00", 60
"""How the file begins, and where `user_version` stands (sqlite.org/fileformat.html, 1.3)."""
_FIRST_PAGE, _OURS = 4096, b"CREATE TABLE features ("
"""Where SQLite keeps the list of the tables, and what is in ours."""
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
            suit_drive(path)
            self._anchor = self._open_or_renew()
        except (OSError, sqlite3.Error, UnicodeDecodeError) as error:
            raise CoreError(f"cannot use {path} as the cache: it {describe(error)}") from error

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
        if is_damage(error) and self._is_ours():
            return self.begin_anew(is_certain=is_overlooked(error))
        return CoreError(f"the cache {self.path} {describe(error)}")

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
            if not is_damage(error) or not self._is_ours():
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
        db = sqlite3.connect(self.path, timeout=BUSY_SECONDS, check_same_thread=False)
        try:
            prepare(db, self.path)
            db.execute("PRAGMA synchronous=NORMAL")
        except BaseException:
            db.close()
            raise
        return db
