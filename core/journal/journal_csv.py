"""A journal as a table that people can read and that can be replayed: one row a decision.

What a cluster was stands in full where it is met first; further down its key is enough. Text that
a spreadsheet would run as a formula is led by an apostrophe, which is dropped again on reading.
"""

import base64
import binascii
import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from core.clusters.cluster_names import clean_name
from core.errors import CoreError
from core.export.formulas import restore
from core.images import ImageSet
from core.journal.decisions import Cluster, Decision, Handmade, Kind, Row
from core.journal.portraits import Portrait, read_params, write_params

COLUMNS = (
    "seq", "time", "author", "kind", "image", "path", "from", "to", "text",
    "action", "part", "undoes", "from_cluster", "to_cluster",
)  # fmt: skip
_HEX = frozenset("0123456789abcdef")


def find_paths(images: ImageSet) -> dict[str, str]:
    """From id to the path of the first image that has it, unreadable ones included."""
    return {one.id: one.path for one in reversed(images.records) if one.id is not None}


def tabulate_journal(rows: Iterable[Row], paths: Mapping[str, str]) -> pd.DataFrame:
    """One row for each row of the journal, all as text.

    Args:
        rows: of the journal, in their order.
        paths: from the id of an image to its path, for those that are there.
    """
    told: set[str] = set()
    lines = [_tabulate(row, paths, told) for row in rows]
    return pd.DataFrame(lines, columns=list(COLUMNS), dtype=str)


def _tabulate(row: Row, paths: Mapping[str, str], told: set[str]) -> dict[str, str]:
    made = row.decision
    return {
        "seq": str(row.seq),
        "time": row.time,
        "author": row.author,
        "kind": str(made.kind),
        "image": made.image or "",
        "path": paths.get(made.image or "", ""),
        "from": _number(made.origin),
        "to": _number(made.target),
        "text": made.text,
        "action": row.action,
        "part": str(row.part),
        "undoes": made.undoes or "",
        "from_cluster": _write_cluster(made.origin, told),
        "to_cluster": _write_cluster(made.target, told),
    }


def _number(cluster: Cluster | None) -> str:
    """For people."""
    if isinstance(cluster, Portrait):
        return f"{cluster.number} of {cluster.params.n_clusters}"
    return cluster.key if cluster else ""


def _write_cluster(cluster: Cluster | None, told: set[str]) -> str:
    if cluster is None:
        return ""
    key = cluster.key
    if isinstance(cluster, Handmade) or key in told:
        return key
    told.add(key)
    facts = (cluster.number, cluster.recipe, cluster.setting, cluster.medoid, cluster.size)
    marks = (base64.b64encode(one).decode() for one in (cluster.members, cluster.others))
    params = write_params(cluster.params)
    return "|".join([key, params, *map(str, facts), str(cluster.n_images), *marks])


def read_journal(file: Path) -> tuple[Row, ...]:
    """The rows of a table that `tabulate_journal` made.

    Raises:
        CoreError: the file cannot be read, or is no such table; the message names the line.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CoreError(f"{file} cannot be read as a journal: {error}. Name another") from error
    return parse_journal(data, name=str(file))


def parse_journal(data: bytes, *, name: str) -> tuple[Row, ...]:
    """The same from the bytes of a file, whose name is for the messages."""
    lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    try:
        table = csv.DictReader(lines, strict=True)
        missing = set(COLUMNS) - {"path", "from", "to"} - set(table.fieldnames or ())
        if missing:
            lacks = f"it has no column {min(missing)!r}"
            raise CoreError(f"{name} is no journal: {lacks}. Take one that Groupsight exported")
        known: dict[str, Portrait] = {}
        return tuple(_read(line, known, f"{name}, line {table.line_num}") for line in table)
    except (UnicodeDecodeError, csv.Error) as error:
        raise CoreError(
            f"{name} cannot be read as a journal: {error}. Take one that Groupsight exported"
        ) from error


def _read(line: Mapping[str, str | None], known: dict[str, Portrait], place: str) -> Row:
    try:
        cell = {name: restore(line.get(name) or "") for name in COLUMNS}
        made = Decision(
            Kind(cell["kind"]),
            cell["image"] or None,
            _read_cluster(cell["from_cluster"], known),
            _read_cluster(cell["to_cluster"], known),
            cell["text"],
            cell["undoes"] or None,
        )
        if set(made.image or "") - _HEX:
            raise ValueError(f"{made.image!r} is no id of an image: it has hexadecimal digits")
        seq, part, author = int(cell["seq"]), int(cell["part"]), clean_name(cell["author"])
        return Row(seq, cell["action"], part, clean_name(cell["time"]), author, made)
    except (ValueError, CoreError) as error:
        raise CoreError(f"{place}: {error}") from error


def _read_cluster(cell: str, known: dict[str, Portrait]) -> Cluster | None:
    if not cell:
        return None
    if cell.startswith("new-"):
        return Handmade(cell)
    key, *facts = cell.split("|")
    if facts:
        known[key] = _read_portrait(key, facts)
    if key not in known:
        raise CoreError(f"the cluster {key} is told of in no line before: export the journal again")
    return known[key]


def _read_portrait(key: str, facts: list[str]) -> Portrait:
    try:
        params, number, recipe, setting, medoid, size, n_images, *marks = facts
        members, others = (base64.b64decode(one, validate=True) for one in marks)
        clustering, sizes = read_params(params), (int(size), int(n_images))
        portrait = Portrait(
            int(number), clustering, recipe, setting, medoid, *sizes, members, others
        )
    except (ValueError, binascii.Error) as error:
        raise CoreError(
            f"the cluster {key} cannot be read: {error}. Export the journal again"
        ) from error
    if portrait.key != key:
        raise CoreError(f"the cluster {key} is damaged: export the journal again")
    return portrait
