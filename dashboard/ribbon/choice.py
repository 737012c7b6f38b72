"""What is chosen on the ribbon: a cluster of a column, or the images that go between two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.browser.answers import read_number


@dataclass(frozen=True, slots=True)
class ChosenNode:
    """A cluster of the clustering in a column, both counted from 0."""

    column: int
    cluster: int


@dataclass(frozen=True, slots=True)
class ChosenFlow:
    """The images that go from a cluster of a column to one of the next column."""

    column: int
    source: int
    target: int


def read_column(given: Mapping[str, Any], n_clusters: Sequence[int]) -> tuple[int] | None:
    """A column out of as many as `n_clusters` has entries; None for anything else."""
    column = read_number(given.get("column"), len(n_clusters))
    return None if column is None else (column,)


def read_node(given: Mapping[str, Any], n_clusters: Sequence[int]) -> tuple[int, int] | None:
    """A column and a cluster of as many as it has; None for anything else."""
    column = read_number(given.get("column"), len(n_clusters))
    if column is None:
        return None
    cluster = read_number(given.get("cluster"), n_clusters[column])
    return None if cluster is None else (column, cluster)


def read_flow(given: Mapping[str, Any], n_clusters: Sequence[int]) -> tuple[int, int, int] | None:
    """A column but the last, a cluster of it and one of the next; None for anything else."""
    column = read_number(given.get("column"), len(n_clusters) - 1)
    if column is None:
        return None
    source = read_number(given.get("from"), n_clusters[column])
    target = read_number(given.get("to"), n_clusters[column + 1])
    return None if source is None or target is None else (column, source, target)


def describe_choice(chosen: ChosenNode | ChosenFlow | None) -> dict[str, int] | None:
    """What goes to the browser, in the words in which it answers."""
    match chosen:
        case ChosenNode(column, cluster):
            return {"column": int(column), "cluster": int(cluster)}
        case ChosenFlow(column, source, target):
            return {"column": int(column), "from": int(source), "to": int(target)}
        case _:
            return None
