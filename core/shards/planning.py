"""Which images make which shard, and which shards of a folder are still to be made."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.addresses import expand, is_address
from core.errors import CoreError
from core.recipe import Recipe
from core.shards.inspection import inspect_shards
from core.shards.making import MAKING_FILE, Making, ShardRecipe, Stamp
from core.shards.storage import Folder
from core.sources import Entry, open_source
from core.sources.base import as_text
from core.sources.files import FileSource
from core.sources.remote import RemoteSource, names_addresses, open_remote

SHARD_ROWS = 4096
"""Of a shard unless told otherwise: seconds of a GPU's work, minutes of a core's."""
PlannedSource = FileSource | RemoteSource
"""A source whose images can be read from another machine."""


@dataclass(frozen=True, slots=True)
class Task:
    """One shard to be made: its number and its images, as a source that holds no others."""

    number: int
    source: PlannedSource


@dataclass(frozen=True)
class Plan:
    """A folder, what makes it, its images, and the shards that are there already."""

    folder: Folder
    making: Making
    source: PlannedSource
    there: dict[int, Stamp]

    @property
    def missing(self) -> list[int]:
        """The numbers of the shards to be made."""
        return [n for n in range(self.making.n_shards) if n not in self.there]

    def tasks(self) -> Iterator[Task]:
        """The shards to be made."""
        rows = self.making.shard_rows
        for number in self.missing:
            some = self.source.entries[number * rows : (number + 1) * rows]
            yield Task(number, _part_of(self.source, some))


def list_images(name: str, *, images: Path | None = None, labels: bool = True) -> PlannedSource:
    """The images of a folder, a manifest or an address, as they can be read from anywhere.

    Raises:
        CoreError: there are none, or they are no files, as the digits.
    """
    if is_address(name):
        if images is not None:
            raise CoreError(
                f"--images goes with a CSV manifest on this machine, not with {name}: leave it out"
            )
        return open_remote(name, labels=labels)
    name = name.removeprefix("file://")
    path = expand(name, "folder or CSV file")
    if images is None and path.is_file() and names_addresses(path):
        return open_remote(name)
    source = open_source(name, images=images, labels=labels)
    if not isinstance(source, FileSource):
        raise CoreError(
            f"the images of {name} are no files: name a folder, a manifest, or an "
            "address such as s3://bucket/images"
        )
    return source


def address_of(entry: Entry) -> str:
    """Where an image lies, as text: its address, or its path on disk."""
    return entry.path if entry.file is None else as_text(entry.file.absolute())


def make_plan(
    source: PlannedSource, recipe: Recipe, folder: Folder, *, shard_rows: int | None = None
) -> Plan:
    """Divide the images into shards, and take over those that the folder holds already.

    A folder that is new gets its `groupsight.json`; nothing that is there is ever changed.

    Args:
        source: the images.
        recipe: how they become features.
        folder: where the shards go.
        shard_rows: of each shard; None: as the folder has it, or 4,096.

    Raises:
        CoreError: the folder was made otherwise, holds other things, or cannot be used.
    """
    names = folder.names()
    kept = Making.read(folder) if MAKING_FILE in names else None
    rows = shard_rows or (kept.shard_rows if kept else SHARD_ROWS)
    if rows < 1:
        raise CoreError(f"shards of {rows} images: choose at least 1")
    making = Making(
        source.name,
        ShardRecipe.of(recipe),
        recipe.cut.n_features,
        len(source.entries),
        rows,
        digest_plan(source.entries),
    )
    if kept is None:
        _require_empty(folder, names)
        making.write(folder)
    else:
        _require_same(folder, kept, making)
    return Plan(folder, kept or making, source, inspect_shards(folder, making))


def digest_plan(entries: Sequence[Entry]) -> str:
    """SHA-256 of where the images lie and of their labels, in their order."""
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(f"{address_of(entry)}\0{entry.label or ''}\n".encode())
    return digest.hexdigest()


def _require_empty(folder: Folder, names: Sequence[str]) -> None:
    visible = [name for name in names if not name.startswith(".")]
    if visible:
        raise CoreError(
            f"{folder.uri} holds {len(visible):,} other files, such as {visible[0]}: name an empty "
            "folder, or a new one"
        )


def _require_same(folder: Folder, kept: Making, wanted: Making) -> None:
    if kept.recipe.fingerprint != wanted.recipe.fingerprint:
        raise CoreError(
            f"{folder.uri} was made by {kept.recipe.describe()}, and asked for is "
            f"{wanted.recipe.describe()}: name another folder; nothing was changed"
        )
    if kept.plan != wanted.plan:
        raise CoreError(
            f"{folder.uri} was made of {kept.n_images:,} images of {kept.source}, and now there "
            f"are {wanted.n_images:,}, or others: name another folder; nothing was changed"
        )
    if kept.shard_rows != wanted.shard_rows:
        raise CoreError(
            f"{folder.uri} has shards of {kept.shard_rows:,} images, not of "
            f"{wanted.shard_rows:,}: leave --shard-size out, or name another folder"
        )


def _part_of(source: PlannedSource, entries: Sequence[Entry]) -> PlannedSource:
    """The same source with some of its entries, without what is known of all."""
    if isinstance(source, FileSource):
        return replace(source, entries=tuple(entries), own_table=None)
    return replace(source, entries=tuple(entries))
