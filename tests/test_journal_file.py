"""The file of decisions: where it lies, that its rows stay as they are, and what is refused."""

import sqlite3
from contextlib import closing

import platformdirs
import pytest
from journals import group, images, move, tag

from core.cache import Cache, default_path
from core.errors import CoreError
from core.journal.decisions import Decision, Handmade, Kind
from core.journal.journal import Journal
from core.journal.journal_file import FORMAT, JournalFile, journal_path

CLUSTER = group([0, 1, 0], cluster=0, recipe="r", setting="s")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "cache.decisions.sqlite"


def journal_of(file):
    return Journal(file, "photos", images("a", "b", "c"))


def test_decisions_lie_beside_a_cache_that_was_named(tmp_path):
    assert journal_path(tmp_path / "team.sqlite") == tmp_path / "team.decisions.sqlite"


def test_those_of_the_default_cache_lie_where_nobody_clears_up(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    expected = platformdirs.user_data_path("groupsight") / "decisions.sqlite"
    assert journal_path(default_path()) == expected
    assert default_path().parent not in expected.parents


def test_a_cache_that_is_deleted_takes_no_decision_along(tmp_path):
    with Cache(tmp_path / "cache.sqlite") as cache:
        path = journal_path(cache.path)
        journal_of(path).append([tag("a", "odd")])
    for left in tmp_path.glob("cache.sqlite*"):
        left.unlink()
    assert journal_of(path).state.tags_of(images("a")[0]) == ("odd",)


def test_looking_makes_no_file(file):
    journal = journal_of(file)
    assert (journal.rows, journal.state.seq) == ((), 0)
    assert not file.exists()


def test_every_field_comes_back(file):
    made = [
        move("a", Handmade("new-1"), CLUSTER),
        move("b", CLUSTER, Handmade("new-1")),
        Decision(Kind.NAME_CLUSTER, target=CLUSTER, text="猫 = ' \" ; --"),
        Decision(Kind.INCLUDE, images("c")[0]),
    ]
    rows = journal_of(file).append(made, author="Ada")
    assert [row.decision for row in rows] == made
    assert [(row.seq, row.part, row.author) for row in rows] == [
        (1, 0, "Ada"),
        (2, 1, "Ada"),
        (3, 2, "Ada"),
        (4, 3, "Ada"),
    ]
    assert journal_of(file).rows == rows


def test_a_cluster_is_kept_once_however_often_it_is_named(file):
    journal = journal_of(file)
    for _ in range(3):
        journal.append([move("a", CLUSTER), move("b", CLUSTER)])
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT count(*) FROM clusters").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM sightings").fetchone() == (1,)


@pytest.mark.parametrize("table", ["journal", "clusters", "sightings"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET {} = 'x'"])
def test_no_row_can_be_changed_or_deleted(file, table, change):
    journal_of(file).append([move("a", CLUSTER)])
    column = {"journal": "author", "clusters": "medoid", "sightings": "place"}[table]
    with (
        closing(sqlite3.connect(file)) as db,
        pytest.raises(sqlite3.IntegrityError, match="never changed"),
    ):
        db.execute(change.format(table, column))


def test_nothing_lies_beside_the_file_once_it_is_written(file):
    journal_of(file).append([move("a", CLUSTER)])
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_a_commit_is_on_the_disk_before_it_is_acknowledged(file):
    with JournalFile(file).writing() as db:
        assert db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_what_fails_halfway_leaves_nothing(file):
    journal_of(file).append([tag("a", "x")])
    bad = tag("b", "y")
    object.__setattr__(bad, "text", None)
    with pytest.raises(CoreError, match="cannot be used: NOT NULL"):
        journal_of(file).append([move("a", CLUSTER), bad])
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT count(*) FROM clusters").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM journal").fetchone() == (1,)


@pytest.mark.parametrize(
    "make",
    ["CREATE TABLE bookmarks (url TEXT)", f"PRAGMA user_version={FORMAT + 1}"],
    ids=["of something else", "of a later version"],
)
def test_another_database_is_refused_and_left_as_it_is(file, make):
    with closing(sqlite3.connect(file)) as db:
        db.execute(make)
    before = file.read_bytes()
    for use in (lambda one: one.rows, lambda one: one.append([tag("a", "x")])):
        with pytest.raises(CoreError, match="holds no decisions that this version"):
            use(journal_of(file))
    assert file.read_bytes() == before


def test_what_is_no_database_is_refused_and_left_as_it_is(file):
    file.write_bytes(b"These are notes. " * 100)
    with pytest.raises(CoreError, match="cannot be used: file is not a database"):
        journal_of(file).append([tag("a", "x")])
    assert file.read_bytes() == b"These are notes. " * 100


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CoreError, match=r"decisions in .* cannot be used"):
        journal_of(tmp_path / "file" / "decisions.sqlite").append([tag("a", "x")])


def test_a_full_disk_is_told_and_all_before_is_kept(file, monkeypatch):
    journal = journal_of(file)
    journal.append([tag("a", "x")])

    def open_on_a_full_disk(self, *, opened=JournalFile._open):
        db = opened(self)
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count={pages}")
        return db

    with monkeypatch.context() as disk:
        disk.setattr(JournalFile, "_open", open_on_a_full_disk)
        with pytest.raises(CoreError, match="database or disk is full"):
            journal.append([tag("a", f"{n} {'x' * 70}") for n in range(2000)])
    assert [row.decision.text for row in journal_of(file).rows] == ["x"]
    journal.append([tag("a", "y")])
    assert journal.state.tags_of(images("a")[0]) == ("x", "y")
