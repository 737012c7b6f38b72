"""What a hand decides on the deck: each act is done once, in order; why one was refused."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from core.clusters.clustering import KMeansParams
from dashboard.deciding import Act as Deed
from dashboard.deck import Act, Kind
from dashboard.grouping import Grouped
from dashboard.views.review_deeds import write_deed


@dataclass(frozen=True, slots=True)
class Handled:
    """What a session has done of what its decks have said.

    Attributes:
        serials: for each client the highest serial that was handled.
        client: the one that was heard last.
        refused: why its last act was not kept, or nothing.
        row: the image that it was about.
    """

    serials: dict[str, int] = field(default_factory=dict)
    client: str = ""
    refused: str = ""
    row: int | None = None

    @property
    def acknowledged(self) -> int:
        """The highest serial of the client that was heard last."""
        return self.serials.get(self.client, 0)


def handle(
    before: Handled,
    client: str,
    acts: Iterable[Act],
    *,
    decide: Callable[[Act], str],
) -> Handled:
    """Do what is new among the acts of a client, in order.

    Whoever undoes an act that was refused undoes nothing; not what came before it.

    Args:
        before: what was done before.
        client: whose acts these are.
        acts: some of which may have been heard before.
        decide: does one, and says why it was not kept, or nothing.
    """
    done = before.serials.get(client, 0)
    refused, row = "", None
    kept: list[bool] = []  # of the acts so far whether they can be undone
    for act in sorted((one for one in acts if one.serial > done), key=lambda one: one.serial):
        done = act.serial
        if act.kind is Kind.UNDO and kept and not kept.pop():
            continue
        why = decide(act)
        if act.kind not in (Kind.UNDO, Kind.REDO):
            kept.append(not why)
        if why:
            refused, row = why, act.row
    return Handled({**before.serials, client: done}, client, refused, row)


def translate(act: Act, params: KMeansParams, grouped: Grouped) -> Deed:
    """What an act about an image is to the journal; who is moved to where they are is confirmed.

    Args:
        act: what a hand decided.
        params: of the clustering that is under review.
        grouped: its clusters, corrected.
    """
    rows = [] if act.row is None else [act.row]
    kind = act.kind
    if kind is Kind.MOVE and act.row is not None and grouped.clusters[act.row] == act.to:
        kind = Kind.KEEP
    return write_deed(kind, rows, params, to=act.to, text=act.text)
