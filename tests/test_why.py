"""Why an image is in its cluster, with two features, two clusters and all of it by hand."""

import numpy as np
import pytest

from core.inside.explanation import FeaturePart, compare
from core.inside.occlusion import OcclusionParams
from core.inside.why import (
    Place,
    Vote,
    count_votes,
    explain,
    from_facts,
    heat_of_hidden,
    heat_of_maps,
    to_facts,
)
from core.network.layers import Cut
from core.reduction import Reduction

SET = Reduction(np.zeros((1, 2), dtype=np.float32))
OWN, RIVAL, MEAN = np.array([4.0, 0.0]), np.array([0.0, 2.0]), np.array([0.0, 0.0])
PLACE = Place(9, 0, 1, np.array([2, 0, 1, 3]), 1.0, 2.0)
CLUSTERS = np.array([1, 3, 3, 0], dtype=np.int32)
PAIR = compare(SET, OWN, MEAN), compare(SET, RIVAL, MEAN)


def explained(values):
    return explain(PLACE, CLUSTERS, np.array(values), *PAIR, cut=Cut("fc1"))


def test_neighbours_vote_for_their_cluster():
    assert count_votes(PLACE, CLUSTERS) == (Vote(3, 2), Vote(0, 1), Vote(1, 1))


def test_no_neighbours_do_not_vote():
    alone = Place(0, 0, 1, np.array([], dtype=np.int64), 1.0, 2.0)
    assert count_votes(alone, CLUSTERS) == ()


def test_likeness_is_by_how_much_nearer_a_centroid_is_than_the_mean():
    why = explained([3, 1])  # 10 from the mean, 2 from its own centroid, 10 from the rival's
    assert why.likeness == pytest.approx(10 - 2)
    assert why.rival_likeness == pytest.approx(10 - 10)
    assert why.margin == pytest.approx(10 - 2)
    assert why.speaks_for == (FeaturePart(0, 8.0),)  # 2 x 4 x (3 - 2) of the own centroid
    assert why.speaks_against == ()  # 2 x 2 x (1 - 1) of the rival's: the second is undecided


def test_features_speak_for_the_rival_too():
    why = explained([1, 3])  # 10 from the mean, 18 from its own centroid, 2 from the rival's
    assert why.margin == pytest.approx(2 - 18)
    assert why.speaks_for == ()
    assert why.speaks_against == (FeaturePart(0, -8.0), FeaturePart(1, -8.0))


def test_cells_of_a_channel_speak_together():
    reduction = Reduction(np.zeros((1, 8)))
    own = np.array([1.0, 1, 1, 1, 0, 0, 0, 0])
    pair = compare(reduction, own, own * 0), compare(reduction, -own, own * 0)
    why = explain(PLACE, CLUSTERS, own, *pair, cut=Cut("conv5", 2))
    assert why.speaks_for == (FeaturePart(0, 16.0),)  # 4 x (distance 2) squared


def test_the_reasons_come_back_from_where_they_are_kept():
    why = explained([3, 1])
    again = from_facts(to_facts(why))
    assert to_facts(again) == to_facts(why)
    assert np.array_equal(again.place.neighbors, PLACE.neighbors)


def test_an_exact_map_sums_to_the_likeness():
    maps = np.zeros((2, 2, 2), dtype=np.float32)
    maps[0, 0, 1], maps[1, 1, 0] = 3, 1
    heat = heat_of_maps(maps, *PAIR, grid=1, length=1.0)
    assert (heat.is_exact, heat.n_passes) == (True, 1)
    assert heat.own.sum() == pytest.approx(8)
    assert heat.rival.sum() == pytest.approx(0)
    assert heat.own.argmax() == 1
    np.testing.assert_allclose(heat.margin, heat.own - heat.rival)


def test_a_map_of_hidden_parts_tells_what_each_takes_away():
    params = OcclusionParams(2)
    values = np.array([[3, 1], [3, 1], [0, 1], [3, 0], [3, 1]])
    heat = heat_of_hidden(values, *PAIR, params)
    assert (heat.is_exact, heat.n_passes) == (False, 5)
    np.testing.assert_allclose(heat.own, [[0, 2 * 4 * 3], [0, 0]])
    np.testing.assert_allclose(heat.rival, [[0, 0], [2 * 2 * 1, 0]])
