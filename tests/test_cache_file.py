"""A damaged cache is recognised, kept under another name, and begun anew."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.cache import Cache
from core.caching import cache_file, tables
from core.caching.tables import FORMAT
from core.errors import CoreError
from core.journal.decisions import Decision, Kind
from core.journal.journal import Journal

IMAGE = "0" * 64


def fill(path, n_results=200):
    with Cache(path) as cache:
        for number in range(n_results):
            cache.remember_result(f"{number:032x}", {"number": number}, {"a": np.arange(100)})


def read_all(cache):
    for number in range(200):
        cache.result(f"{number:032x}")


def tear(path, start, length=8192):
    """Overwrite a part of the file, as a failing disk would."""
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * length)


def asides(folder):
    """The databases that were kept; beside each may lie its log."""
    found = (one for one in folder.iterdir() if ".damaged-" in one.name)
    return [one for one in found if not one.name.endswith(("-wal", "-shm"))]


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "cache.sqlite"
    fill(made)
    return made


def test_damage_found_at_opening_begins_a_new_file(path):
    tear(path, 100, 4000)  # the first page, behind the header: the list of the tables
    before = path.read_bytes()
    with Cache(path) as cache:
        assert cache.result(f"{3:032x}") is None
        cache.remember_result("r", {}, {"a": np.arange(3)})
        assert cache.result("r")[1]["a"].tolist() == [0, 1, 2]
        assert cache.set_aside.read_bytes() == before
    assert asides(path.parent) == [cache.set_aside]


def test_a_cache_is_known_by_its_tables_where_the_header_is_damaged(path):
    tear(path, 0, 16)
    with Cache(path) as cache:
        assert cache.set_aside in asides(path.parent)
        assert cache.result(f"{3:032x}") is None


def test_what_is_not_known_any_more_is_refused_with_what_to_do(path):
    tear(path, 0)
    before = path.read_bytes()
    with pytest.raises(CoreError, match=r"its beginning is damaged: move it away, or name another"):
        Cache(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE results SET facts = CAST(x'ff' AS TEXT)",
        "ALTER TABLE results RENAME COLUMN arrays TO brrays",
        "DROP TABLE results",
    ],
    ids=["no text", "another column", "no table"],
)
def test_damage_that_sqlite_does_not_look_for_is_set_aside_too(path, harm):
    with Cache(path) as cache:
        with closing(sqlite3.connect(path)) as db, db:
            db.execute(harm)
        with pytest.raises(CoreError, match=r"was damaged\. It is kept as"):
            read_all(cache)
        assert cache.result(f"{3:032x}") is None
    assert len(asides(path.parent)) == 1


def test_damage_found_while_reading_is_said_and_the_next_try_works(path):
    with Cache(path) as cache:
        tear(path, 4096, path.stat().st_size - 4096)
        with pytest.raises(CoreError, match=r"was damaged\. It is kept as .*damaged-.*try again"):
            read_all(cache)
        assert cache.set_aside.exists()
        assert cache.result(f"{3:032x}") is None
        cache.remember_result("r", {}, {"a": np.arange(3)})
        assert cache.result("r") is not None


def test_two_damaged_files_are_both_kept(path, monkeypatch):
    monkeypatch.setattr(cache_file.time, "strftime", lambda *_: "20260101-000000")
    for _ in range(2):
        tear(path, 100, 4000)
        Cache(path).close()
        fill(path)
    names = sorted(one.name for one in asides(path.parent))
    assert names == [
        "cache.sqlite.damaged-20260101-000000",
        "cache.sqlite.damaged-20260101-000000-2",
    ]


@pytest.mark.parametrize("version", [0, FORMAT + 1])
def test_a_damaged_database_of_something_else_stays_where_it_is(tmp_path, version):
    path = tmp_path / "bookmarks.sqlite"
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
        db.execute(f"PRAGMA user_version={version}")
    tear(path, 100, 4000)
    before = path.read_bytes()
    with pytest.raises(CoreError, match="bookmarks"):
        Cache(path)
    assert path.read_bytes() == before
    assert asides(tmp_path) == []


def somebodys(path, *statements):
    """A database of another program, with one row; its bytes."""
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(";".join([*statements, "INSERT INTO images VALUES ('mine')"]))
    return path.read_bytes()


@pytest.mark.parametrize("version", [1, FORMAT])
@pytest.mark.parametrize("table", ["images (name TEXT)", "images (id TEXT PRIMARY KEY)"])
def test_a_database_of_something_else_is_no_older_cache(tmp_path, version, table):
    path = tmp_path / "album.sqlite"
    before = somebodys(path, f"CREATE TABLE {table}", f"PRAGMA user_version={version}")
    with pytest.raises(CoreError, match=r"album\.sqlite is a database of something else: name"):
        Cache(path)
    assert path.read_bytes() == before
    assert asides(tmp_path) == []


def test_decisions_are_never_taken_for_a_cache(tmp_path):
    journal = Journal(tmp_path / "cache.decisions.sqlite", "photos", [IMAGE])
    journal.append([Decision(Kind.TAG, IMAGE, text="sharp")])
    before = journal.path.read_bytes()
    with pytest.raises(CoreError, match="something else"):
        Cache(journal.path)
    assert journal.path.read_bytes() == before
    assert asides(tmp_path) == []


def test_another_process_that_began_anew_first_is_not_disturbed(path):
    with Cache(path) as one, Cache(path) as other:
        tear(path, 4096, path.stat().st_size - 4096)
        for cache in (one, other):
            for _ in range(2):  # the first to meet the damage says so, the second may find it cured
                try:
                    cache.remember_result("r", {}, {"a": np.arange(3)})
                except CoreError as error:
                    assert "was damaged" in str(error)  # noqa: PT017 - either may be first
        assert one.result("r") is not None
        assert other.result("r") is not None
    assert len(asides(path.parent)) == 1


@pytest.mark.parametrize(("over_a_network", "mode"), [(False, "wal"), (True, "delete")])
def test_on_a_network_drive_there_is_no_log_beside_the_file(
    tmp_path, monkeypatch, over_a_network, mode
):
    monkeypatch.setattr(tables, "is_over_a_network", lambda _: over_a_network)
    path = tmp_path / "cache.sqlite"
    fill(path, n_results=4)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == (mode,)
    with Cache(path) as cache:
        assert cache.result(f"{3:032x}")[0] == {"number": 3}
        assert Path(f"{path}-wal").exists() is not over_a_network


def test_a_file_that_was_moved_to_a_network_drive_leaves_its_log_behind(path, monkeypatch):
    monkeypatch.setattr(tables, "is_over_a_network", lambda _: True)
    with Cache(path) as cache:
        assert cache.result(f"{3:032x}")[0] == {"number": 3}
        assert not Path(f"{path}-wal").exists()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_somebody_elses_database_on_a_network_drive_stays_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "is_over_a_network", lambda _: True)
    other = tmp_path / "bookmarks.sqlite"
    with closing(sqlite3.connect(other)) as db, db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(CoreError, match="something else"):
        Cache(other)
    with closing(sqlite3.connect(other)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
