"""Crossings by counting every pair of ribbons; orders against all there are, on small drawings."""

import itertools

import numpy as np
import pytest

from core.compare.crossings import count_crossings, order_columns


def draw(seed, sizes):
    """Random tables between columns of these sizes; every node has a ribbon."""
    generator = np.random.default_rng(seed)
    tables = []
    for shape in itertools.pairwise(sizes):
        table = generator.integers(1, 20, shape) * (generator.random(shape) < 0.5)
        table[np.arange(max(shape)) % shape[0], np.arange(max(shape)) % shape[1]] += 1
        tables.append(table)
    return tables


def by_number(tables):
    return [np.arange(len(tables[0])), *(np.arange(table.shape[1]) for table in tables)]


def count_pairs(tables, orders):
    """Each pair of ribbons on its own: do their ends stand in opposite order?"""
    total = 0
    for step, table in enumerate(tables):
        left, right = np.argsort(orders[step]), np.argsort(orders[step + 1])
        for one, other in itertools.combinations(np.argwhere(table).tolist(), 2):
            above = (left[one[0]] - left[other[0]]) * (right[one[1]] - right[other[1]])
            total += int(table[tuple(one)] * table[tuple(other)]) if above < 0 else 0
    return total


def fewest(tables):
    """Over every order of every column; only neighbours meet, so column by column."""
    totals = dict.fromkeys(itertools.permutations(range(len(tables[0]))), 0)
    for table in tables:
        orders = itertools.permutations(range(table.shape[1]))
        totals = {
            order: min(
                sofar + count_pairs([table], [last, order]) for last, sofar in totals.items()
            )
            for order in orders
        }
    return min(totals.values())


def test_two_ribbons_that_cross_count_as_their_product():
    table = np.array([[0, 3], [5, 0]])
    assert count_crossings([table], by_number([table])) == 15
    assert count_crossings([table], [np.array([1, 0]), np.array([0, 1])]) == 0


def test_ribbons_that_share_an_end_do_not_cross():
    assert count_crossings([np.array([[3, 4]])], [np.array([0]), np.array([1, 0])]) == 0


@pytest.mark.parametrize("seed", range(5))
def test_crossings_are_those_of_all_pairs(seed):
    tables = draw(seed, (4, 5, 3))
    generator = np.random.default_rng(seed)
    orders = [generator.permutation(size) for size in (4, 5, 3)]
    assert count_crossings(tables, orders) == count_pairs(tables, orders)


def test_huge_counts_are_exact():
    table = np.array([[0, 30_000_001], [30_000_001, 0]])
    assert count_crossings([table], by_number([table])) == 30_000_001**2


def test_a_hierarchy_is_drawn_without_a_crossing():
    # 0 splits into 0 and 1; then 0 into 0 and 2, 1 into 1 and 3; then 3 into 3 and 4.
    tables = [
        np.array([[6, 4]]),
        np.array([[3, 0, 3, 0], [0, 2, 0, 2]]),
        np.array([[3, 0, 0, 0, 0], [0, 2, 0, 0, 0], [0, 0, 3, 0, 0], [0, 0, 0, 1, 1]]),
    ]
    orders = order_columns(tables)
    assert count_crossings(tables, by_number(tables)) > 0
    assert count_crossings(tables, orders) == 0
    assert [order.tolist() for order in orders][2] == [0, 2, 1, 3]


@pytest.mark.parametrize("backwards", [False, True])
def test_permuted_columns_are_untangled(backwards):
    tables = [np.eye(6, dtype=int)[[3, 0, 5, 1, 4, 2]], np.eye(6, dtype=int)[[1, 2, 0, 5, 3, 4]]]
    tables = [table.T for table in tables[::-1]] if backwards else tables
    assert count_crossings(tables, order_columns(tables)) == 0


def test_what_needs_no_change_stays_in_the_order_of_the_numbers():
    tables = [np.array([[3, 0], [0, 3]]), np.array([[3, 0, 0], [0, 2, 1]])]
    assert [order.tolist() for order in order_columns(tables)] == [[0, 1], [0, 1], [0, 1, 2]]


@pytest.mark.parametrize("seed", range(40))
def test_near_the_fewest_crossings_and_never_more_than_by_number(seed):
    generator = np.random.default_rng(100 + seed)
    tables = draw(seed, tuple(generator.integers(1, 5, generator.integers(2, 5))))
    orders = order_columns(tables)
    found = count_crossings(tables, orders)
    assert [sorted(order.tolist()) for order in orders] == [
        list(range(len(order))) for order in by_number(tables)
    ]
    assert found == count_pairs(tables, orders)
    assert fewest(tables) <= found <= count_pairs(tables, by_number(tables))


def test_small_drawings_are_within_a_few_percent_of_the_fewest_crossings():
    drawings = [draw(seed, (3, 4, 4)) for seed in range(30)]
    found = sum(count_crossings(one, order_columns(one)) for one in drawings)
    assert found <= 1.05 * sum(fewest(one) for one in drawings)


def test_swaps_alone_are_tried_as_well():
    tables = draw(6, (4, 4, 4))  # every sweep leads away from the best order of this one
    assert count_crossings(tables, order_columns(tables)) == fewest(tables)


@pytest.mark.parametrize("seed", range(3))
def test_larger_drawings_gain_much_and_are_the_same_each_time(seed):
    tables = draw(seed, (12, 15, 18, 20))
    orders = order_columns(tables)
    assert count_pairs(tables, orders) < count_pairs(tables, by_number(tables))
    assert all(map(np.array_equal, orders, order_columns(tables)))


def test_no_neighbours_could_be_swapped_for_the_better():
    tables = draw(7, (6, 7, 8))
    orders = [order.tolist() for order in order_columns(tables)]
    found = count_pairs(tables, orders)
    for column, order in enumerate(orders):
        for place in range(len(order) - 1):
            swapped = [*order[:place], order[place + 1], order[place], *order[place + 2 :]]
            assert count_pairs(tables, [*orders[:column], swapped, *orders[column + 1 :]]) >= found


def test_one_node_everywhere_and_columns_without_nodes():
    assert [order.tolist() for order in order_columns([np.array([[7]])])] == [[0], [0]]
    empty = np.zeros((0, 0), dtype=np.int64)
    assert [order.tolist() for order in order_columns([empty, empty])] == [[], [], []]
