"""What the deck shows, what a hand decides on it, and how what the browser says of both is read."""

import math
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from core.clusters.cluster_names import clean_name
from dashboard.browser.answers import read_number

_MOST_CLUSTERS = 2**16
"""The browser knows a cluster by a u16; whether there is one of that number, Python says."""
_LONGEST_CLIENT = 64
_HIGHEST_SERIAL = 2**53
"""Beyond it two whole numbers may be the same to JavaScript."""


class Kind(StrEnum):
    """What can be decided about a card."""

    KEEP = "keep"
    MOVE = "move"
    NEW = "new"
    EXCLUDE = "exclude"
    INCLUDE = "include"
    TAG = "tag"
    UNTAG = "untag"
    UNDO = "undo"
    REDO = "redo"


_WITHOUT_ROW = frozenset({Kind.UNDO, Kind.REDO})
_WITH_TEXT = frozenset({Kind.TAG, Kind.UNTAG})


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a hand decided.

    Attributes:
        serial: its number among all of one client, counted from 1.
        kind: what.
        row: the image that it is about; None for undo and redo.
        to: the number of the cluster to which it is moved, for a move alone.
        text: the tag that is given or taken: one clean line.
    """

    serial: int
    kind: Kind
    row: int | None
    to: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class DeckCard:
    """One image of the queue.

    Attributes:
        row: its row.
        place: where it is in the queue, from 0.
        cluster: the number of the cluster in which it is now.
        rival: the cluster in which it fits next best; None where there is no other.
        medoid: row of the most central image of its cluster, or None.
        rival_medoid: that of the rival, or None.
        neighbors: rows of its nearest neighbours, the nearest first.
        neighbor_clusters: the cluster of each of them.
        words: why it is here, a clause each.
        score: how badly it fits.
        label: its label, or None.
        path: of its file.
        tags: what it was tagged with.
        status: "", "kept", "moved" or "excluded".
    """

    row: int
    place: int
    cluster: int
    rival: int | None
    medoid: int | None
    rival_medoid: int | None
    neighbors: tuple[int, ...]
    neighbor_clusters: tuple[int, ...]
    words: tuple[str, ...]
    score: float
    label: str | None
    path: str
    tags: tuple[str, ...]
    status: str = ""

    def __post_init__(self) -> None:
        """Refuse what the browser could only draw wrongly."""
        if len(self.neighbors) != len(self.neighbor_clusters):
            counts = f"{len(self.neighbors)} neighbors, {len(self.neighbor_clusters)} clusters"
            raise ValueError(f"{counts} of them: give a cluster for each neighbor")
        if not math.isfinite(self.score):
            raise ValueError(f"score is {self.score}: give a finite one")


@dataclass(frozen=True, slots=True)
class DeckCluster:
    """A cluster in which a card may be, or to which it may be moved.

    Attributes:
        number: its number.
        name: what it is called.
        color: a CSS colour.
        symbol: its mark on the map, by Plotly's name.
        medoid: row of its most central image, or None.
    """

    number: int
    name: str
    color: str
    symbol: str
    medoid: int | None


@dataclass(frozen=True, slots=True)
class DeckView:
    """What the deck shows.

    Attributes:
        queue: names this queue, in which a place means the same card as long as the name is the
            same: acts and places of another are ignored.
        cards: those of a window of consecutive places around `at`. A hand is as fast as this
            window reaches ahead; beyond it, it waits.
        at: the place in the queue that is shown.
        count: how many cards there are.
        decided: how many of them are decided.
        clusters: all to which a card may be moved.
        tags: those that are known, for completion.
        acknowledged: the highest serial of `client` that was handled.
        client: whose `acknowledged` is; the one that `on_acts` was last told of.
        refused: why the last act was not kept, or nothing.
        undo: what would be undone, in words, or nothing.
        redo: what would be done again, in words, or nothing.
        refused_row: the image of the act that was refused; None is the last one acknowledged.
    """

    queue: str
    cards: tuple[DeckCard, ...]
    at: int
    count: int
    decided: int
    clusters: tuple[DeckCluster, ...]
    tags: tuple[str, ...] = ()
    acknowledged: int = 0
    client: str = ""
    refused: str = ""
    undo: str = ""
    redo: str = ""
    refused_row: int | None = None

    def __post_init__(self) -> None:
        """Refuse what the browser could only draw wrongly."""
        if not 0 <= self.at < max(1, self.count):
            raise ValueError(f"at is {self.at} of {self.count} cards: give a place among them")
        places = [card.place for card in self.cards]
        if places != list(range(places[0], places[0] + len(places)) if places else ()):
            raise ValueError(f"the cards' places are {places}: give consecutive ones")

    def as_data(self) -> dict[str, Any]:
        """What goes to the browser in a rerun: plain JSON, whatever kind of numbers were given."""
        data: dict[str, Any] = _plain(asdict(self))
        return data


def read_client(given: Any) -> str | None:
    """The name that a deck in a browser gave itself; None for anything else."""
    is_name = isinstance(given, str) and given.isascii() and 0 < len(given) <= _LONGEST_CLIENT
    return given if is_name else None


def read_acts(given: Any, count: int, *, after: int) -> tuple[Act, ...]:
    """The acts among what a browser says, about `count` images, with serials beyond `after`.

    They are in the order of their serials, each once; what is no act is left out.
    """
    read = (_read_act(one, count) for one in (given if isinstance(given, list) else ()))
    acts = {act.serial: act for act in read if act is not None and act.serial > after}
    return tuple(acts[serial] for serial in sorted(acts))


def _read_act(given: Any, count: int) -> Act | None:
    if not isinstance(given, dict):
        return None
    serial, kind = read_number(given.get("serial"), _HIGHEST_SERIAL), _read_kind(given.get("kind"))
    if not serial or kind is None:
        return None
    act = Act(
        serial,
        kind,
        None if kind in _WITHOUT_ROW else read_number(given.get("row"), count),
        read_number(given.get("to"), _MOST_CLUSTERS) if kind == Kind.MOVE else None,
        _read_text(given.get("text")) if kind in _WITH_TEXT else "",
    )
    return act if _is_whole(act) else None


def _is_whole(act: Act) -> bool:
    """Whether it says all that one of its kind must say."""
    has_row = act.row is not None or act.kind in _WITHOUT_ROW
    has_target = act.to is not None or act.kind != Kind.MOVE
    has_text = bool(act.text) or act.kind not in _WITH_TEXT
    return has_row and has_target and has_text


def _read_text(given: Any) -> str:
    return clean_name(given) if isinstance(given, str) else ""


def _read_kind(given: Any) -> Kind | None:
    return next((kind for kind in Kind if kind == given), None)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.item() if isinstance(value, np.generic) else value
