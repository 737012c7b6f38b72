"""What decisions teach K-Means: which links they make, and the clusters that come of it."""

import numpy as np
import pytest
from journals import exclude, group, image, images, keep, move, number

from core.clusters.constrained import Refit
from core.journal.corrections import correct
from core.journal.decisions import Handmade
from core.journal.journal_state import replay
from core.journal.lessons import teach

# Two groups on a line; image 3 is nearer to the first, image 4 is the most central of the second.
LINE = np.array([[0], [1], [2], [4.5], [10], [9], [11]], dtype=np.float32)
LABELS = np.array([0, 0, 0, 0, 1, 1, 1], dtype=np.int32)
FIRST, SECOND = group(LABELS, cluster=0, medoid=1), group(LABELS, cluster=1, medoid=4)
NEW = Handmade("new-1")


def taught(decisions, labels=LABELS, names=None, **more):
    labels = np.array(labels, dtype=np.int32)
    ids = images(*(range(len(labels)) if names is None else names))
    n_clusters = int(labels.max()) + 1
    corrected = correct(replay(number(decisions)), labels, ids, n_clusters=n_clusters)
    counts = np.ones(len(labels), dtype=np.int64)
    return teach(LINE, corrected, ids, counts=counts, **more)


def links_of(made):
    return made.links.must.tolist(), made.links.cannot.tolist()


def test_without_decisions_nothing_is_learned():
    made = taught([])
    assert links_of(made) == ([], [])
    assert made.refit.labels.tolist() == LABELS.tolist()
    assert made.unheeded == ()


def test_who_was_moved_is_tied_to_the_medoid_and_kept_from_that_of_the_other():
    made = taught([move(3, SECOND, FIRST), keep(5, SECOND)])
    assert links_of(made) == ([[3, 4], [5, 4]], [[3, 1]])
    assert made.refit.labels.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert made.unheeded == ()


def test_the_fit_is_made_anew_and_others_follow():
    """Image 3 takes the centroid along, so far that the next one goes over as well."""
    values = np.array([[0], [1], [5.2], [5.5], [10], [9], [5.9]], dtype=np.float32)
    labels = np.array([0, 0, 0, 0, 1, 1, 1], dtype=np.int32)
    state = replay(number([move(3, group(labels, cluster=1, medoid=6), None)]))
    ids = images(*range(7))
    corrected = correct(state, labels, ids, n_clusters=2)
    made = teach(values, corrected, ids, counts=np.ones(7, dtype=np.int64))
    assert corrected.labels.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert made.refit.labels.tolist() == [0, 0, 1, 1, 1, 1, 1]


def test_a_medoid_that_is_gone_or_was_moved_away_is_stood_in_for():
    central = group(LABELS, cluster=1, medoid=6)
    names = [0, 1, 2, 3, 4, 5, "another one"]
    assert links_of(taught([move(3, central)], names=names))[0] == [[3, 5]]  # mean 8.6
    # Image 5 has left: with 3, 4 and 6 in it, the mean is 8.5, and 4 is nearest.
    left = group(LABELS, cluster=1, medoid=5)
    made = taught([move(5, FIRST, left), move(3, left)])
    assert made.links.must.tolist() == [[3, 4], [5, 1]]
    excluded = taught([exclude(4), move(3, SECOND)])
    assert excluded.links.must.tolist() == [[3, 5]]  # the mean of 4.5, 9 and 11 is 8.17


def test_a_cluster_made_by_hand_is_a_cluster_of_its_own():
    made = taught([move(2, NEW, FIRST), move(3, NEW, FIRST)])
    # Both are equally central; the first of them is tied to itself.
    assert links_of(made) == ([[2, 2], [3, 2]], [[2, 1], [3, 1]])
    assert made.refit.labels.tolist() == [0, 0, 2, 2, 1, 1, 1]


def test_who_is_excluded_teaches_nothing_and_has_no_weight():
    made = taught([move(3, SECOND, FIRST), exclude(3)])
    assert links_of(made) == ([], [])
    assert made.refit.labels.tolist() == LABELS.tolist()
    assert made.refit.inertia == pytest.approx(2 + 2)  # 0, 1, 2 and 9, 10, 11


def test_what_is_one_cluster_now_cannot_be_told_apart():
    made = taught([move(3, SECOND, FIRST)], labels=[0] * 7)
    (unheeded,) = made.unheeded
    assert unheeded.row.decision.image == image(3)
    assert "are one here" in unheeded.reason
    assert made.links.cannot.tolist() == []
    assert made.refit.labels.tolist() == [0] * 7


def test_a_medoid_that_was_moved_along_keeps_nobody_apart():
    assert taught([move(1, SECOND, FIRST), move(3, SECOND, FIRST)]).unheeded == ()
    all_of_them = taught([move(one, SECOND, FIRST) for one in range(4)])
    assert all_of_them.links.cannot.tolist() == []  # nobody is left to be apart from
    assert all_of_them.refit.labels.tolist() == [1] * 7


def test_what_the_fit_could_not_follow_is_told(monkeypatch):
    """Links that follow from decisions do not contradict each other; if they did, it would show."""
    monkeypatch.setattr(
        "core.journal.lessons.refit", lambda *given, **named: Refit(LABELS, np.array([1]), 0.0, 1)
    )
    made = taught([move(2, SECOND, FIRST), move(3, SECOND, FIRST)])
    assert [one.row.decision.image for one in made.unheeded] == [image(3)]


def test_everything_excluded_is_no_error():
    made = taught([exclude(one) for one in range(7)])
    assert made.refit.labels.tolist() == LABELS.tolist()


def test_the_same_seed_gives_the_same():
    decisions = [move(3, SECOND, FIRST), move(5, NEW, SECOND), keep(0, FIRST)]
    first, second = (taught(decisions, seed=5) for _ in range(2))
    assert np.array_equal(first.refit.labels, second.refit.labels)


def test_copies_count_when_the_centre_is_found():
    ids, counts = images(*range(7)), np.array([1, 1, 1, 1, 1, 1, 50])
    state = replay(number([move(3, group(LABELS, cluster=1, medoid=0))]))  # not in it any more
    corrected = correct(state, LABELS, ids, n_clusters=2)
    assert teach(LINE, corrected, ids, counts=counts).links.must.tolist() == [[3, 6]]
