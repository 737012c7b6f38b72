"""The one cache file: features, thumbnails and results in SQLite, each under a key of its making.

SQLite gives the locking, the atomic commit and the recovery after a crash. A batch is one
transaction: whoever kills the process loses at most the batch in work. Vectors and results carry a
checksum, so that what a disk has damaged is computed anew and never misread.
All of it can be computed again. What people decided cannot, and lies in a file of its own:
`core.journal.journal_file`.
"""

import hashlib
import io
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import numpy as np
import platformdirs
from numpy.typing import NDArray

from core.caching.cache_file import CacheFile
from core.caching.checksums import checksum, is_whole
from core.errors import CoreError
from core.images import Seen

_DAY_SECONDS = 86_400
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

    Each operation opens a connection of its own, which is what lets threads share the object.

    Raises:
        CoreError: the file cannot be opened, or was written by another version.
    """

    def __init__(self, path: Path) -> None:
        self._file = CacheFile(path / "groupsight.sqlite" if path.is_dir() else path)
        self.transaction = self._file.transaction
        self._used: set[tuple[str, int]] = set()

    @property
    def path(self) -> Path:
        """Of the file."""
        return self._file.path

    @property
    def set_aside(self) -> Path | None:
        """Under which name a damaged file was kept; None where none was found."""
        return self._file.set_aside

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def known_files(self, states: Sequence[FileState]) -> list[str | None]:
        """For each file its id, where it is unchanged since it was last read, else None."""
        query = """
            SELECT path, size, mtime_ns, id, crc FROM files
            WHERE path IN (SELECT value FROM json_each(?))
        """
        with self.transaction() as db:
            rows = db.execute(query, (_json([state[0] for state in states]),)).fetchall()
        known = {row[:3]: row[3] for row in rows if row[4] in (None, checksum(*row[:4]))}
        return [known.get(state) for state in states]

    def remember_files(self, files: Iterable[tuple[FileState, str]]) -> None:
        """Keep the ids of files under the state in which they were read."""
        with self.transaction() as db:
            rows = [(*state, image_id, checksum(*state, image_id)) for state, image_id in files]
            db.executemany("INSERT OR REPLACE INTO files VALUES (?,?,?,?,?)", rows)

    def seen(self, ids: Sequence[str], *, decoder: str) -> dict[str, Seen]:
        """What is known of these images, thumbnails left out; other decoders' problems too."""
        query = """
            SELECT id, width, height, problem FROM images
            WHERE id IN (SELECT value FROM json_each(?)) AND (problem IS NULL OR decoder = ?)
        """
        with self.transaction() as db:
            return {row[0]: Seen(*row[1:]) for row in db.execute(query, (_json(ids), decoder))}

    def undecoded(self, ids: Sequence[str], *, decoder: str) -> list[str]:
        """Those of these images that have neither a thumbnail nor a known problem yet."""
        query = """
            SELECT id FROM images WHERE id IN (SELECT value FROM json_each(?))
            AND (thumbnail IS NOT NULL OR (problem IS NOT NULL AND decoder = ?))
        """
        with self.transaction() as db:
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
        return self._pictures("thumbnail", ids)

    def _picture(self, column: str, image_id: str) -> bytes | None:
        return self._pictures(column, [image_id]).get(image_id)

    def _pictures(self, column: str, ids: Sequence[str]) -> dict[str, bytes]:
        """Those that are whole; an image whose picture is damaged is drawn anew when it is read."""
        query = f"""
            SELECT id, {column}, {column}_crc FROM images
            WHERE id IN (SELECT value FROM json_each(?)) AND {column} IS NOT NULL
        """  # noqa: S608 - named by us alone
        with self.transaction() as db:
            rows = db.execute(query, (_json(ids),)).fetchall()
        whole = {one: data for one, data, crc in rows if is_whole(data, crc, one)}
        damaged = [row[0] for row in rows if row[0] not in whole]
        if damaged:
            with self.transaction() as db:
                forget = "UPDATE images SET thumbnail = NULL, preview = NULL WHERE id = ?"
                db.executemany(forget, [(one,) for one in damaged])
        return whole

    def remember_images(self, seen: Mapping[str, Seen]) -> None:
        """Keep what measuring or decoding has told; a thumbnail once made is not lost."""
        with self.transaction() as db:
            _write_images(db, seen)

    def missing_features(self, fingerprint: str, ids: Sequence[str]) -> list[str]:
        """Those of these images that have no features under this fingerprint, in their order."""
        query = "SELECT id FROM features WHERE fingerprint = ?"
        with self.transaction() as db:
            present = {row[0] for row in db.execute(query, (fingerprint,))}
        return [image_id for image_id in ids if image_id not in present]

    def remember_features(
        self, fingerprint: str, features: Mapping[str, NDArray[Any]], seen: Mapping[str, Seen]
    ) -> None:
        """Keep one batch: a vector of shape (n_features,) for each id, and what was seen beside."""
        blobs = [(image_id, vector.tobytes()) for image_id, vector in features.items()]
        rows = [(fingerprint, one, blob, checksum(fingerprint, one, blob)) for one, blob in blobs]
        with self.transaction() as db:
            db.executemany("INSERT OR IGNORE INTO features VALUES (?,?,?,?)", rows)
            _write_images(db, seen)
        self._mark_used(fingerprint)  # so that nobody gives up first what is just being made

    def features(
        self, fingerprint: str, ids: Sequence[str], *, dtype: Any, n_features: int
    ) -> NDArray[np.float32]:
        """The features of these distinct images as float32, shape (len(ids), n_features).

        Raises:
            CoreError: one of them is not in the cache, or has another length.
        """
        matrix = np.empty((len(ids), n_features), dtype=np.float32)
        row_of = {image_id: row for row, image_id in enumerate(ids)}
        damaged: list[str] = []
        query = """
            SELECT id, vector, crc FROM features
            WHERE fingerprint = ? AND id IN (SELECT value FROM json_each(?))
        """
        with self.transaction() as db:
            for image_id, blob, crc in db.execute(query, (fingerprint, _json(ids))):
                row = row_of.pop(image_id, -1)
                if row < 0:  # not what was asked for: the index does not fit the table
                    raise self._file.begin_anew()
                if is_whole(blob, crc, fingerprint, image_id):
                    matrix[row] = _vector(blob, dtype, n_features)
                else:
                    damaged.append(image_id)
        if damaged:
            self._drop_features(fingerprint, damaged)
        if row_of:
            self._require_features(fingerprint, list(row_of), len(ids))
        self._mark_used(fingerprint)
        return matrix

    def _require_features(self, fingerprint: str, ids: Sequence[str], total: int) -> None:
        """Say why there are none. Where the index says that there are, the file is damaged."""
        if not self.missing_features(fingerprint, ids):
            raise self._file.begin_anew()
        raise CoreError(f"{len(ids)} of {total} images have no features: extract first")

    def _drop_features(self, fingerprint: str, ids: Sequence[str]) -> None:
        rows = [(fingerprint, image_id) for image_id in ids]
        with self.transaction() as db:
            db.executemany("DELETE FROM features WHERE fingerprint = ? AND id = ?", rows)
        raise CoreError(
            f"the features of {len(ids)} images were damaged in the cache and were removed: "
            "open the images again, and they are computed anew"
        )

    def _mark_used(self, fingerprint: str) -> None:
        """Keep the day of the last use, by which what was not used for longest is given up first.

        Once a day for each: a reader that writes at every look would hold up the others.
        """
        day = int(time.time() // _DAY_SECONDS)
        if (fingerprint, day) in self._used:
            return
        self._used.add((fingerprint, day))
        with suppress(CoreError), self.transaction() as db:  # nobody's reading fails for this
            db.execute("INSERT OR REPLACE INTO uses VALUES (?,?)", (fingerprint, day))

    def result(self, fingerprint: str) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
        """The facts and arrays kept under a fingerprint, or None."""
        query = "SELECT facts, arrays, crc FROM results WHERE fingerprint = ?"
        with self.transaction() as db:
            row = db.execute(query, (fingerprint,)).fetchone()
        if row is None or not is_whole(row[1], row[2], fingerprint, row[0]):
            return None  # what is damaged is computed anew, and replaced
        self._mark_used(fingerprint)
        with np.load(io.BytesIO(row[1]), allow_pickle=False) as arrays:
            return json.loads(row[0]), dict(arrays)

    def find_results(self, beginning: str) -> list[str]:
        """The fingerprints of the results whose facts, as JSON, begin with this text."""
        query = "SELECT fingerprint FROM results WHERE substr(facts, 1, ?) = ?"
        with self.transaction() as db:
            return [row[0] for row in db.execute(query, (len(beginning), beginning))]

    def remember_result(self, fingerprint: str, facts: Mapping[str, Any], arrays: Arrays) -> None:
        """Keep a computed result: `facts` as JSON, `arrays` of numbers as NumPy's own format."""
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)  # type: ignore[arg-type]
        blob, text = buffer.getvalue(), json.dumps(facts)
        row = (fingerprint, text, blob, checksum(fingerprint, text, blob))
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO results VALUES (?,?,?,?)", row)
        self._mark_used(fingerprint)


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
        INSERT INTO images (id, width, height, problem, thumbnail, decoder, preview,
            thumbnail_crc, preview_crc)
        VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET
            width = excluded.width, height = excluded.height,
            problem = CASE WHEN excluded.thumbnail IS NULL
                THEN COALESCE(excluded.problem, problem) END,
            thumbnail = COALESCE(excluded.thumbnail, thumbnail),
            preview = COALESCE(excluded.preview, preview),
            thumbnail_crc = COALESCE(excluded.thumbnail_crc, thumbnail_crc),
            preview_crc = COALESCE(excluded.preview_crc, preview_crc),
            decoder = COALESCE(excluded.decoder, decoder)
    """
    # A problem that no decoder has judged is one of the moment, such as an unplugged disk.
    kept = {i: s for i, s in seen.items() if s.problem is None or s.decoder is not None}
    rows = [
        (
            i,
            s.width,
            s.height,
            s.problem,
            s.thumbnail,
            s.decoder,
            s.preview,
            _checksum(i, s.thumbnail),
            _checksum(i, s.preview),
        )
        for i, s in kept.items()
    ]
    db.executemany(statement, rows)


def _checksum(image_id: str, picture: bytes | None) -> int | None:
    return None if picture is None else checksum(image_id, picture)


def _vector(blob: bytes, dtype: Any, n_features: int) -> NDArray[Any]:
    expected = n_features * np.dtype(dtype).itemsize
    if len(blob) != expected:
        raise CoreError(
            f"the cache holds {len(blob)} bytes of features, expected are {expected}: "
            "clear it with python -m core cache clear"
        )
    return np.frombuffer(blob, dtype=dtype)


def _json(values: Sequence[str]) -> str:
    return json.dumps(list(values))
