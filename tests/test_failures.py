import sqlite3

import pytest

from core.caching.failures import describe, is_damage


def failure(code, words="disk I/O error", *, kind=sqlite3.OperationalError):
    error = kind(words)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full: what was done is kept. Make room and go on"),
        (sqlite3.SQLITE_IOERR_WRITE, "the disk is full or failing (disk I/O error): what was done"),
        (sqlite3.SQLITE_BUSY, "in use by another process for 60 seconds: try again"),
        (sqlite3.SQLITE_CANTOPEN, "cannot be written (disk I/O error): allow it, or name another"),
        (sqlite3.SQLITE_NOTADB, "is no database, or its beginning is damaged: move it away"),
        (sqlite3.SQLITE_CONSTRAINT, "failed: disk I/O error"),
    ],
)
def test_each_failure_says_what_helps(code, words):
    assert words in describe(failure(code))


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (failure(sqlite3.SQLITE_CORRUPT), True),
        (failure(sqlite3.SQLITE_CORRUPT_INDEX), True),
        (failure(sqlite3.SQLITE_NOTADB), True),
        (failure(sqlite3.SQLITE_ERROR, "no such column: vector"), True),
        (sqlite3.OperationalError("Could not decode to UTF-8 column 'id'"), True),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"), True),
        (failure(sqlite3.SQLITE_FULL), False),
        (failure(sqlite3.SQLITE_BUSY), False),
        (OSError(), False),
    ],
)
def test_damage_is_told_from_other_failures(error, is_one):
    assert is_damage(error) is is_one
