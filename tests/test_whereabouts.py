"""Where the clusters of decisions are now: at another k, and those that were made by hand."""

import numpy as np
from journals import group, images, move, number

from core.journal.corrections import correct
from core.journal.decisions import Decision, Handmade, Kind
from core.journal.journal_state import replay
from core.journal.whereabouts import Whereabouts

NEW, GONE_AGAIN = Handmade("new-1"), Handmade("new-2")
IDS = images(*range(4))
NOW = np.array([1, 1, 0, 0], dtype=np.int32)


def whereabouts(*decisions):
    corrected = correct(replay(number(decisions)), NOW, IDS, n_clusters=2)
    return Whereabouts(IDS, NOW, corrected)


def test_a_cluster_is_found_under_the_number_that_its_images_have_now():
    places = whereabouts()
    assert places.find(group([0, 0, 1, 1], cluster=0)) == 1
    assert places.find(group([0, 0, 1, 1], cluster=1)) == 0
    assert places.find(group([0, 0], cluster=0, names=["x", "y"])) == -1
    assert places.find(None) == -1


def test_clusters_made_by_hand_are_found_also_when_they_are_left_again():
    undone = Decision(Kind.UNDO, undoes="a2")
    places = whereabouts(move(0, NEW), move(1, GONE_AGAIN), undone)
    assert (places.find(NEW), places.find(GONE_AGAIN)) == (2, 3)
    assert places.find(Handmade("new-9")) == -1
