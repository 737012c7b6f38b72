"""What holds after the rows of a journal: the last word, undone to the first, and done again."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from journals import exclude, group, image, keep, move, number, tag

from core.journal.decisions import RETURNS, Decision, Handmade, Kind, Row
from core.journal.journal_state import JournalState, find_undone, replay

ZERO, ONE = group([0, 1, 0, 1], cluster=0), group([0, 1, 0, 1], cluster=1)
NEW, NEWER = Handmade("new-1"), Handmade("new-2")


def undo(action):
    return Decision(Kind.UNDO, undoes=action)


def redo(action):
    return Decision(Kind.REDO, undoes=action)


def include(name):
    return Decision(Kind.INCLUDE, image(name))


def untag(name, text):
    return Decision(Kind.UNTAG, image(name), text=text)


def named(cluster, text):
    return Decision(Kind.NAME_CLUSTER, target=cluster, text=text)


def targets(state):
    return {one: row.decision.target for one, row in state.placements.items()}


def test_without_rows_nothing_holds():
    assert replay([]) == JournalState()
    assert (replay([]).seq, replay([]).decided) == (0, frozenset())


def test_the_last_word_on_an_image_holds():
    state = replay(number([move("a", ZERO), keep("b", ONE), move("a", NEW), move("b", ZERO)]))
    assert targets(state) == {image("a"): NEW, image("b"): ZERO}
    assert state.placements[image("a")].seq == 3
    assert state.seq == 4
    assert state.decided == {image("a"), image("b")}


def test_who_is_excluded_keeps_the_place_for_later():
    rows = number([move("a", ONE), exclude("a"), exclude("b")])
    state = replay(rows)
    assert set(state.exclusions) == {image("a"), image("b")}
    assert targets(state) == {image("a"): ONE}
    state = replay(number([move("a", ONE), exclude("a"), include("a")]))
    assert state.exclusions == {}
    assert targets(state) == {image("a"): ONE}


def test_who_is_moved_or_confirmed_is_included_again():
    assert replay(number([exclude("a"), move("a", ONE)])).exclusions == {}
    assert replay(number([exclude("a"), keep("a", ONE)])).exclusions == {}


def test_tags_gather_in_their_order():
    rows = number([tag("a", "x"), tag("a", "y"), tag("a", "x"), tag("b", "x"), untag("b", "x")])
    state = replay(rows)
    assert state.tags_of(image("a")) == ("x", "y")
    assert state.tags_of(image("b")) == state.tags_of(image("c")) == ()
    assert set(state.tags) == {image("a")}
    assert state.tags[image("a")]["x"].seq == 1


def test_what_was_said_of_clusters_stays_in_its_order():
    said = [named(ZERO, "a"), Decision(Kind.TAG_CLUSTER, target=ONE, text="t"), named(ZERO, "b")]
    state = replay(number([*said, undo("a1")]))
    assert [row.decision for row in state.clusters] == said[1:]


def test_clusters_made_by_hand_keep_their_order_when_the_first_is_undone():
    rows = [move("a", NEW), move("b", NEWER), move("c", NEW), named(NEW, "x")]
    assert replay(number(rows)).handmade == (NEW, NEWER)
    state = replay(number([*rows, undo("a4"), undo("a3"), undo("a2"), undo("a1")]))
    assert state.handmade == (NEW, NEWER)


def test_everything_can_be_undone_to_the_first_and_done_again():
    decided = [move("a", ZERO), tag("a", "x"), exclude("b"), named(ZERO, "n"), move("a", ONE)]
    states = [replay(number(decided[:length])) for length in range(6)]
    back = [undo(f"a{one}") for one in (5, 4, 3, 2, 1)]
    for done in range(6):
        state = replay(number([*decided, *back[:done]]))
        assert holding(state) == holding(states[5 - done])
        assert state.undoable.get("ada", ()) == tuple(f"a{one}" for one in range(1, 6 - done))
    forth = [redo(f"a{one}") for one in (1, 2, 3, 4, 5)]
    for done in range(6):
        state = replay(number([*decided, *back, *forth[:done]]))
        assert holding(state) == holding(states[done])
    assert state.redoable == {}


def test_what_comes_after_a_new_decision_cannot_be_done_again():
    rows = number([move("a", ZERO), undo("a1"), move("b", ONE)])
    state = replay(rows)
    assert (state.redoable, state.undoable) == ({}, {"ada": ("a3",)})
    assert holding(replay([*rows, *number([redo("a1")])])) == holding(state)


def test_each_undoes_their_own_and_what_others_decided_since_stays():
    ada = number([move("a", ZERO)])
    bob = [replace(one, seq=2, action="b1") for one in number([move("a", ONE)], author="bob")]
    state = replay([*ada, *bob])
    assert state.undoable == {"ada": ("a1",), "bob": ("b1",)}
    back = replay([*ada, *bob, *number([undo("a1")])])
    assert targets(back) == {image("a"): ONE}
    assert back.redoable == {"ada": ("a1",)}
    again = replay([*ada, *bob, *number([undo("a1"), redo("a1")])])
    assert targets(again) == {image("a"): ONE}  # it stands where it stood: before the other
    other = replay([*ada, *bob, *number([undo("b1")], author="bob")])
    assert targets(other) == {image("a"): ZERO}


def test_what_was_decided_in_one_go_is_undone_in_one_go():
    rows = [
        replace(row, action="bulk", part=part)
        for part, row in enumerate(number([move("a", ZERO), move("b", ZERO), move("c", ONE)]))
    ]
    assert replay(rows).undoable == {"ada": ("bulk",)}
    assert replay([*rows, *number([undo("bulk")])]).placements == {}


def test_an_undo_of_nothing_or_of_what_is_undone_is_nothing():
    rows = number([move("a", ZERO), undo("never"), undo("a1"), undo("a1"), redo("never")])
    state = replay(rows)
    assert (state.placements, state.redoable) == ({}, {"ada": ("a1",)})
    assert find_undone(rows) == {"a1"}


def test_states_are_equal_whatever_the_numbers_of_their_rows():
    rows = number([move("a", ZERO), tag("b", "x"), named(ONE, "n"), exclude("c")])
    later = [row.numbered(row.seq + 100) for row in rows]
    assert replay(later) == replay(rows)
    assert replay(later).seq == 104
    assert replay(rows[:3]) != replay(rows)


def holding(state):
    """What holds, without what could be undone."""
    return (
        {one: row.decision for one, row in state.placements.items()},
        {one: row.decision for one, row in state.exclusions.items()},
        {one: tuple(own) for one, own in state.tags.items()},
        [row.decision for row in state.clusters],
    )


NAMES, CLUSTERS, TEXTS = st.sampled_from("abc"), st.sampled_from([ZERO, ONE, NEW]), st.just("t")
STEPS = st.one_of(
    st.builds(move, NAMES, CLUSTERS),
    st.builds(keep, NAMES, CLUSTERS),
    st.builds(exclude, NAMES),
    st.builds(include, NAMES),
    st.builds(tag, NAMES, TEXTS),
    st.builds(untag, NAMES, TEXTS),
    st.builds(named, CLUSTERS, TEXTS),
    st.sampled_from(["undo", "redo"]),
)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(["ada", "bob"]), STEPS), max_size=40))
def test_what_holds_is_what_was_decided_without_what_is_undone(steps):
    rows, stacks = [], {"ada": ([], []), "bob": ([], [])}
    for seq, (author, step) in enumerate(steps, 1):
        done, undone = stacks[author]
        if step in ("undo", "redo"):
            origin, target = (done, undone) if step == "undo" else (undone, done)
            if not origin:
                continue
            target.append(origin.pop())
            decision = {"undo": undo, "redo": redo}[step](target[-1])
        else:
            decision = step
            done.append(f"a{seq}")
            undone.clear()
        rows.append(Row(seq, f"a{seq}", 0, "now", author, decision))
    state = replay(rows)
    left = {action for done, _ in stacks.values() for action in done}
    kept = [row for row in rows if row.decision.kind not in RETURNS and row.action in left]
    assert holding(state) == holding(replay(kept))
    assert state.undoable == {one: tuple(done) for one, (done, _) in stacks.items() if done}
    assert state.redoable == {one: tuple(back) for one, (_, back) in stacks.items() if back}
