"""What the ribbon shows: one JSON content, published so that no rerun need carry it."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True, slots=True)
class RibbonNode:
    """A cluster of one clustering.

    Attributes:
        cluster: its number.
        name: what it is called.
        color: a CSS colour.
        size: how many images it has.
        medoid: row of its most central image; None for an empty cluster.
    """

    cluster: int
    name: str
    color: str
    size: int
    medoid: int | None

    def __post_init__(self) -> None:
        """Refuse what the browser could only draw wrongly."""
        if self.size < 0:
            raise ValueError(f"cluster {self.cluster} has size {self.size}: give 0 or more")
        if self.medoid is not None and self.medoid < 0:
            given = f"cluster {self.cluster} has medoid {self.medoid}"
            raise ValueError(f"{given}: give a row, or None where the cluster is empty")


@dataclass(frozen=True, slots=True)
class RibbonFlow:
    """Images that go together from a cluster to one of the next column.

    Attributes:
        source: the number of the cluster they come from.
        target: the number of the cluster they go to.
        count: how many they are, at least one.
    """

    source: int
    target: int
    count: int

    def __post_init__(self) -> None:
        """Refuse what the browser could only draw wrongly."""
        if self.count < 1:
            given = f"{self.count} images go from cluster {self.source} to cluster {self.target}"
            raise ValueError(f"{given}: leave out flows without images")


@dataclass(frozen=True, slots=True)
class RibbonColumn:
    """A clustering.

    Attributes:
        title: what stands above it, such as "k = 5".
        nodes: its clusters from top to bottom, as they are to be drawn.
        flows: where their images go in the next column; none in the last one.
    """

    title: str
    nodes: tuple[RibbonNode, ...]
    flows: tuple[RibbonFlow, ...] = ()


def write_ribbon(columns: Sequence[RibbonColumn]) -> str:
    """The JSON content of the ribbon.

    Raises:
        ValueError: a cluster is there twice, a flow leads to or from none, or more images come to
            or leave a cluster than it has.
        TypeError: a number is not Python's own.
    """
    for column in columns:
        _check_nodes(column)
    for column, following in pairwise([*columns, RibbonColumn("the end", ())]):
        _check_flows(column, following)
    given = {"columns": [_describe(column) for column in columns]}
    return json.dumps(given, allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def _describe(column: RibbonColumn) -> dict[str, Any]:
    # Clusters and flows as plain lists: thousands of them would repeat every key.
    nodes = [[one.cluster, one.name, one.color, one.size, one.medoid] for one in column.nodes]
    flows = [[one.source, one.target, one.count] for one in column.flows]
    return {"title": column.title, "nodes": nodes, "flows": flows}


def _check_nodes(column: RibbonColumn) -> None:
    ((cluster, times),) = Counter(one.cluster for one in column.nodes).most_common(1) or [(0, 0)]
    if times > 1:
        raise ValueError(f"{column.title} has cluster {cluster} {times} times: give each one once")


def _check_flows(column: RibbonColumn, following: RibbonColumn) -> None:
    """A ribbon wider than its cluster would be drawn over the next one."""
    leaving: Counter[int] = Counter()
    coming: Counter[int] = Counter()
    for flow in column.flows:
        leaving[flow.source] += flow.count
        coming[flow.target] += flow.count
    _check_counts(leaving, column, "leave")
    _check_counts(coming, following, "come to")


def _check_counts(counts: Counter[int], column: RibbonColumn, verb: str) -> None:
    sizes = {node.cluster: node.size for node in column.nodes}
    for cluster, count in counts.items():
        if cluster not in sizes:
            raise ValueError(f"images {verb} cluster {cluster}, which {column.title} has not")
        if count > sizes[cluster]:
            given = f"{count} images {verb} cluster {cluster} of {column.title}"
            raise ValueError(f"{given}, which has {sizes[cluster]}: give each image once")
