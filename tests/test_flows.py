"""Flows through three clusterings of eight images, by hand; and their sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.compare.flows import Node, Ribbon, trace_flows


def as_clusters(*numbers):
    return np.array(numbers, dtype=np.int32)


ONE = as_clusters(0, 0, 0, 0, 0, 0, 0, 0)
TWO = as_clusters(0, 0, 0, 0, 0, 1, 1, 1)
THREE = as_clusters(0, 0, 2, 2, 2, 1, 1, 2)


def test_nodes_and_ribbons():
    flows = trace_flows([ONE, TWO, THREE])
    assert flows.columns == (
        (Node(0, 0, 8),),
        (Node(1, 0, 5), Node(1, 1, 3)),
        (Node(2, 0, 2), Node(2, 2, 4), Node(2, 1, 2)),
    )
    assert flows.ribbons == (
        Ribbon(0, 0, 0, 5),
        Ribbon(0, 0, 1, 3),
        Ribbon(1, 0, 0, 2),
        Ribbon(1, 0, 2, 3),
        Ribbon(1, 1, 2, 1),
        Ribbon(1, 1, 1, 2),
    )
    assert flows.crossings == 0


def test_a_ribbon_has_exactly_the_images_that_took_it():
    flows = trace_flows([ONE, TWO, THREE])
    taken = {(one.step, one.before, one.after): flows.rows(one).tolist() for one in flows.ribbons}
    assert taken == {
        (0, 0, 0): [0, 1, 2, 3, 4],
        (0, 0, 1): [5, 6, 7],
        (1, 0, 0): [0, 1],
        (1, 0, 2): [2, 3, 4],
        (1, 1, 1): [5, 6],
        (1, 1, 2): [7],
    }
    assert flows.members(Node(2, 2, 4)).tolist() == [2, 3, 4, 7]


def test_ribbons_that_must_cross_are_counted():
    flows = trace_flows([as_clusters(0, 0, 0, 1, 1), as_clusters(0, 1, 1, 0, 1)])
    # 1, 2 and 1, 1: either 2 x 1 or 1 x 1 crosses, whichever way round they stand.
    assert flows.crossings == 1


def test_copies_count_as_often_as_they_occur():
    flows = trace_flows([ONE, TWO], weights=np.array([1, 1, 1, 1, 10, 1, 1, 4]))
    assert flows.columns[1] == (Node(1, 0, 14), Node(1, 1, 6))
    assert [one.count for one in flows.ribbons] == [14, 6]
    assert flows.rows(flows.ribbons[1]).tolist() == [5, 6, 7]


def test_an_empty_cluster_has_no_node():
    flows = trace_flows([as_clusters(0, 3, 3), as_clusters(2, 2, 0)])
    numbers = [sorted(node.cluster for node in column) for column in flows.columns]
    assert numbers == [[0, 3], [0, 2]]
    assert {(one.before, one.after) for one in flows.ribbons} == {(0, 2), (3, 2), (3, 0)}


@pytest.mark.parametrize("n", [0, 1, 5])
def test_one_clustering_has_nodes_only(n):
    flows = trace_flows([np.zeros(n, dtype=np.int32)])
    assert flows.columns == (((Node(0, 0, n),) if n else ()),)
    assert (flows.ribbons, flows.crossings) == ((), 0)


def test_no_images_flow_nowhere():
    flows = trace_flows([as_clusters()] * 3)
    assert (flows.columns, flows.ribbons) == (((), (), ()), ())


def test_no_clustering_is_refused():
    with pytest.raises(ValueError, match="no clustering"):
        trace_flows([])


def test_other_images_are_refused():
    with pytest.raises(ValueError, match="8 and 2 images"):
        trace_flows([ONE, as_clusters(0, 1)])


@settings(deadline=None)
@given(arrays.arrays(np.int32, (4, 12), elements=st.integers(0, 4)), st.booleans())
def test_flows_sum_to_the_sizes_and_every_image_takes_one_ribbon_a_step(clusterings, weighted):
    weights = np.arange(1, 13) if weighted else None
    flows = trace_flows(list(clusterings), weights=weights)
    each = np.ones(12, dtype=int) if weights is None else weights
    for node in (node for column in flows.columns for node in column):
        out = [one for one in flows.ribbons if (one.step, one.before) == (node.step, node.cluster)]
        came = [o for o in flows.ribbons if (o.step + 1, o.after) == (node.step, node.cluster)]
        assert node.size == each[clusterings[node.step] == node.cluster].sum()
        assert node.step == 3 or sum(one.count for one in out) == node.size
        assert node.step == 0 or sum(one.count for one in came) == node.size
    for step in range(3):
        rows = [flows.rows(one) for one in flows.ribbons if one.step == step]
        assert sorted(np.concatenate(rows).tolist()) == list(range(12))
    assert all(one.count == each[flows.rows(one)].sum() for one in flows.ribbons)


@settings(deadline=None)
@given(arrays.arrays(np.int32, (3, 12), elements=st.integers(0, 4)))
def test_ribbons_stand_in_the_order_of_the_nodes(clusterings):
    flows = trace_flows(list(clusterings))
    places = {
        (node.step, node.cluster): place
        for column in flows.columns
        for place, node in enumerate(column)
    }
    ends = [
        (one.step, places[one.step, one.before], places[one.step + 1, one.after])
        for one in flows.ribbons
    ]
    assert ends == sorted(ends)
