"""How images flow from one clustering to the next: the nodes and ribbons of a Sankey drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from core.compare.contingency import contingency
from core.compare.crossings import count_crossings, order_columns


@dataclass(frozen=True, slots=True)
class Node:
    """One cluster of one clustering.

    Attributes:
        step: the position of the clustering in the sequence.
        cluster: the number of the cluster.
        size: how many images it holds, copies counted as often as they occur.
    """

    step: int
    cluster: int
    size: int


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The images that go from one cluster to one of the next clustering.

    Attributes:
        step: the position of the clustering that they come from.
        before: the number of their cluster there.
        after: the number of their cluster in the next.
        count: how many they are, copies counted as often as they occur.
    """

    step: int
    before: int
    after: int
    count: int


@dataclass(frozen=True, slots=True)
class Flows:
    """How n distinct images, named by their row, flow through a sequence of clusterings.

    Attributes:
        columns: for each clustering its nodes from the top down, in an order that makes the
            ribbons cross little. An empty cluster has no node.
        ribbons: step by step, in the order of the nodes: first by the upper end on the left, then
            by that on the right. So stacked at both ends, they fill each node and cross no more
            than they must.
        crossings: the sum, over all pairs of ribbons that cross, of the product of their counts.
        clusterings: the cluster of each image, step by step, each int32 (n,).
    """

    columns: tuple[tuple[Node, ...], ...]
    ribbons: tuple[Ribbon, ...]
    crossings: int
    clusterings: tuple[NDArray[np.int32], ...]

    def members(self, node: Node) -> NDArray[np.int64]:
        """The images of one cluster, ascending."""
        return np.flatnonzero(self.clusterings[node.step] == node.cluster)

    def rows(self, ribbon: Ribbon) -> NDArray[np.int64]:
        """Exactly the images that took one ribbon, ascending."""
        took = self.clusterings[ribbon.step] == ribbon.before  # (n,)
        took &= self.clusterings[ribbon.step + 1] == ribbon.after
        return np.flatnonzero(took)


def trace_flows(
    clusterings: Sequence[NDArray[np.int32]], *, weights: NDArray[np.int64] | None = None
) -> Flows:
    """The flows through clusterings of the same n images, in the order given.

    Args:
        clusterings: the cluster of each image, each (n,); at least one.
        weights: how often each image occurs, (n,); None: once.

    Raises:
        ValueError: there is no clustering, or they are not of the same images.
    """
    if not clusterings:
        raise ValueError("no clustering: at least one is due")
    sizes = [_sizes(clusters, weights) for clusters in clusterings]
    present = [np.flatnonzero(size) for size in sizes]
    tables = [
        contingency(*pair, weights=weights)[np.ix_(*ends)]
        for pair, ends in zip(pairwise(clusterings), pairwise(present), strict=True)
    ]
    orders = order_columns(tables) if tables else (np.arange(len(present[0])),)
    shown = [clusters[order] for clusters, order in zip(present, orders, strict=True)]
    columns = tuple(
        tuple(Node(step, number, int(sizes[step][number])) for number in column.tolist())
        for step, column in enumerate(shown)
    )
    drawn = [table[np.ix_(*ends)] for table, ends in zip(tables, pairwise(orders), strict=True)]
    ribbons = (_ribbons(step, table, columns) for step, table in enumerate(drawn))
    crossings = count_crossings(tables, orders)
    return Flows(columns, tuple(chain(*ribbons)), crossings, tuple(clusterings))


def _sizes(clusters: NDArray[np.int32], weights: NDArray[np.int64] | None) -> NDArray[np.int64]:
    return np.bincount(clusters, weights=weights).astype(np.int64)


def _ribbons(
    step: int, table: NDArray[np.int64], columns: Sequence[Sequence[Node]]
) -> list[Ribbon]:
    """What is not empty in a table (p, q) whose rows and columns stand as the nodes are shown."""
    before, after = columns[step], columns[step + 1]
    return [
        Ribbon(step, before[left].cluster, after[right].cluster, int(table[left, right]))
        for left, right in np.argwhere(table)
    ]
