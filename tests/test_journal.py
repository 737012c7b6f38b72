"""The journal of a study: undone to the first, several people at once, whoever is killed."""

import os
import signal
import subprocess
import sys
import threading
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from journals import exclude, group, image, images, keep, move, tag

from core.errors import CoreError
from core.journal.decisions import Handmade, Kind
from core.journal.journal import Journal, Overtaken
from core.journal.journal_state import replay

TESTS = Path(__file__).parent
ROOT = TESTS.parent
ZERO, ONE = group([0, 1, 0, 1], cluster=0), group([0, 1, 0, 1], cluster=1)
NEW = Handmade("new-1")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "decisions.sqlite"


def opened(path, source="photos", names="abcd"):
    return Journal(path, source, images(*names))


def target_of(journal, name):
    return journal.state.placements[image(name)].decision.target


# What is decided, and taken back.


def test_decisions_survive_a_restart(path):
    opened(path).append([move("a", ONE, ZERO)], author="ada")
    assert target_of(opened(path), "a") == ONE


def test_nothing_decided_is_nothing_written(path):
    assert opened(path).append([]) == ()
    assert not path.exists()


def test_undone_to_the_first_and_done_again_in_the_file(path):
    journal = opened(path)
    for one in ([move("a", ONE)], [tag("a", "x"), tag("b", "x")], [exclude("c")]):
        journal.append(one, author="ada")
    full = journal.state
    for left in (2, 1, 0):
        journal.undo(author="ada")
        assert len(journal.state.undoable.get("ada", ())) == left
    empty = journal.state
    assert (empty.placements, empty.exclusions, empty.tags) == ({}, {}, {})
    with pytest.raises(CoreError, match="nothing is left to undo of what ada decided"):
        journal.undo(author="ada")
    for _ in range(3):
        journal.redo(author="ada")
    with pytest.raises(CoreError, match="nothing is left to redo"):
        journal.redo(author="ada")
    assert journal.state == full == opened(path).state
    kinds = [row.decision.kind for row in journal.rows]
    assert kinds[4:] == [Kind.UNDO] * 3 + [Kind.REDO] * 3  # rows are only added


def test_ones_own_decisions_are_undone_back_to_one_of_them(path):
    journal = opened(path)
    journal.append([move("a", ONE)], author="ada")
    before = journal.state
    second = journal.append([move("a", ZERO), move("b", ZERO)], author="ada")[0].action
    journal.append([exclude("b")], author="bob")
    third = journal.append([tag("a", "x")], author="ada")[0].action
    added = journal.undo_back_to(second, author="ada", seen=journal.state.seq)
    assert [row.decision.undoes for row in added] == [third, second]
    assert len({row.action for row in added}) == 2
    assert journal.state.placements == before.placements
    assert list(journal.state.exclusions) == [image("b")]  # bob's
    assert len(journal.rows) == 7
    journal.redo(author="ada")
    assert target_of(journal, "b") == ZERO
    assert journal.state.tags == {}
    journal.redo(author="ada")
    assert journal.state.tags_of(image("a")) == ("x",)


def test_all_goes_back_or_nothing(path):
    journal = opened(path)
    first = journal.append([move("a", ONE)], author="ada")[0].action
    journal.append([move("b", ONE)], author="ada")
    seen = journal.state.seq
    journal.append([keep("a", ZERO)], author="bob")
    with pytest.raises(Overtaken, match="by bob"):
        journal.undo_back_to(first, author="ada", seen=seen)
    assert len(journal.rows) == 3
    for author, action in [("bob", first), ("ada", "a0")]:
        with pytest.raises(CoreError, match=f"{author} cannot undo this"):
            journal.undo_back_to(action, author=author)
    journal.undo_back_to(first, author="ada")
    with pytest.raises(CoreError, match="cannot undo this"):
        journal.undo_back_to(first, author="ada")


def test_an_author_undoes_nothing_of_another(path):
    journal = opened(path)
    journal.append([move("a", ONE)], author="ada")
    with pytest.raises(CoreError, match="nothing is left to undo of what bob decided"):
        journal.undo(author="bob")
    with pytest.raises(CoreError, match="nothing is left to undo of what you decided"):
        journal.undo()
    assert journal.undo(author=" ada\n").decision.undoes == journal.rows[0].action


# Several people at once.


def test_what_others_decide_is_seen_at_once(path):
    ada, bob = opened(path), opened(path)
    assert bob.state.seq == 0
    ada.append([move("a", ONE)], author="ada")
    assert target_of(bob, "a") == ONE
    bob.append([move("a", ZERO)], author="bob", seen=bob.state.seq)
    assert target_of(ada, "a") == ZERO


def test_nobody_overwrites_what_they_have_not_seen(path):
    ada, bob = opened(path), opened(path)
    seen = bob.state.seq
    (row,) = ada.append([move("a", ONE)], author="ada", seen=seen)
    with pytest.raises(
        Overtaken, match=r"moved to cluster 1 of k = 2 by ada at .* Look again"
    ) as no:
        bob.append([move("b", ONE), keep("a", ZERO)], author="bob", seen=seen)
    assert no.value.rows == (row,)
    assert [one.author for one in bob.rows] == ["ada"]  # nor is the other one kept: all or none
    bob.append([move("b", ONE)], author="bob", seen=seen)  # about this one nobody has spoken
    bob.append([keep("a", ZERO)], author="bob", seen=bob.state.seq)
    assert target_of(ada, "a") == ZERO


def test_tags_and_places_do_not_overtake_each_other(path):
    journal = opened(path)
    journal.append([move("a", ONE), tag("a", "x")], author="ada", seen=0)
    journal.append([tag("a", "y")], author="bob", seen=0)
    with pytest.raises(Overtaken, match="tagged 'x'"):
        journal.append([tag("a", "x")], author="bob", seen=0)
    with pytest.raises(Overtaken):
        journal.append([exclude("a")], author="bob", seen=1 - 1)


def test_an_undo_of_another_overtakes_as_well(path):
    journal = opened(path)
    journal.append([move("a", ONE)], author="ada")
    seen = journal.state.seq
    journal.undo(author="ada", seen=seen)
    with pytest.raises(Overtaken, match="undone by ada"):
        journal.append([move("a", ZERO)], author="bob", seen=seen)
    with pytest.raises(Overtaken):
        journal.redo(author="ada", seen=seen)  # in another window
    journal.redo(author="ada", seen=journal.state.seq)


def test_an_undo_is_refused_where_another_has_decided_since(path):
    journal = opened(path)
    journal.append([move("a", ONE)], author="ada")
    seen = journal.state.seq
    journal.append([keep("a", ZERO)], author="bob", seen=seen)
    with pytest.raises(Overtaken):
        journal.undo(author="ada", seen=seen)
    journal.undo(author="ada", seen=journal.state.seq)
    assert target_of(journal, "a") == ZERO


def test_threads_share_a_journal_and_nothing_is_lost(path):
    journal, together = opened(path), threading.Barrier(4)

    def decide(author):
        together.wait()
        for n in range(5):
            journal.append([tag("a", f"{author}{n}")], author=author)

    threads = [threading.Thread(target=decide, args=[author]) for author in "wxyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.seq for row in journal.rows] == list(range(1, 21))
    assert set(journal.state.tags_of(image("a"))) == {f"{a}{n}" for a in "wxyz" for n in range(5)}


CONTEST = """
import sys
from pathlib import Path
from journals import images, move, exclude, group
from core.journal.journal import Journal, Overtaken

path, author = Path(sys.argv[1]), sys.argv[2]
journal, cluster = Journal(path, "photos", images(*"abcd")), group([0, 1, 0, 1], cluster=0)
print("ready", flush=True)
sys.stdin.readline()
for n in range(20):
    row, = journal.append([exclude(f"{author}{n}")], author=author, seen=journal.state.seq)
    print("kept", row.seq, flush=True)
    try:
        row, = journal.append([move(f"contested {n}", cluster)], author=author, seen=0)
        print("won", n, row.seq, flush=True)
    except Overtaken as no:
        print("lost", n, no.rows[0].seq, flush=True)
"""


def start(script, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{TESTS}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_processes_write_at_once_and_each_contested_image_is_decided_once(path):
    writers = {author: start(CONTEST, path, author) for author in ("ada", "bob")}
    for writer in writers.values():
        assert writer.stdout.readline() == "ready\n"
    for writer in writers.values():
        writer.stdin.write("go\n")
        writer.stdin.flush()
    told = {
        author: [line.split() for line in writer.communicate()[0].splitlines()]
        for author, writer in writers.items()
    }
    assert [writer.returncode for writer in writers.values()] == [0, 0]
    rows = opened(path).rows
    assert [row.seq for row in rows] == list(range(1, 61))
    by_seq = {row.seq: row for row in rows}
    for author, lines in told.items():
        kept = [int(line[1]) for line in lines if line[0] == "kept"]
        won = {int(line[1]): int(line[2]) for line in lines if line[0] == "won"}
        lost = {int(line[1]): int(line[2]) for line in lines if line[0] == "lost"}
        assert len(kept) == 20
        assert all(by_seq[seq].author == author for seq in [*kept, *won.values()])
        assert all(by_seq[seq].author != author for seq in lost.values())  # told what it was
        assert sorted([*won, *lost]) == list(range(20))
    winners = [row for row in rows if row.decision.kind is Kind.MOVE]
    assert sorted(row.decision.image for row in winners) == sorted(
        images(*(f"contested {n}" for n in range(20)))
    )


# Whoever is killed.

KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from journals import images, move, tag, group
from core.journal.journal import Journal

folder, cluster = Path(sys.argv[1]), group([0, 1, 0, 1], cluster=0)

def decide(path, at):
    "Decide three times; die before the statement of this number is run."
    count = [0]
    def step(_):
        count[0] += 1
        if count[0] == at:
            os.kill(os.getpid(), signal.SIGKILL)
    connect = sqlite3.connect
    def traced(*given, **named):
        db = connect(*given, **named)
        db.set_trace_callback(step)
        return db
    sqlite3.connect = traced
    journal = Journal(path, "photos", images(*"abcd"))
    acknowledged = os.open(path.with_suffix(".told"), os.O_CREAT | os.O_WRONLY)
    for n in range(3):
        journal.append([move("a", cluster), tag("a", f"tag {n}")], author="ada")
        os.write(acknowledged, b"x")
    journal.undo(author="ada")
    os.write(acknowledged, b"x")

at = 0
while True:
    at += 1
    child = os.fork()
    if child == 0:
        decide(folder / f"{at}.sqlite", at)
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
print(at)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no SIGKILL")
def test_whoever_is_killed_between_any_two_statements_loses_nothing_acknowledged(tmp_path):
    found, _ = start(KILLED, tmp_path).communicate()
    n_deaths = int(found) - 1
    assert n_deaths > 40
    written = [[Kind.MOVE, Kind.TAG]] * 3 + [[Kind.UNDO]]
    for at in range(1, n_deaths + 1):
        told = len((tmp_path / f"{at}.told").read_bytes())
        journal = opened(tmp_path / f"{at}.sqlite")
        kinds = [row.decision.kind for row in journal.rows]
        # All that was acknowledged, each whole; besides at most the one in work, whole as well.
        assert kinds in [list(chain(*written[:n])) for n in (told, told + 1)]
        journal.append([tag("b", "after")])  # and it can be written again
        assert journal.state.tags_of(image("b")) == ("after",)


ENDLESS = """
import sys
from pathlib import Path
from journals import images, tag
from core.journal.journal import Journal

journal, n = Journal(Path(sys.argv[1]), "photos", images(*"abcd")), 0
while True:
    n += 1
    journal.append([tag("a", f"{n} {part}") for part in range(3)], author="ada")
    print(n, flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
@pytest.mark.parametrize("after", [1, 7, 20])
def test_kill_nine_at_any_moment_loses_nothing_acknowledged(path, after):
    writer = start(ENDLESS, path)
    last = 0
    for line in writer.stdout:
        last = int(line)
        if last == after:
            writer.kill()
    writer.wait()
    writer.stdin.close()
    writer.stdout.close()
    texts = [row.decision.text for row in opened(path).rows]
    written = len(texts) // 3
    assert written in (last, last + 1)
    assert texts == [f"{n} {part}" for n in range(1, written + 1) for part in range(3)]


# Which study a decision belongs to.


def test_decisions_follow_images_that_were_moved_and_renamed(path, tmp_path):
    opened(path, str(tmp_path / "photos")).append([move("a", ONE)])
    assert target_of(opened(path, str(tmp_path / "elsewhere")), "a") == ONE


def test_decisions_stay_with_a_place_to_which_images_are_added(path):
    opened(path).append([move("a", ONE)])
    assert target_of(opened(path, names="abcdefghijklm"), "a") == ONE


def test_other_images_in_another_place_are_another_study(path):
    opened(path).append([move("a", ONE)])
    other = opened(path, "other", "awxyz")
    assert other.rows == ()
    other.append([move("a", ZERO)])
    assert target_of(opened(path), "a") == ONE
    assert target_of(opened(path, "other", "awxyz"), "a") == ZERO


def test_numbers_of_another_study_overtake_nothing(path):
    opened(path).append([move("a", ONE)])
    opened(path, "other", "awxyz").append([move("a", ZERO)], seen=0)


def test_a_study_that_grew_and_was_then_moved_is_known_as_it_was_last(path):
    opened(path, names="ab").append([tag("a", "x")])
    opened(path, names="abcdefgh").append([tag("b", "x")])
    assert len(opened(path, "elsewhere", "abcdefgh").rows) == 2


# Journals of others.


def test_a_journal_that_is_replayed_gives_the_same_state(path, tmp_path):
    first = opened(path)
    first.append([move("a", ONE), move("b", NEW)], author="ada")
    first.append([tag("a", "x")], author="bob")
    first.undo(author="ada")
    first.append([exclude("c")], author="ada")
    second = opened(tmp_path / "second.sqlite")
    made = second.adopt(first.rows)
    assert (len(made.added), made.known, made.refused) == (5, 0, ())
    assert second.state == first.state
    again = second.adopt(first.rows)
    assert (again.added, again.known) == ((), 5)
    assert second.undo(author="ada").decision.undoes == first.rows[4].action
    assert second.adopt([]).added == ()


def test_what_was_decided_here_is_not_overwritten_by_another_journal(path, tmp_path):
    here, there = opened(path), opened(tmp_path / "there.sqlite")
    (own,) = here.append([move("a", ONE)], author="ada")
    theirs = there.append([move("a", ZERO), move("b", ZERO)], author="bob")
    made = here.adopt(there.rows)
    assert made.added == (theirs[1],)
    assert made.refused == ((theirs[0], own),)
    assert target_of(here, "a") == ONE


STEPS = st.one_of(
    st.builds(move, st.sampled_from("ab"), st.sampled_from([ZERO, ONE, NEW])),
    st.builds(exclude, st.sampled_from("ab")),
    st.builds(tag, st.sampled_from("ab"), st.sampled_from("xy")),
    st.sampled_from(["undo", "redo"]),
)


@settings(deadline=None, max_examples=25)
@given(steps=st.lists(st.tuples(st.sampled_from(["ada", "bob"]), STEPS), max_size=12))
def test_any_journal_is_the_same_again_when_it_is_replayed(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("replayed")
    first, second = (opened(folder / f"{n}.sqlite") for n in (1, 2))
    for author, step in steps:
        try:
            if isinstance(step, str):
                getattr(first, step)(author=author, seen=first.state.seq)
            else:
                first.append([step], author=author, seen=first.state.seq)
        except CoreError:  # nothing left to undo
            assert isinstance(step, str)
    second.adopt(first.rows)
    assert second.state == first.state == replay(first.rows)
    assert [row.decision for row in second.rows] == [row.decision for row in first.rows]
