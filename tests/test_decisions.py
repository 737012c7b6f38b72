"""What a decision must say, what it is about, and how it reads."""

from datetime import UTC, datetime

import pytest
from journals import exclude, group, image, keep, move, number, tag

from core.errors import CoreError
from core.journal.decisions import Decision, Handmade, Kind, make_action, make_cluster, read_clock

CLUSTER = group([0, 1, 0], cluster=0)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"kind": Kind.KEEP, "image": "a"}, "keep: name the cluster"),
        ({"kind": Kind.MOVE, "target": CLUSTER}, "move: name the image"),
        ({"kind": Kind.MOVE}, "move: name the image and the cluster"),
        ({"kind": Kind.EXCLUDE}, "exclude: name the image"),
        ({"kind": Kind.INCLUDE, "image": ""}, "include: name the image"),
        ({"kind": Kind.TAG, "image": "a", "text": " \n"}, "tag: name the text"),
        ({"kind": Kind.UNTAG, "text": "x"}, "untag: name the image"),
        ({"kind": Kind.NAME_CLUSTER, "text": "x"}, "name cluster: name the cluster"),
        ({"kind": Kind.TAG_CLUSTER, "target": CLUSTER}, "tag cluster: name the text"),
        ({"kind": Kind.UNDO}, "undo: name the decision"),
        ({"kind": Kind.REDO}, "redo: name the decision"),
    ],
)
def test_a_decision_says_what_it_is_about(given, missing):
    with pytest.raises(CoreError, match=missing):
        Decision(**given)


def test_names_and_tags_are_one_clean_line():
    assert tag("a", " two\nwords\x07 ").text == "two words"
    assert len(tag("a", "x" * 200).text) == 80


def test_an_empty_name_restores_the_default():
    assert not Decision(Kind.NAME_CLUSTER, target=CLUSTER).text


def test_decisions_about_the_same_have_one_subject():
    new = make_cluster()
    same = [keep("a", CLUSTER), move("a", new, CLUSTER), exclude("a"), move("a", CLUSTER, new)]
    assert {one.subject for one in same} == {("image", image("a"))}
    others = [
        exclude("b"),
        tag("a", "x"),
        tag("a", "y"),
        tag("b", "x"),
        Decision(Kind.NAME_CLUSTER, target=CLUSTER, text="x"),
        Decision(Kind.TAG_CLUSTER, target=CLUSTER, text="x"),
        Decision(Kind.NAME_CLUSTER, target=new, text="x"),
    ]
    assert len({exclude("a").subject, *(one.subject for one in others)}) == 8
    assert tag("a", "x").subject == Decision(Kind.UNTAG, image("a"), text="x").subject
    assert Decision(Kind.UNDO, undoes="a1").subject == ()


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (move("a", CLUSTER), "moved to cluster 0 of k = 2"),
        (move("a", Handmade("new-1234")), "moved to the new cluster 1234"),
        (keep("a", CLUSTER), "confirmed in cluster 0 of k = 2"),
        (tag("a", "odd"), "tagged 'odd'"),
        (Decision(Kind.NAME_CLUSTER, target=CLUSTER, text="x"), "cluster 0 of k = 2 named 'x'"),
        (Decision(Kind.UNDO, undoes="a1"), "undone"),
    ],
)
def test_a_row_reads_as_a_sentence(decision, words):
    (row,) = number([decision])
    assert row.describe() == f"{words} by ada at 2026-01-01T00:00:00.000+00:00"
    (row,) = number([decision], author="")
    assert row.describe() == f"{words} at 2026-01-01T00:00:00.000+00:00"


def test_every_kind_can_be_told():
    for kind in Kind:
        assert Decision(kind, "a", CLUSTER, CLUSTER, "x", "a1").describe()


def test_new_clusters_and_actions_differ():
    assert len({make_cluster() for _ in range(100)}) == 100
    assert len({make_action() for _ in range(100)}) == 100


def test_the_clock_states_utc():
    before = datetime.now(UTC)
    stated = datetime.fromisoformat(read_clock())
    assert stated.utcoffset().total_seconds() == 0
    assert abs((stated - before).total_seconds()) < 60
