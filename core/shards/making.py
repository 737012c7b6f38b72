"""What made a folder of shards: `groupsight.json`, and what each shard says of itself.

A folder belongs to one recipe and one list of images. Every shard carries the recipe's
fingerprint and the list's in its Parquet metadata, so that a stray one is found and named.
"""

import json
from dataclasses import asdict, dataclass, fields
from math import ceil
from typing import Any, Self

import numpy as np

from core.device import Device
from core.errors import CoreError
from core.recipe import CODE_VERSION, Recipe
from core.shards.storage import Folder

FORMAT = 2
"""Of the folder and its shards; raised when a reader of before could not read them.

1 held features as lists of a fixed length, which are read as before.
"""
MAKING_FILE = "groupsight.json"
_PART_PREFIX, _PART_SUFFIX = "part-", ".parquet"


@dataclass(frozen=True, slots=True)
class ShardRecipe:
    """How the images became features. `fingerprint` is the recipe's own, the rest is for people.

    `normalize` is no part of the fingerprint: it says what suits these features afterwards.
    """

    fingerprint: str
    weights: str
    weights_sha256: str
    layer: str
    grid: int
    transform: str
    size: int
    precision: str
    code: int
    normalize: str

    @classmethod
    def of(cls, recipe: Recipe) -> Self:
        """What of a recipe decides the features."""
        return cls(
            recipe.fingerprint,
            recipe.weights.name,
            recipe.weights.sha256,
            recipe.cut.layer,
            recipe.cut.grid,
            recipe.transform.name,
            recipe.transform.size,
            recipe.device.precision,
            CODE_VERSION,
            recipe.reduction.normalize,
        )

    def describe(self) -> str:
        """In one line: weights, layer, transform, size, precision, version."""
        layer = f"{self.layer} {self.grid}x{self.grid}" if "conv" in self.layer else self.layer
        return (
            f"{self.weights} ({self.weights_sha256[:8]}), {layer}, {self.transform} at "
            f"{self.size} px, {self.precision}, version {self.code}"
        )


@dataclass(frozen=True, slots=True)
class Making:
    """What a folder of shards is made of.

    Attributes:
        source: where the images were listed.
        recipe: how they became features.
        dimension: of a feature vector.
        n_images: rows that the whole folder has, unreadable ones included.
        shard_rows: rows of every shard but the last, which may have fewer.
        plan: SHA-256 of the list of images, in its order, with their labels.
        format: of the folder.
    """

    source: str
    recipe: ShardRecipe
    dimension: int
    n_images: int
    shard_rows: int
    plan: str
    format: int = FORMAT

    @property
    def n_shards(self) -> int:
        """How many there are once all is done."""
        return ceil(self.n_images / self.shard_rows)

    @property
    def dtype(self) -> "np.dtype[np.floating]":
        """Of the features as stored: float32 or float16."""
        return Device("cpu", self.recipe.precision).stored_dtype

    def rows_of(self, number: int) -> int:
        """How many rows a shard has."""
        return min(self.shard_rows, self.n_images - number * self.shard_rows)

    def write(self, folder: Folder) -> None:
        """Write `groupsight.json`."""
        folder.write(MAKING_FILE, json.dumps(asdict(self), indent=2).encode())

    @classmethod
    def read(cls, folder: Folder) -> Self:
        """What made a folder.

        Raises:
            CoreError: the address cannot be read, or holds no folder of shards.
        """
        names = folder.names()
        if MAKING_FILE not in names:
            found = f"{len(names):,} other files" if names else "it is empty, or not there"
            raise CoreError(f"{folder.uri} holds no {MAKING_FILE}: {found}. Name another folder")
        return cls.parse(folder.read(MAKING_FILE), folder.path(MAKING_FILE))

    @classmethod
    def parse(cls, data: bytes, path: str) -> Self:
        """The same from the file's bytes.

        Raises:
            CoreError: the file is damaged, or of a newer version.
        """
        facts = _load(data, path)
        recipe = ShardRecipe(**_exactly(facts.get("recipe"), ShardRecipe, path))
        making = cls(**{**_exactly(facts, cls, path), "recipe": recipe})
        if making.n_images < 1 or making.shard_rows < 1 or making.dimension < 1:
            raise CoreError(
                f"{path} is damaged: it tells of no images. Extract into another folder"
            )
        return making


@dataclass(frozen=True, slots=True)
class Stamp:
    """What one shard says of itself: number, recipe, list, and how many were readable.

    `content` is the SHA-256 of its ids and features, or of whatever changes with them; None until
    it is known.
    """

    number: int
    n_readable: int
    plan: str
    recipe: ShardRecipe
    format: int = FORMAT
    content: str | None = None

    def dump(self) -> bytes:
        """For the shard's metadata."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def parse(cls, data: bytes, path: str) -> Self:
        """From a shard's metadata.

        Raises:
            CoreError: it is damaged, or of a newer version.
        """
        facts = _load(data, path)
        recipe = ShardRecipe(**_exactly(facts.get("recipe"), ShardRecipe, path))
        told = {"content": None, **facts}  # which shards of before do not tell
        return cls(**{**_exactly(told, cls, path), "recipe": recipe})


def part_name(number: int) -> str:
    """Of a shard's file."""
    return f"{_PART_PREFIX}{number:05}{_PART_SUFFIX}"


def is_part(name: str) -> bool:
    """Whether a file is called like a shard, rightly or not."""
    return name.startswith(_PART_PREFIX) and name.endswith(_PART_SUFFIX)


def _load(data: bytes, path: str) -> dict[str, Any]:
    try:
        facts = json.loads(data)
    except ValueError as error:
        raise CoreError(f"{path} is damaged: {error}. Extract into another folder") from error
    if not isinstance(facts, dict) or not isinstance(facts.get("format"), int):
        raise CoreError(f"{path} is not Groupsight's: it names no format. Name another folder")
    if facts["format"] > FORMAT:
        raise CoreError(
            f"{path} is of format {facts['format']}, and this version reads up to {FORMAT}: "
            "update Groupsight"
        )
    return facts


def _exactly(facts: Any, kind: type, path: str) -> dict[str, Any]:
    """The fields of a dataclass, each there and of its type; what else is there is left out."""
    wanted = {one.name: one.type for one in fields(kind)}
    found = {name: facts[name] for name in wanted if isinstance(facts, dict) and name in facts}
    for name, expected in wanted.items():
        plain = expected in {int, str}
        if name not in found or (plain and type(found[name]) is not expected):
            raise CoreError(
                f"{path} is damaged: it has no proper {name!r}. Extract into another folder"
            )
    return found
