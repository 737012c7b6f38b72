"""The cache looked after: how large it is, whether it is whole, and what can be given up.

None of this touches what people decided, which lies in a file of its own.
"""

import io
import logging
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.cache import Cache
from core.caching.checksums import is_whole
from core.caching.search_files import clear_search_files, measure_search_files, search_folder
from core.caching.search_room import give_up_oldest
from core.caching.sizes import format_size
from core.errors import CoreError

_log = logging.getLogger(__name__)
KINDS = ("features", "results", "pictures")
"""What can be cleared: vectors; clusters, maps and all else computed from them, the files of the
search among it; thumbnails."""

_CHECKED = {
    "features": "SELECT fingerprint || ' ' || id, vector, crc, fingerprint, id FROM features",
    "results": "SELECT fingerprint, arrays, crc, fingerprint, facts FROM results",
    "pictures": """
        SELECT id, thumbnail, thumbnail_crc, id FROM images WHERE thumbnail IS NOT NULL UNION ALL
        SELECT id, preview, preview_crc, id FROM images WHERE preview IS NOT NULL""",
}
"""Of each kind: a name, the bytes, their checksum, and the key that is in it, too."""


@dataclass(frozen=True, slots=True)
class CacheFacts:
    """What a cache file holds. Sizes are in bytes.

    Attributes:
        path: of the file.
        size: of the file and of its log.
        free: bytes of it that are free and will be used again.
        search_size: of the files beside it by which all images of shards are searched.
        n_images: images with a thumbnail.
        n_features: vectors.
        n_recipes: the ways in which these were made: weights, layer, transform, precision.
        n_results: clusterings, maps and what else was computed.
    """

    path: Path
    size: int
    free: int
    search_size: int
    n_images: int
    n_features: int
    n_recipes: int
    n_results: int


def describe_cache(cache: Cache) -> CacheFacts:
    """How much a cache holds."""
    query = """
        SELECT (SELECT count(*) FROM images WHERE thumbnail IS NOT NULL),
               (SELECT count(*) FROM features),
               (SELECT count(DISTINCT fingerprint) FROM features),
               (SELECT count(*) FROM results)
    """
    with cache.transaction() as db:
        counts = db.execute(query).fetchone()
        free = _pragma(db, "freelist_count") * _pragma(db, "page_size")
    size, search = _size_on_disk(cache.path), measure_search_files(cache.path)
    return CacheFacts(cache.path, size, free, search, *counts)


def verify_cache(cache: Cache) -> list[str]:
    """What is damaged, a sentence each; nothing is changed.

    SQLite looks at its pages and indices (`PRAGMA integrity_check`, which finds what `quick_check`
    finds and indices that do not fit their tables), then every vector, result and picture is
    compared with its checksum.
    """
    with cache.transaction() as db:
        found = [row[0] for row in db.execute("PRAGMA integrity_check(20)")]
        problems = [] if found == ["ok"] else [f"SQLite: {line}" for line in found]
        for kind, query in _CHECKED.items():
            problems += _find_damaged(db, kind, query)
        problems += _find_unreadable_results(db)
    return problems


def _find_damaged(db: sqlite3.Connection, kind: str, query: str) -> Iterator[str]:
    for name, data, crc, *key in db.execute(query):
        if not is_whole(data, crc, *key):
            yield f"{kind}: {name} is not as it was written"


def _find_unreadable_results(db: sqlite3.Connection) -> Iterator[str]:
    for key, data in db.execute("SELECT fingerprint, arrays FROM results WHERE crc IS NULL"):
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                dict(arrays)
        except (ValueError, OSError, EOFError, KeyError) as error:
            yield f"results: {key} cannot be read: {error}"


def clear_cache(cache: Cache, kinds: Collection[str] = KINDS) -> None:
    """Give up some kinds of what was computed, and the room that it took on the disk.

    Raises:
        CoreError: there is no such kind, or another process is using the file.
    """
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise CoreError(f"nothing called {unknown[0]!r} is kept: choose among {', '.join(KINDS)}")
    tables = {"features": "features", "results": "results", "pictures": "images"}
    with cache.transaction() as db:
        for kind in kinds:
            db.execute(f"DELETE FROM {tables[kind]}")  # noqa: S608 - ours
    if "results" in kinds:
        clear_search_files(cache.path)
    _compact(cache)


def _compact(cache: Cache) -> None:
    try:
        with closing(sqlite3.connect(cache.path, timeout=5)) as db:
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise CoreError(
            f"cleared, but {cache.path} stays as large as it is while others use it: {error}. "
            "Close them and clear it again"
        ) from error


def shrink_cache(cache: Cache, limit: int, *, keep: Collection[str] = ()) -> int:
    """Give up what was not used for longest until the rest takes at most `limit` bytes.

    The files of the search go first: they are made anew in minutes. The cache file itself keeps its
    size: what becomes free in it is used again first.

    Args:
        cache: the file.
        limit: in bytes, 0 for none; pictures, free room and what somebody is making are not given
            up, so it may be missed.
        keep: fingerprints of features that stay, whatever their age.

    Returns:
        How many bytes were given up.
    """
    if not limit:
        return 0
    with cache.transaction() as db:
        used = _used_bytes(db)
    over = used + measure_search_files(cache.path) - limit
    if over <= 0:
        return 0
    given_up = _shrink_search_files(cache.path, over, limit)
    with cache.transaction() as db:
        return given_up + _shrink_tables(db, over - given_up, keep)


def _shrink_search_files(cache: Path, over: int, limit: int) -> int:
    given_up = give_up_oldest(search_folder(cache), over)
    if given_up:  # who would rather have a larger limit than wait for them again learns it
        told = (
            "gave up %s of files of the search over shards, for %s is limited to %s: a search "
            "makes them anew, and a larger --cache-limit keeps them"
        )
        _log.warning(told, format_size(given_up), cache, format_size(limit))
    return given_up


def _shrink_tables(db: sqlite3.Connection, over: int, keep: Collection[str]) -> int:
    given_up = 0
    for fingerprint, size in _oldest_first(db):
        if given_up >= over:
            break
        if fingerprint not in keep:
            for table in ("features", "results", "uses"):
                db.execute(f"DELETE FROM {table} WHERE fingerprint = ?", (fingerprint,))  # noqa: S608
            given_up += size
    return given_up


def _oldest_first(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Fingerprints of features and results with their bytes; what was never used comes first."""
    query = """
        SELECT fingerprint, sum(size) FROM (
            SELECT fingerprint, length(vector) AS size FROM features UNION ALL
            SELECT fingerprint, length(arrays) + length(facts) FROM results)
        LEFT JOIN uses USING (fingerprint)
        GROUP BY fingerprint ORDER BY coalesce(max(day), 0), fingerprint
    """
    return list(db.execute(query))


def _used_bytes(db: sqlite3.Connection) -> int:
    pages = _pragma(db, "page_count") - _pragma(db, "freelist_count")
    return pages * _pragma(db, "page_size")


def _pragma(db: sqlite3.Connection, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])


def _size_on_disk(path: Path) -> int:
    logs = (path, path.with_name(f"{path.name}-wal"))
    return sum(one.stat().st_size for one in logs if one.exists())
