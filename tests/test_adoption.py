"""Rows of another journal: which are new, which are known, and which contradict those here."""

from dataclasses import replace

from journals import exclude, group, image, move, number, tag

from core.journal.adoption import sort_out
from core.journal.decisions import Decision, Kind

ZERO, ONE = group([0, 1, 0, 1], cluster=0), group([0, 1, 0, 1], cluster=1)


def named(prefix, decisions):
    """Rows of a journal of its own."""
    return [replace(row, action=f"{prefix}{row.seq}") for row in number(decisions)]


def undo(action):
    return Decision(Kind.UNDO, undoes=action)


def test_all_is_new_to_an_empty_journal():
    theirs = named("t", [move("a", ONE), tag("a", "x"), undo("t2")])
    made = sort_out(theirs, [])
    assert (made.added, made.known, made.refused) == (tuple(theirs), 0, ())


def test_what_is_known_is_left_alone():
    theirs = named("t", [move("a", ONE), tag("b", "x")])
    made = sort_out(theirs, theirs[:1])
    assert (made.added, made.known, made.refused) == ((theirs[1],), 1, ())


def test_of_a_row_that_comes_twice_the_first_counts():
    theirs = named("t", [move("a", ONE), tag("b", "x")])
    copies = [replace(row, author="a copy") for row in theirs]
    made = sort_out([*theirs, *copies], [])
    assert (made.added, made.known, made.refused) == (tuple(theirs), 0, ())
    assert sort_out([*theirs, *copies], theirs[:1]).known == 1
    ours = named("o", [move("a", ZERO)])
    assert sort_out([*theirs, *copies], ours).refused == ((theirs[0], ours[0]),)


def test_what_contradicts_a_decision_here_is_refused_and_all_else_taken():
    ours = named("o", [move("a", ONE), tag("b", "x"), exclude("c")])
    theirs = named("t", [move("a", ZERO), tag("b", "y"), exclude("c"), tag("b", "x")])
    made = sort_out(theirs, ours)
    assert made.added == (theirs[1],)
    assert made.refused == ((theirs[0], ours[0]), (theirs[2], ours[2]), (theirs[3], ours[1]))


def test_what_is_undone_here_stands_against_nothing():
    ours = named("o", [move("a", ONE), undo("o1")])
    theirs = named("t", [move("a", ZERO)])
    assert sort_out(theirs, ours).added == tuple(theirs)


def test_a_copy_that_went_on_is_taken_up_where_it_left():
    ours = named("t", [move("a", ONE)])
    theirs = named(
        "t", [move("a", ONE), move("a", ZERO), undo("t2"), Decision(Kind.REDO, undoes="t2")]
    )
    made = sort_out(theirs, ours)
    assert made.added == tuple(theirs[1:])


def test_what_comes_before_a_known_row_there_must_not_come_after_it_here():
    theirs = named("t", [move("a", ZERO), move("a", ONE)])
    made = sort_out(theirs, theirs[1:])
    assert (made.added, made.refused) == ((), ((theirs[0], theirs[1]),))


def test_an_undo_of_what_is_refused_or_missing_is_left_out():
    ours = named("o", [move("a", ONE)])
    theirs = named("t", [move("a", ZERO), undo("t1"), undo("never")])
    made = sort_out(theirs, ours)
    assert (made.added, len(made.refused)) == ((), 1)


def test_names_of_clusters_contradict_each_other_as_well():
    def name(text):
        return Decision(Kind.NAME_CLUSTER, target=ONE, text=text)

    made = sort_out(named("t", [name("cats")]), named("o", [name("dogs")]))
    assert [(a.decision.text, b.decision.text) for a, b in made.refused] == [("cats", "dogs")]


def test_nothing_is_changed():
    ours, theirs = named("o", [move("a", ONE)]), named("t", [tag("a", "x")])
    before = (list(ours), list(theirs))
    sort_out(theirs, ours)
    assert (ours, theirs) == before
    assert sort_out([], ours).known == 0
    assert image("a") in {row.decision.image for row in ours}


def test_it_is_said_in_words_with_the_paths_of_what_was_refused():
    ours = number([tag("a", "x")], author="bob")
    theirs = named("t", [tag("a", "x"), tag("b", "y")])
    made = sort_out(theirs, ours)
    assert made.describe() == "1 rows added, 0 known, 1 refused"
    (line,) = made.explain_refused({image("a"): "cats/a.png"})
    assert line == (
        "cats/a.png tagged 'x' by ada at 2026-01-01T00:00:00.000+00:00: "
        "here tagged 'x' by bob at 2026-01-01T00:00:00.000+00:00"
    )
    assert made.explain_refused({})[0].startswith(f"{image('a')} tagged")
