"""What the steps say: one JSON content, published so that no rerun need carry it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST_ROWS = 200
"""As many images of a strip as are worth sending: all of them are seen once they are selected."""


@dataclass(frozen=True, slots=True)
class ClusterEnd:
    """The cluster from which images went, or to which.

    Attributes:
        cluster: its number.
        name: what it is called.
        color: a CSS colour.
        medoid: row of its most central image; None where there is none.
        symbol: its mark on the map, by Plotly's name.
    """

    cluster: int
    name: str
    color: str
    medoid: int | None
    symbol: str = "circle"


@dataclass(frozen=True, slots=True)
class Strip:
    """Images that went from one cluster to another.

    Attributes:
        before: the cluster that they left.
        after: the one in which they are now.
        count: how many, as the sentences count them.
        rows: theirs: all of them, or the first `MOST_ROWS`.
        copies: how many of `count` are copies of others, and so have no row.
    """

    before: ClusterEnd
    after: ClusterEnd
    count: int
    rows: tuple[int, ...]
    copies: int = 0

    def __post_init__(self) -> None:
        """Refuse what could not be counted.

        Raises:
            ValueError: there are more rows than images that are no copies.
        """
        distinct = self.count - self.copies
        if self.copies < 0 or len(self.rows) > distinct:
            counts = f"{len(self.rows)} rows, {self.count} images and {self.copies} copies"
            raise ValueError(f"{counts} among them: give at most as many rows as distinct images")


@dataclass(frozen=True, slots=True)
class Step:
    """What became of the clusters from one clustering to another.

    Attributes:
        title: such as "5 → 6 clusters"; no two steps have the same.
        k_before: clusters before it.
        k_after: clusters after it.
        sentences: what changed.
        strips: the images that were reshuffled, by the way they took.
    """

    title: str
    k_before: int
    k_after: int
    sentences: tuple[str, ...] = ()
    strips: tuple[Strip, ...] = ()


def write_steps(steps: Sequence[Step]) -> str:
    """The JSON content of the steps.

    Raises:
        ValueError: a number is NaN or infinite, which no browser could read.
        TypeError: a number is not Python's own.
    """
    given = {"steps": list(steps)}
    return json.dumps(
        given, default=_open, allow_nan=False, ensure_ascii=False, separators=(",", ":")
    )


def _open(value: Any) -> dict[str, Any]:
    """One level of a dataclass: `asdict` would copy all rows, which takes several times as long."""
    if not isinstance(value, Step | Strip | ClusterEnd):
        raise TypeError(f"{value!r} is a {type(value).__name__}: give Python's own numbers")
    return {name: getattr(value, name) for name in value.__slots__}
