"""What the cluster cards say: one JSON content, published so that no rerun need carry it."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ClusterFact:
    """A number or text of a cluster.

    Attributes:
        name: what it is, such as "tightness".
        text: how it is for this cluster, such as "0.81".
        hint: one sentence that says what it means, shown on hover.
    """

    name: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ClusterCard:
    """One cluster.

    Attributes:
        cluster: its number.
        name: what it is called.
        color: a CSS colour.
        symbol: its mark on the map, by Plotly's name.
        size: how many images it has.
        share: of all images, 0 … 1.
        medoid: row of its most central image; None for an empty cluster.
        typical: rows of the most typical images.
        unusual: rows of the least typical images.
        facts: tightness, purity and the like.
        rival: the number of the cluster nearest to it, or None.
        badness: larger is worse, for the order "worst first"; None where it means nothing.
    """

    cluster: int
    name: str
    color: str
    symbol: str
    size: int
    share: float
    medoid: int | None
    typical: tuple[int, ...] = ()
    unusual: tuple[int, ...] = ()
    facts: tuple[ClusterFact, ...] = ()
    rival: int | None = None
    badness: float | None = None


def write_cards(cards: Sequence[ClusterCard]) -> str:
    """The JSON content of the cards.

    Raises:
        ValueError: a number is NaN or infinite, which no browser could read.
        TypeError: a number is not Python's own.
    """
    given: list[dict[str, Any]] = [asdict(card) for card in cards]
    return json.dumps({"cards": given}, allow_nan=False, ensure_ascii=False)
