"""What a decision about images is to the journal, whatever part of the page it comes from."""

from collections.abc import Sequence

from core.clusters.clustering import KMeansParams
from dashboard.deciding import Act
from dashboard.deck import Kind


def write_deed(
    kind: Kind, rows: Sequence[int], params: KMeansParams, *, to: int | None = None, text: str = ""
) -> Act:
    """One action about some images; undo and redo are about none.

    Args:
        kind: what is decided.
        rows: of the images, among the distinct ones.
        params: of the clustering that is under review.
        to: the cluster to which they are moved.
        text: the tag that is given or taken.
    """
    deeds: dict[Kind, Act] = {
        Kind.KEEP: lambda mine, seen: mine.keep(params, rows, seen=seen),
        Kind.MOVE: lambda mine, seen: mine.move(params, rows, to=to, seen=seen),
        Kind.NEW: lambda mine, seen: mine.move(params, rows, to=None, seen=seen),
        Kind.EXCLUDE: lambda mine, seen: mine.exclude(rows, seen=seen),
        Kind.INCLUDE: lambda mine, seen: mine.include(rows, seen=seen),
        Kind.TAG: lambda mine, seen: mine.tag(rows, text, seen=seen),
        Kind.UNTAG: lambda mine, seen: mine.untag(rows, text, seen=seen),
    }
    return deeds[kind]
