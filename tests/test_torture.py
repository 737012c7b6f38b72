"""The tool that brings faults about: that it finds what is lost, and in short that nothing is."""

import random
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

if sys.platform == "win32":
    pytest.skip("there is no SIGKILL", allow_module_level=True)

from faults import flips, full_disk, jobs, pairs
from faults.flips import Taken, compare, damage, follow
from faults.kills import check, has_a_part, make_works, torture_work
from faults.outcomes import Outcome, tabulate
from faults.victims import End

from core.cache import Cache
from core.errors import CoreError
from core.journal.journal_file import journal_path

A, B = ("features", "f", "a"), ("features", "f", "b")
EXPECTED = {A: b"1", B: b"2", ("results", "r"): b"3"}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("torture")
    return folder, jobs.make_images(folder / "images", seed=0)


def torture(work, place, way, tries=1):
    (outcome,) = torture_work(work, *place, tries=tries, seed=0, ways=[way])
    return outcome


@pytest.mark.parametrize(
    ("name", "way", "tries"),
    [("extraction", "write", 1), ("sweep", "clock", 1), ("review", "statement", 1)],
)
def test_nothing_is_lost_by_kills(place, name, way, tries):
    (work,) = make_works(*place, seed=0, only=[name])
    outcome = torture(work, place, way, tries)
    assert (outcome.tries, outcome.losses) == (tries, ())


def test_a_decision_that_was_acknowledged_and_is_gone_is_found(place):
    (work,) = make_works(*place, seed=0, only=["review"])

    def lose(cache):
        path = journal_path(cache)
        if path.exists():
            with closing(sqlite3.connect(path)) as db, db:
                db.execute("DROP TRIGGER IF EXISTS journal_no_DELETE")
                db.execute("DELETE FROM journal WHERE seq > 9")
        return work.read(cache)

    calm, careless = work.read, replace(work, name="careless", read=lose)
    expected = {}

    def read(cache):  # the calm run as it is, all others careless
        if not expected and journal_path(cache).exists():
            expected.update(calm(cache))
            return expected
        return lose(cache)

    outcome = torture(replace(careless, read=read), place, "clock")
    assert any("was acknowledged and is not there" in one for one in outcome.losses)
    assert any("is missing at the end" in one for one in outcome.losses)


def test_all_that_may_be_wrong_is_found():
    def found(values, *, before=None, acks=()):
        return sorted(check(EXPECTED, before or {}, values, acks))

    told = [("features", ("f", "a")), ("results", ("r",))]
    assert found(EXPECTED, acks=told) == []
    assert found({}) == []
    assert found({B: b"2"}, acks=told) == [
        "features f a was acknowledged and is not there",
        "results r was acknowledged and is not there",
    ]
    assert found({}, before={A: b"1"}) == ["features f a was there and is gone"]
    assert found({A: b"1"}, before={A: b"1"}, acks=told[:1]) == ["features f a was computed again"]
    assert found({A: b"x", ("features", "f", "c"): b"1"}) == [
        "features f a is another", "features f c is none of the calm run's",
    ]  # fmt: skip
    shown = [("progress", ("extract", 1)), ("progress", ("extract", 2))]
    assert found({A: b"1"}, acks=shown) == ["2 images were shown as done, and 1 vectors are there"]


def test_the_part_of_a_transaction_in_a_log_is_seen(tmp_path):
    path = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        with db:
            db.execute("CREATE TABLE numbers (number)")
        with db:  # larger than a page, so that the transaction has several frames
            db.execute("INSERT INTO numbers VALUES (zeroblob(10000))")
        log = path.with_name("a.sqlite-wal").read_bytes()
    assert not has_a_part(log)
    assert has_a_part(log[:-1])
    assert has_a_part(log[: -24 - 4096])
    assert not has_a_part(b"")


def test_two_processes_make_no_vector_twice(place):
    folder, images = place
    given = {"cache": folder / "shared.sqlite", "images": images}
    lives = pairs._together(*[(jobs.extract, given, End())] * 2)
    made = [key for life in lives for kind, key in life.acks if kind == "features"]
    assert len(made) == len(set(made)) == jobs.N_IMAGES
    assert [("exit", 0) in life.acks for life in lives] == [True, True]


def test_no_wrong_value_is_taken_from_a_file_whose_bytes_changed(tmp_path):
    for outcome in flips.torture(tmp_path, 2, 0):
        assert outcome.losses == ()


def test_bytes_change_where_it_is_said_and_nowhere_else():
    data, draw = bytes(20_000), random.Random(0)  # noqa: S311
    for _ in range(50):
        place, damaged = damage(data, draw)
        length, at = (int(place.split()[one]) for one in (0, 3))
        changed = [one for one, byte in enumerate(damaged) if byte]
        assert changed == list(range(at, at + length))


VALUES = {"vector a": np.array([1.0, 2.0]), "labels 2": np.array([0, 1]), "picture a": b"jpeg"}


def test_a_value_must_be_the_same_and_one_made_anew_nearly():
    def wrong(remade=(), **changed):
        values = {**VALUES, **{one.replace("_", " "): value for one, value in changed.items()}}
        return compare(values, VALUES, frozenset(remade))

    near = VALUES["vector a"] * (1 + 1e-6)
    assert wrong() == []
    assert wrong(vector_a=near) == ["vector a"]
    assert wrong(["vector a"], vector_a=near) == []
    assert wrong(["vector a"], vector_a=near + 1) == ["vector a"]
    assert wrong(labels_2=np.array([1, 0])) == ["labels 2"]
    assert wrong(picture_a=None) == []  # to be drawn anew
    assert wrong(picture_a=b"other") == ["picture a"]
    assert compare({}, VALUES, frozenset()) == list(VALUES)


@pytest.mark.parametrize(
    ("said", "outcome", "n_wrong"),
    [
        ([], "no value hit, or a result made anew", 0),
        ([CoreError("kept as x")], "set aside and made anew", 0),
        ([CoreError("try again")], "said and made anew", 0),
        ([CoreError("cannot use x")] * 9, "refused and left as it is", 0),
        ([CoreError("failed")] * 9, "stuck", 1),
        ([KeyError("x")], "crashed", 1),
    ],
)
def test_a_sentence_may_be_said_while_it_helps_to_try_again(said, outcome, n_wrong):
    pending = list(said)

    def take():
        if pending:
            raise pending.pop()
        return Taken(VALUES, frozenset())

    found, wrong = follow(take, VALUES)
    assert (found, len(wrong)) == (outcome, n_wrong)


def test_a_wrong_value_is_misread():
    taken = Taken({**VALUES, "picture a": b"x"}, frozenset())
    assert follow(lambda: taken, VALUES) == ("misread", ["picture a is another"])


@pytest.fixture
def disk(tmp_path):
    try:
        with full_disk.small_disk(tmp_path / "disk", 400_000) as small:
            yield small
    except RuntimeError as error:
        pytest.skip(str(error))


def test_on_a_disk_that_is_full_one_sentence_is_said_and_with_room_it_goes_on(disk):
    kept, array = [], {"a": np.zeros(5_000)}

    def fill(cache):
        for number in range(100):
            cache.remember_result(f"{number}", {}, array)
            kept.append(f"{number}")

    with Cache(disk) as cache:
        with pytest.raises(CoreError, match="disk is full: what was done is kept"):
            fill(cache)
        full_disk.resize(disk, "4m")
        cache.remember_result("more", {}, array)
        assert kept
        assert all(cache.result(one) for one in [*kept, "more"])


def test_the_table_says_what_was_lost_and_how_to_repeat_it():
    outcomes = [
        Outcome("review", "killed", 3, (), "1 within"),
        Outcome("disk", "full", 2, ("x is gone", "y", "z", "u", "v")),
    ]
    command = "`python tools/torture.py --only {} --tries 3 --seed 7`"
    assert tabulate(outcomes, tries=3, seed=7).splitlines()[2:] == [
        f"| killed | 3 | nothing | 1 within | {command.format('review')} |",
        f"| full | 2 | x is gone; y; z; and 2 more |  | {command.format('disk')} |",
    ]
