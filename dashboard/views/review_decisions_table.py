"""Decisions as a table to be read: times as people write them, clusters as they are called now."""

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

import pandas as pd

from core.journal.decisions import Cluster
from core.journal.history import Entry, Standing
from dashboard.styles import style_of

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

COLUMNS = ("Image", "What", "From", "To", "Now", "When", "Who", "File")
_TINT = "55"
"""A third of the colour: the text on it can be read on light and on dark."""
_FADED = frozenset({Standing.UNDONE, Standing.REPLACED})

Find = Callable[[Cluster | None], int]


def format_time(time: str, zone: tzinfo | None) -> str:
    """A time of the journal as people write it: 3 Nov 2026, 14:05; another text as it is.

    Args:
        time: ISO 8601.
        zone: whose time is told; None: that of this machine.
    """
    try:
        local = datetime.fromisoformat(time).astimezone(zone)
    except (ValueError, OverflowError):
        return time
    return f"{local.day} {local:%b %Y, %H:%M}"


def tabulate_entries(
    entries: Sequence[Entry],
    *,
    find: Find,
    names: Sequence[str],
    paths: dict[str, str],
    picture: Callable[[str], str],
    zone: tzinfo | None,
) -> pd.DataFrame:
    """One row a decision, all as text, under COLUMNS; no image is None, no text is empty.

    Args:
        entries: in the order in which they are told.
        find: gives the number under which a cluster is found now, or -1.
        names: what the clusters are called now, by number.
        paths: of the images that are there, by id.
        picture: gives the address of the thumbnail of an id.
        zone: see `format_time`.
    """

    def name(cluster: Cluster | None) -> str:
        number = find(cluster)
        if 0 <= number < len(names):
            return names[number]
        return cluster.describe() if cluster else ""

    lines = []
    for one in entries:
        made = one.row.decision
        path = paths.get(made.image or "", "")
        lines.append(
            (
                picture(made.image) if made.image and path else None,
                one.words,
                name(made.origin),
                name(made.target),
                str(one.standing),
                format_time(one.row.time, zone),
                one.row.author or "nobody named",
                path,
            )
        )
    return pd.DataFrame(lines, columns=list(COLUMNS))


def tint(table: pd.DataFrame, entries: Sequence[Entry], *, find: Find) -> "Styler":
    """The table with its clusters on their colours, and grey what holds no more."""
    styles = pd.DataFrame("", index=table.index, columns=table.columns)
    for at, one in enumerate(entries):
        if one.standing in _FADED:
            styles.loc[at, ["When", "Who", "What", "Now"]] = "color: gray"
        for column, cluster in (("From", one.row.decision.origin), ("To", one.row.decision.target)):
            number = find(cluster)
            if number >= 0:
                styles.loc[at, column] = f"background-color: {style_of(number).color}{_TINT}"
    return table.style.apply(lambda _: styles, axis=None)
