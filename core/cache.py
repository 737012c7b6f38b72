"""The one cache file: features, thumbnails and results in SQLite, each under a key of its making.

SQLite gives the locking, the atomic commit and the recovery after a crash. The file is in WAL
mode, and a batch is one transaction: whoever kills the process loses at most the batch in work.
All of it can be computed again. What people decided cannot, and lies in a file of its own:
`core.journal.journal_file`.
"""

import hashlib
import io
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
import platformdirs
from numpy.typing import NDArray

from core.errors import CoreError
from core.images import Seen

SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS images (
    id TEXT PRIMARY KEY, width INTEGER NOT NULL, height INTEGER NOT NULL,
    problem TEXT, thumbnail BLOB, decoder TEXT, preview BLOB);
CREATE TABLE IF NOT EXISTS features (
    fingerprint TEXT NOT NULL, id TEXT NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (fingerprint, id));
CREATE TABLE IF NOT EXISTS results (
    fingerprint TEXT PRIMARY KEY, facts TEXT NOT NULL, arrays BLOB NOT NULL);
"""
_MIGRATIONS = {1: "ALTER TABLE images ADD COLUMN preview BLOB;"}
"""From each older format to the next: what was computed is kept."""
_BUSY_SECONDS = 60.0
Arrays = Mapping[str, NDArray[Any]]
FileState = tuple[str, int, int]
"""SHA-256 of the absolute path (names need not be text), size in bytes, modification time in ns."""


def default_path() -> Path:
    """Where the cache lies unless told otherwise: the platform's cache folder of the user."""
    return platformdirs.user_cache_path("groupsight") / "groupsight.sqlite"


def fingerprint(**parts: Any) -> str:
    """A key made of everything that changes a result: 32 hexadecimal digits of SHA-256.

    Raises:
        TypeError: a part has no unambiguous spelling in JSON.
    """
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Cache:
    """A cache file. Any number of threads and processes may use it at once.

    Each operation opens a connection of its own, which is what lets threads share the object;
    one more stays open, because SQLite folds the WAL back whenever the last one closes.

    Raises:
        CoreError: the file cannot be opened, or was written by another version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path / "groupsight.sqlite" if path.is_dir() else path
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._anchor = self._open()
        except (OSError, sqlite3.Error) as error:
            raise CoreError(f"cannot use {self.path} as the cache: {error}") from error

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
        if version == SCHEMA_VERSION:
            return
        if version == 0 and n_tables:
            raise CoreError(f"{self.path} is a database of something else: name another --cache")
        if version == 0:
            _enter_wal(db)
            script = f"{_SCHEMA} PRAGMA user_version={SCHEMA_VERSION};"
            db.executescript(f"BEGIN IMMEDIATE; {script} COMMIT;")
            return
        if version not in _MIGRATIONS:
            raise CoreError(
                f"{self.path} was written by another version of Groupsight "
                f"(its format is {version}, this one reads up to {SCHEMA_VERSION}): "
                "name another file with --cache"
            )
        self._migrate(db)

    def _migrate(self, db: sqlite3.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")  # another process may be migrating: the version is asked anew
        version = db.execute("PRAGMA user_version").fetchone()[0]
        for step in range(version, SCHEMA_VERSION):
            db.execute(_MIGRATIONS[step])
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        db.commit()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One connection and one transaction: all of it is kept, or nothing."""
        try:
            with closing(self._open()) as db, db:
                yield db
        except sqlite3.Error as error:
            raise CoreError(f"the cache {self.path} failed: {error}") from error

    def close(self) -> None:
        """Let go of the file."""
        self._anchor.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def known_files(self, states: Sequence[FileState]) -> list[str | None]:
        """For each file its id, where it is unchanged since it was last read, else None."""
        query = """
            SELECT path, size, mtime_ns, id FROM files
            WHERE path IN (SELECT value FROM json_each(?))
        """
        with self._transaction() as db:
            rows = db.execute(query, (_json([state[0] for state in states]),)).fetchall()
        known = {row[:3]: row[3] for row in rows}
        return [known.get(state) for state in states]

    def remember_files(self, files: Iterable[tuple[FileState, str]]) -> None:
        """Keep the ids of files under the state in which they were read."""
        with self._transaction() as db:
            rows = [(*state, image_id) for state, image_id in files]
            db.executemany("INSERT OR REPLACE INTO files VALUES (?,?,?,?)", rows)

    def seen(self, ids: Sequence[str], *, decoder: str) -> dict[str, Seen]:
        """What is known of these images, thumbnails left out; other decoders' problems too."""
        query = """
            SELECT id, width, height, problem FROM images
            WHERE id IN (SELECT value FROM json_each(?)) AND (problem IS NULL OR decoder = ?)
        """
        with self._transaction() as db:
            return {row[0]: Seen(*row[1:]) for row in db.execute(query, (_json(ids), decoder))}

    def undecoded(self, ids: Sequence[str], *, decoder: str) -> list[str]:
        """Those of these images that have neither a thumbnail nor a known problem yet."""
        query = """
            SELECT id FROM images WHERE id IN (SELECT value FROM json_each(?))
            AND (thumbnail IS NOT NULL OR (problem IS NOT NULL AND decoder = ?))
        """
        with self._transaction() as db:
            decoded = {row[0] for row in db.execute(query, (_json(ids), decoder))}
        return [image_id for image_id in ids if image_id not in decoded]

    def thumbnail(self, image_id: str) -> bytes | None:
        """The small JPEG of an image, or None."""
        return self._picture("thumbnail", image_id)

    def preview(self, image_id: str) -> bytes | None:
        """The larger JPEG of an image; None where it has none, being small itself."""
        return self._picture("preview", image_id)

    def thumbnails(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The small JPEGs of those of these images that have one."""
        query = """
            SELECT id, thumbnail FROM images
            WHERE id IN (SELECT value FROM json_each(?)) AND thumbnail IS NOT NULL
        """
        with self._transaction() as db:
            return dict(db.execute(query, (_json(ids),)))

    def _picture(self, column: str, image_id: str) -> bytes | None:
        query = f"SELECT {column} FROM images WHERE id = ?"  # noqa: S608 - named by us alone
        with self._transaction() as db:
            row = db.execute(query, (image_id,)).fetchone()
        return row[0] if row else None

    def remember_images(self, seen: Mapping[str, Seen]) -> None:
        """Keep what measuring or decoding has told; a thumbnail once made is not lost."""
        with self._transaction() as db:
            _write_images(db, seen)

    def missing_features(self, fingerprint: str, ids: Sequence[str]) -> list[str]:
        """Those of these images that have no features under this fingerprint, in their order."""
        query = "SELECT id FROM features WHERE fingerprint = ?"
        with self._transaction() as db:
            present = {row[0] for row in db.execute(query, (fingerprint,))}
        return [image_id for image_id in ids if image_id not in present]

    def remember_features(
        self, fingerprint: str, features: Mapping[str, NDArray[Any]], seen: Mapping[str, Seen]
    ) -> None:
        """Keep one batch: a vector of shape (n_features,) for each id, and what was seen beside."""
        rows = [(fingerprint, image_id, vector.tobytes()) for image_id, vector in features.items()]
        with self._transaction() as db:
            db.executemany("INSERT OR IGNORE INTO features VALUES (?,?,?)", rows)
            _write_images(db, seen)

    def features(
        self, fingerprint: str, ids: Sequence[str], *, dtype: Any, n_features: int
    ) -> NDArray[np.float32]:
        """The features of these distinct images as float32, shape (len(ids), n_features).

        Raises:
            CoreError: one of them is not in the cache, or has another length.
        """
        matrix = np.empty((len(ids), n_features), dtype=np.float32)
        row_of = {image_id: row for row, image_id in enumerate(ids)}
        query = """
            SELECT id, vector FROM features
            WHERE fingerprint = ? AND id IN (SELECT value FROM json_each(?))
        """
        with self._transaction() as db:
            for image_id, blob in db.execute(query, (fingerprint, _json(ids))):
                matrix[row_of.pop(image_id)] = _vector(blob, dtype, n_features)
        if row_of:
            raise CoreError(f"{len(row_of)} of {len(ids)} images have no features: extract first")
        return matrix

    def result(self, fingerprint: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
        """The facts and arrays kept under a fingerprint, or None."""
        query = "SELECT facts, arrays FROM results WHERE fingerprint = ?"
        with self._transaction() as db:
            row = db.execute(query, (fingerprint,)).fetchone()
        if row is None:
            return None
        with np.load(io.BytesIO(row[1]), allow_pickle=False) as arrays:
            return json.loads(row[0]), dict(arrays)

    def find_results(self, beginning: str) -> list[str]:
        """The fingerprints of the results whose facts, as JSON, begin with this text."""
        query = "SELECT fingerprint FROM results WHERE substr(facts, 1, ?) = ?"
        with self._transaction() as db:
            return [row[0] for row in db.execute(query, (len(beginning), beginning))]

    def remember_result(self, fingerprint: str, facts: Mapping[str, Any], arrays: Arrays) -> None:
        """Keep a computed result: `facts` as JSON, `arrays` of numbers as NumPy's own format."""
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)  # type: ignore[arg-type]
        row = (fingerprint, json.dumps(facts), buffer.getvalue())
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO results VALUES (?,?,?)", row)


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


def file_state(path: Path) -> FileState:
    """The state by which an unchanged file is known again.

    Raises:
        OSError: the file is not there.
    """
    status = path.stat()
    name = path if path.is_absolute() else path.absolute()
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()
    return digest, status.st_size, status.st_mtime_ns


def _write_images(db: sqlite3.Connection, seen: Mapping[str, Seen]) -> None:
    """A later look adds to what is known; a thumbnail proves that an older problem is gone."""
    statement = """
        INSERT INTO images (id, width, height, problem, thumbnail, decoder, preview)
        VALUES (?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET
            width = excluded.width, height = excluded.height,
            problem = CASE WHEN excluded.thumbnail IS NULL
                THEN COALESCE(excluded.problem, problem) END,
            thumbnail = COALESCE(excluded.thumbnail, thumbnail),
            preview = COALESCE(excluded.preview, preview),
            decoder = COALESCE(excluded.decoder, decoder)
    """
    # A problem that no decoder has judged is one of the moment, such as an unplugged disk.
    kept = {i: s for i, s in seen.items() if s.problem is None or s.decoder is not None}
    rows = [
        (i, s.width, s.height, s.problem, s.thumbnail, s.decoder, s.preview)
        for i, s in kept.items()
    ]
    db.executemany(statement, rows)


def _vector(blob: bytes, dtype: Any, n_features: int) -> NDArray[Any]:
    expected = n_features * np.dtype(dtype).itemsize
    if len(blob) != expected:
        raise CoreError(f"the cache holds {len(blob)} bytes of features, expected are {expected}")
    return np.frombuffer(blob, dtype=dtype)


def _json(values: Sequence[str]) -> str:
    return json.dumps(list(values))
