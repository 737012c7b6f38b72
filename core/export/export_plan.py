"""Where each image goes when clusters become folders, on a disk or in a ZIP."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.clusters.cluster_names import default_name
from core.export.export_tables import choose_rows
from core.export.file_names import Names, safe_name
from core.images import ImageSet
from core.pictures.decoding import SUFFIXES

MAKING = "making.json"
"""The file beside the folders that says what made them, and which image each file is."""

EXCLUDED_FOLDER = "excluded"
"""Where the images go that were excluded, if they are wanted; no cluster's folder is called so."""

_NO_ENDING = ".pnm"
"""Images that have no file are portable pixmaps, grey or not."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One image and its place.

    Attributes:
        file: below the target, with slashes: `cluster 3/rose.jpg`.
        path: what the source calls it.
        id: of its content.
        cluster: its number; None for an image that was excluded.
        original: the file it lies in, or None where it has none.
    """

    file: str
    path: str
    id: str
    cluster: int | None
    original: Path | None


def plan_folders(
    images: ImageSet,
    originals: Sequence[Path | None],
    clusters: NDArray[np.int32],
    names: Sequence[str],
    *,
    rows: NDArray[np.int64] | None = None,
    excluded: NDArray[np.bool_] | None = None,
    keep_excluded: bool = False,
) -> tuple[Placed, ...]:
    """A folder a cluster and in it every image, copies of a file included, under a name of its own.

    Folders are called by number, and by the name that a person gave: `cluster 03 roses`.

    Args:
        images: the set.
        originals: the file of each record, or None where it has none.
        clusters: of each distinct image, (n,).
        names: of the clusters.
        rows: of some distinct images; else all that can be read.
        excluded: which distinct images belong to no cluster, (n,).
        keep_excluded: whether these get a folder of their own; else they are left out.
    """
    folders = [*(_folder(cluster, names) for cluster in range(len(names))), EXCLUDED_FOLDER]
    taken = [Names() for _ in folders]
    homes = clusters if excluded is None else np.where(excluded, -1, clusters)  # -1: the last one
    placed = []
    for position, row in choose_rows(images, rows):
        if row < 0 or (homes[row] < 0 and not keep_excluded):
            continue
        record, original, home = images.records[position], originals[position], int(homes[row])
        name = taken[home].take(_name_of(record.path, original))
        file, cluster = f"{folders[home]}/{name}", None if home < 0 else home
        placed.append(Placed(file, record.path, images.ids[row], cluster, original))
    return tuple(placed)


def _folder(cluster: int, names: Sequence[str]) -> str:
    """The number comes first, padded: folders stand in its order, and none is there twice."""
    number = f"cluster {cluster:0{len(str(len(names) - 1))}}"
    given = names[cluster]
    return number if given == default_name(cluster) else safe_name(f"{number} {given}")


def _name_of(path: str, original: Path | None) -> str:
    last = PurePosixPath(path).name or path
    bare = original is None and PurePosixPath(last).suffix.lower() not in SUFFIXES
    return last + _NO_ENDING if bare else last


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it: how many images have their place, and which could not be read any more.

    `missing` has for each of these the file it would have been, and the reason.
    """

    images: int
    missing: tuple[tuple[str, str], ...] = ()


def digest_plan(placed: Sequence[Placed], made_by: Mapping[str, Any]) -> str:
    """By which an unfinished export is known again: SHA-256 of what goes where, and why."""
    parts = [dict(made_by), [[one.file, one.path, one.id] for one in placed]]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def describe_files(
    placed: Sequence[Placed], made_by: Mapping[str, Any], missing: Sequence[tuple[str, str]] = ()
) -> bytes:
    """What `making.json` says."""
    gone = dict(missing)
    files = [
        {"file": one.file, "path": one.path, "id": one.id, "cluster": one.cluster}
        for one in placed
        if one.file not in gone
    ]
    left_out = [{"file": file, "reason": reason} for file, reason in gone.items()]
    facts = {**made_by, "files": files, "left_out": left_out}
    return (json.dumps(facts, indent=1, ensure_ascii=False) + "\n").encode()
