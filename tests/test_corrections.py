"""Decisions applied to clusterings: where they hold, at other k, and where they do not and why."""

import numpy as np
import pytest
from journals import exclude, group, image, images, keep, move, number, tag

from core.journal.corrections import correct
from core.journal.decisions import Decision, Handmade, Kind
from core.journal.journal_state import JournalState, replay

# Images 0 to 9 in one cluster, 10 to 15 in another.
BEFORE = np.array([0] * 10 + [1] * 6, dtype=np.int32)
LARGE, SMALL = group(BEFORE, cluster=0), group(BEFORE, cluster=1, medoid=12)
NEW, NEWER = Handmade("new-1"), Handmade("new-2")


def corrected(decisions, labels=BEFORE, names=None, n_clusters=None):
    labels = np.array(labels, dtype=np.int32)
    ids = images(*(range(len(labels)) if names is None else names))
    state = replay(number(decisions))
    return correct(state, labels, ids, n_clusters=n_clusters or int(labels.max()) + 1)


def changed(made, labels):
    """Which images are in another cluster than before, and in which."""
    return {row: int(made.labels[row]) for row in np.flatnonzero(made.labels != labels).tolist()}


def test_without_decisions_all_is_as_it_was():
    made = correct(JournalState(), BEFORE, images(*range(16)), n_clusters=3)
    assert np.array_equal(made.labels, BEFORE)
    assert made.labels is not BEFORE
    assert (made.n_found, made.n_clusters) == (3, 3)  # of which one is empty
    assert not made.excluded.any()
    assert (made.applied, made.stale, made.tags) == ((), (), {})


def test_who_was_moved_is_where_it_was_moved_to():
    made = corrected([move(3, SMALL, LARGE), keep(11, SMALL)])
    assert changed(made, BEFORE) == {3: 1}
    assert np.flatnonzero(made.moved).tolist() == [3]
    moved, kept = made.applied
    assert (moved.image, moved.before, moved.after, moved.left) == (3, 0, 1, 0)
    assert (kept.image, kept.before, kept.after, kept.left) == (11, 1, 1, -1)
    assert made.stale == ()
    assert BEFORE.tolist() == [0] * 10 + [1] * 6


def test_clusters_made_by_hand_come_after_those_of_k_means():
    made = corrected([move(3, NEW), move(4, NEWER), move(12, NEW, SMALL)], n_clusters=5)
    assert changed(made, BEFORE) == {3: 5, 4: 6, 12: 5}
    assert made.handmade == (NEW, NEWER)
    assert made.n_clusters == 7


def test_who_was_moved_back_is_where_it_was():
    made = corrected([move(3, SMALL, LARGE), move(3, LARGE, SMALL)])
    assert changed(made, BEFORE) == {}


def test_who_is_excluded_keeps_a_label_and_is_marked():
    made = corrected([exclude(3), exclude(12), Decision(Kind.INCLUDE, image(12))])
    assert np.flatnonzero(made.excluded).tolist() == [3]
    assert np.array_equal(made.labels, BEFORE)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        pytest.param([0] * 10 + [1] * 4 + [2] * 2, {3: 1}, id="split: to the larger part"),
        pytest.param([0] * 10 + [2] * 4 + [1] * 2, {3: 2}, id="split: whatever its number"),
        pytest.param([0] * 10 + [1, 1, 2, 2, 3, 3], {3: 2}, id="split in three: to the medoid's"),
        pytest.param([0] * 3 + [2] + [0] * 6 + [1] * 4 + [2] * 2, {}, id="it is in a part already"),
        pytest.param([0] * 16, {}, id="merged: they are together"),
        pytest.param([1] * 10 + [0] * 6, {3: 0}, id="other numbers"),
        pytest.param([0] * 8 + [1, 1] + [1] * 5 + [0], {3: 1}, id="a few were reshuffled"),
        pytest.param([0] * 10 + [4] * 6, {3: 4}, id="empty clusters between them"),
    ],
)
def test_a_move_is_carried_to_another_clustering(labels, expected):
    made = corrected([move(3, SMALL, LARGE)], labels)
    assert changed(made, np.array(labels)) == expected
    assert made.stale == ()
    assert [one.image for one in made.applied] == [3]


def test_who_was_confirmed_goes_with_a_part_and_not_to_strangers():
    split = [0] * 6 + [2] * 4 + [1] * 6
    assert changed(corrected([keep(8, LARGE)], split), np.array(split)) == {}
    reshuffled = [0] * 8 + [1, 0] + [1] * 6  # 8 went to the others
    assert changed(corrected([keep(8, LARGE)], reshuffled), np.array(reshuffled)) == {8: 0}


def test_a_cluster_that_is_gone_is_told_with_where_its_images_are():
    scattered = [0] * 10 + [0, 1, 2, 0, 1, 2]
    scattered[:10] = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
    made = corrected([move(3, SMALL, LARGE)], scattered)
    assert changed(made, np.array(scattered)) == {}
    (stale,) = made.stale
    assert stale.row.decision.image == image(3)
    assert stale.reason == (
        "cluster 1 of k = 2 cannot be found: its images are now in "
        "cluster 0 (33%), cluster 1 (33%), cluster 2 (33%)"
    )


def test_a_move_holds_where_only_the_cluster_that_was_left_is_gone():
    labels = [0, 0, 0, 3, 2, 2, 2, 3, 3, 3] + [1] * 6
    stranger = group([0, 1, 1], names=["x", "y", "z"], cluster=0)
    made = corrected([move(3, SMALL, stranger)], labels)
    assert changed(made, np.array(labels)) == {3: 1}
    assert made.applied[0].left == -1


def test_images_that_are_not_here_are_listed_and_not_dropped():
    made = corrected([move("gone", SMALL), exclude("away"), tag("lost", "x"), keep(3, LARGE)])
    listed = [one.row.decision.image for one in made.stale]
    assert listed == list(images("gone", "away", "lost"))
    assert {one.reason for one in made.stale} == {"the image is not here any more"}
    assert [one.image for one in made.applied] == [3]


def test_images_that_were_added_are_no_hindrance():
    names = ["x", *range(16), "y"]
    labels = [0] * 11 + [1] * 6 + [0]
    made = corrected([move(3, SMALL, LARGE)], labels, names)
    assert changed(made, np.array(labels)) == {4: 1}


def test_tags_of_clusters_go_with_their_clusters():
    def tags(*said, labels=BEFORE):
        return corrected([Decision(*one) for one in said], labels).tags

    def said(kind, cluster, text):
        return (kind, None, None, cluster, text)

    cats, sharp = (said(Kind.TAG_CLUSTER, SMALL, text) for text in ("cats", "sharp"))
    assert tags(sharp, cats) == {1: ("sharp", "cats")}
    assert tags(cats, labels=[1] * 10 + [0] * 6) == {0: ("cats",)}
    assert tags(cats, sharp, said(Kind.UNTAG_CLUSTER, SMALL, "cats")) == {1: ("sharp",)}
    later = group([0] * 10 + [1] * 5 + [2], cluster=1)  # the same cluster at another k
    assert tags(cats, said(Kind.UNTAG_CLUSTER, later, "cats")) == {}
    assert tags(cats, labels=[0] * 16) == {}  # swallowed by the larger one


def test_names_and_tags_without_their_cluster_are_listed():
    named = Decision(Kind.NAME_CLUSTER, target=SMALL, text="cats")
    assert corrected([named]).stale == ()
    (stale,) = corrected([named], [0] * 16).stale
    assert (
        stale.reason == "cluster 1 of k = 2 cannot be found: its images are now in cluster 0 (100%)"
    )
    nothing = Decision(Kind.NAME_CLUSTER, target=NEW, text="x")
    (stale,) = corrected([nothing]).stale
    assert stale.reason == "the new cluster 1 cannot be found: no image was moved into it"


def test_what_is_undone_does_not_apply():
    undo = Decision(Kind.UNDO, undoes="a1")
    made = corrected([move(3, NEW), undo])
    assert changed(made, BEFORE) == {}
    assert made.n_clusters == 3  # the number stays taken


def test_no_images_at_all():
    empty = np.empty(0, dtype=np.int32)
    made = correct(replay(number([move(3, SMALL)])), empty, (), n_clusters=0)
    assert (len(made.labels), len(made.stale)) == (0, 1)
