"""In which order the nodes of each column are drawn, so that the ribbons between them cross least.

Barycentre sweeps through the columns in both directions (K. Sugiyama, S. Tagawa and M. Toda,
"Methods for Visual Understanding of Hierarchical System Structures", IEEE Transactions on Systems,
Man and Cybernetics 11(2), 1981), each followed by swaps of adjacent nodes, the best order kept
(E. Gansner, E. Koutsofios, S. North and K.-P. Vo, "A Technique for Drawing Directed Graphs", IEEE
Transactions on Software Engineering 19(3), 1993). Two ribbons that cross count as the product of
their widths, the area in which they cover each other (D. Zarate, P. Le Bodic, T. Dwyer, G. Gange
and P. Stuckey, "Optimal Sankey Diagrams via Integer Programming", PacificVis 2018).
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

_SWEEPS = 8
"""Through all columns, from either side; what is found comes in the first few."""

Table = NDArray[np.float64]
"""Widths of the ribbons between two columns of p and q nodes, (p, q): exact up to 2^53."""
Order = NDArray[np.int64]
"""The nodes of one column from the top down, (p,)."""


def order_columns(tables: Sequence[NDArray[np.int64]]) -> tuple[Order, ...]:
    """The order of each column's nodes, from the top down: never worse than that of their numbers.

    Args:
        tables: images that go from node i of a column to node j of the next, one table (p, q) for
            each pair of neighbouring columns, at least one. Every node has a ribbon.
    """
    widths = [table.astype(np.float64) for table in tables]
    best = _by_number(widths)
    fewest = count_crossings(widths, best)
    for orders in _candidates(widths):
        crossings = count_crossings(widths, orders)
        if crossings < fewest:
            best, fewest = orders, crossings
    return tuple(best)


def count_crossings(
    tables: Sequence[NDArray[np.int64]] | Sequence[Table], orders: Sequence[Order]
) -> int:
    """The sum, over all pairs of ribbons that cross, of the product of their widths."""
    pairs = zip(tables, orders, orders[1:], strict=False)
    ordered = [table[np.ix_(left, right)].astype(np.float64) for table, left, right in pairs]
    # The crossings of the nodes u and v, u the higher, over all u and v > u.
    return sum(int(np.triu(_crossings_if_above(table), 1).sum()) for table in ordered)


def _by_number(tables: Sequence[Table]) -> list[Order]:
    return [np.arange(len(tables[0])), *(np.arange(table.shape[1]) for table in tables)]


def _candidates(tables: Sequence[Table]) -> Iterator[list[Order]]:
    """Orders worth a count: what swaps make of the numbers, and of what each sweep leaves."""
    yield _swap_all(tables, _by_number(tables))
    for first in (0, 1):
        swept = [_by_number(tables)]
        for sweep in range(first, first + _SWEEPS):
            swept.append(_sweep(tables, swept[-1], backwards=sweep % 2 == 1))
            if any(_equal(swept[-1], earlier) for earlier in swept[-3:-1]):
                break  # to and fro between the same orders
            yield _swap_all(tables, swept[-1])


def _sweep(tables: Sequence[Table], orders: Sequence[Order], *, backwards: bool) -> list[Order]:
    """Each column by the barycentres of its ribbons' other ends, in the column just passed."""
    if backwards:
        mirrored = _sweep([table.T for table in tables[::-1]], orders[::-1], backwards=False)
        return mirrored[::-1]
    swept = [orders[0]]
    for table, order in zip(tables, orders[1:], strict=True):
        places = np.argsort(swept[-1])  # the inverse of a permutation
        barycentres = places @ table / table.sum(axis=0)  # (q,)
        swept.append(order[np.argsort(barycentres[order], kind="stable")])
    return swept


def _swap_all(tables: Sequence[Table], orders: Sequence[Order]) -> list[Order]:
    """Swap adjacent nodes, column by column, until no swap in any column takes a crossing away."""
    swapped = list(orders)
    moved = True
    while moved:
        before = list(swapped)
        for column in range(len(swapped)):
            swapped[column] = _swap(_costs(tables, swapped, column), swapped[column])
        moved = not _equal(before, swapped)
    return swapped


def _costs(tables: Sequence[Table], orders: Sequence[Order], column: int) -> Table:
    """What it costs, on both sides of a column, to have node u above node v, (p, p)."""
    costs = np.zeros((len(orders[column]),) * 2)
    if column > 0:
        costs += _crossings_if_above(tables[column - 1].T[:, orders[column - 1]])
    if column < len(tables):
        costs += _crossings_if_above(tables[column][:, orders[column + 1]])
    return costs


def _crossings_if_above(ordered: Table) -> Table:
    """Crossings of the ribbons of node u with those of v where u is above v, (p, p).

    Those of u that end below those of v. `ordered` (p, q) has the other column in its order.
    """
    ending_above = ordered.cumsum(axis=1) - ordered  # (p, q): of each node, above each end
    crossings: Table = ordered @ ending_above.T
    return crossings


def _swap(costs: Table, order: Order) -> Order:
    """Swap neighbours in `order` (p,) for as long as that costs less; `costs` stay as they are."""
    nodes = order.tolist()
    moved = True
    while moved:
        moved = False
        for place in range(len(nodes) - 1):
            upper, lower = nodes[place : place + 2]
            if costs[lower, upper] < costs[upper, lower]:
                nodes[place : place + 2] = lower, upper
                moved = True
    return np.array(nodes, dtype=np.int64)


def _equal(some: Sequence[Order], others: Sequence[Order]) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(some, others, strict=True))
