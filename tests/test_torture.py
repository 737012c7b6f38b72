"""The tool that kills: that it finds what is lost, and in short that nothing is."""

import random
import sqlite3
from contextlib import closing

from torture import Outcome, _compare_vectors, _tags, _torture_decisions, tabulate


def test_decisions_outlive_kills(tmp_path):
    outcome = _torture_decisions(tmp_path, 3, random.Random(0))  # noqa: S311
    assert (outcome.kills, outcome.losses) == (3, ())
    assert len(_tags(tmp_path / "decisions.sqlite")) >= 3  # at least the first of each was kept


def test_a_decision_that_was_acknowledged_and_is_gone_is_found(tmp_path):
    _torture_decisions(tmp_path, 1, random.Random(0))  # noqa: S311
    with closing(sqlite3.connect(tmp_path / "decisions.sqlite")) as db, db:
        db.execute("DROP TRIGGER journal_no_DELETE")
        db.execute("DELETE FROM journal WHERE seq = 1")
    outcome = _torture_decisions(tmp_path, 1, random.Random(0))  # noqa: S311
    assert outcome.losses[0] == "decisions are missing, doubled or out of order"


def test_vectors_that_are_lost_added_or_changed_are_found():
    expected = {"a": b"1", "b": b"2", "c": b"3"}
    assert _compare_vectors(expected, dict(expected)) == []
    assert _compare_vectors(expected, {"b": b"2", "c": b"x", "d": b"4"}) == [
        "a has no vector", "d is no image of the set", "c has another vector",
    ]  # fmt: skip


def test_the_table_says_what_was_lost():
    table = tabulate([Outcome("review", 3, 1, ()), Outcome("sweep", 2, 0, ("x is gone", "y"))])
    assert table.splitlines()[2:] == [
        "| review | 3 | 1 | nothing |",
        "| sweep | 2 | 0 | x is gone; y |",
    ]
