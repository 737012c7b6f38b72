"""The list of what was decided: what became of each decision, and how far one can go back."""

from dataclasses import replace

import pytest
from journals import exclude, group, image, keep, move, number, tag

from core.journal.corrections import Stale
from core.journal.decisions import Decision, Kind
from core.journal.history import count_back, describe_action, find_action, recount
from core.journal.journal_state import replay

ZERO, ONE = group([0, 1, 0, 1], cluster=0), group([0, 1, 0, 1], cluster=1)


def undo(action):
    return Decision(Kind.UNDO, undoes=action)


def redo(action):
    return Decision(Kind.REDO, undoes=action)


def told(*decisions, stale=()):
    rows = number(decisions)
    left_out = [Stale(rows[at], "gone") for at in stale]
    return recount(rows, replay(rows), left_out)


def standings(*decisions, **more):
    return [str(one.standing) for one in reversed(told(*decisions, **more))]


def test_the_newest_comes_first():
    assert [one.row.seq for one in told(tag("a", "x"), tag("b", "x"))] == [2, 1]
    assert recount([], replay([]), []) == ()


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ([move("a", ONE, ZERO), keep("a", ONE)], ["replaced later", "holds"]),
        ([move("a", ONE, ZERO), undo("a1")], ["undone", "-"]),
        ([move("a", ONE, ZERO), undo("a1"), redo("a1")], ["holds", "-", "-"]),
        ([move("a", ONE, ZERO), exclude("a")], ["holds", "holds"]),
        ([exclude("a"), keep("a", ONE)], ["replaced later", "holds"]),
        ([exclude("a"), Decision(Kind.INCLUDE, image("a"))], ["replaced later", "holds"]),
        ([tag("a", "x"), tag("a", "y"), tag("a", "x")], ["replaced later", "holds", "holds"]),
        ([move("a", ONE, ZERO), move("a", ZERO, ONE), undo("a2")], ["holds", "undone", "-"]),
    ],
)
def test_what_became_of_a_decision(decisions, expected):
    assert standings(*decisions) == expected


def test_what_does_not_apply_is_told_unless_it_is_undone():
    assert standings(move("a", ONE), tag("b", "x"), stale=[0]) == ["does not apply", "holds"]
    assert standings(move("a", ONE), undo("a1"), stale=[0]) == ["undone", "-"]


def test_words_say_what_was_decided_together_and_what_an_undo_takes_back():
    rows = number([tag("a", "x"), tag("b", "x"), undo("a1"), redo("a1"), undo("a99")])
    rows[1] = replace(rows[1], action="a1", part=1)
    words = [one.words for one in reversed(recount(rows, replay(rows), []))]
    assert words == [
        "tagged 'x', with 1 other",
        "tagged 'x', with 1 other",
        "took back: tagged 'x' and 1 other",
        "did again: tagged 'x' and 1 other",
        "took back what is not here",
    ]
    assert find_action(rows, "a1") == tuple(rows[:2])
    assert describe_action(rows[:1]) == "tagged 'x'"


def test_how_many_of_ones_own_go_on_the_way_back():
    mine = number([tag("a", "1"), tag("a", "2"), tag("a", "3"), tag("a", "4"), undo("a3")])
    others = replace(mine[1], author="bob")
    state = replay([mine[0], others, *mine[2:]])  # ada's are 1, 3 (undone) and 4
    assert [count_back(state, "ada", f"a{one}") for one in (1, 2, 3, 4)] == [2, 0, 0, 1]
    assert count_back(state, "bob", "a2") == 1
    assert count_back(state, "eve", "a1") == 0
