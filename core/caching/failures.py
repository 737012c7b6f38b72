"""What an error of SQLite means for whoever uses the cache."""

import sqlite3

BUSY_SECONDS = 60.0
"""How long one waits for others who write."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_OVERLOOKED = ("Could not decode to UTF-8", "no such table", "no such column")


def is_damage(error: Exception) -> bool:
    """Whether it says that the file is damaged."""
    return _code(error) in _DAMAGED or is_overlooked(error)


def is_overlooked(error: Exception) -> bool:
    """Whether it tells of damage that `PRAGMA integrity_check` does not look for.

    What should be text is none, be it a value or what SQLite quotes of the file; or the tables
    have other names or columns than those that we made.
    """
    return isinstance(error, UnicodeDecodeError) or str(error).startswith(_OVERLOOKED)


def describe(error: Exception) -> str:
    """What SQLite could not do, and what helps."""
    code = _code(error)
    kept = "what was done is kept. Make room and go on, or name another file with --cache"
    if code == sqlite3.SQLITE_FULL:
        return f"cannot grow, the disk is full: {kept}"
    if code == sqlite3.SQLITE_IOERR:
        return f"cannot be read or written, the disk is full or failing ({error}): {kept}"
    if code == sqlite3.SQLITE_BUSY:
        return f"has been in use by another process for {BUSY_SECONDS:.0f} seconds: try again"
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return f"cannot be written ({error}): allow it, or name another file with --cache"
    if code == sqlite3.SQLITE_NOTADB:
        return "is no database, or its beginning is damaged: move it away, or name another --cache"
    return f"failed: {error}. Try again, or name another file with --cache"


def _code(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
