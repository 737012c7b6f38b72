"""The work on one shard, the same for every engine: read, decode, network, write."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import CoreError
from core.images import identify
from core.recipe import CODE_VERSION, Recipe
from core.shards.inspection import inspect_shard
from core.shards.making import Making, Stamp, part_name
from core.shards.planning import PlannedSource, Task, address_of
from core.shards.shard_file import ShardRow, write_shard
from core.shards.storage import Folder
from core.sources.remote import Unreachable

if TYPE_CHECKING:
    from core.features import Batch
    from core.network.vgg import FeatureNetwork

Begin = Callable[[], Callable[[Any], bytes]]
"""Called once by each worker: gives the work on one task, which says in bytes what it has done."""


@dataclass(frozen=True, slots=True)
class WorkParams:
    """What every worker is told, wherever it runs.

    Attributes:
        folder: where the shards go.
        making: of the folder.
        recipe: how images become features, with the device of the workers.
        batch_size: images in the network at once; None: what suits the device.
        readers: threads that read and decode.
    """

    folder: Folder
    making: Making
    recipe: Recipe
    batch_size: int | None
    readers: int


class ShardWorker:
    """A network on its device, which makes one shard after the other.

    Raises:
        CoreError: this machine has another version of Groupsight than the one that planned.
    """

    def __init__(self, params: WorkParams, network: "FeatureNetwork") -> None:
        from core.features import Extractor  # noqa: PLC0415 - brings torch

        if params.making.recipe.code != CODE_VERSION:
            raise CoreError(
                f"a worker has version {CODE_VERSION} of Groupsight's features, and wanted is "
                f"{params.making.recipe.code}: install the same on every node"
            )
        self.params = params
        self._extractor = Extractor(network, params.recipe.transform, params.recipe.device)

    def make(self, task: Task) -> Stamp:
        """Make one shard.

        Raises:
            CoreError: none of its images could be had, the device fails, or it cannot be written.
        """
        folder, making = self.params.folder, self.params.making
        if folder.has(part_name(task.number)):  # by a worker that was killed before it could tell
            return inspect_shard(folder, making, task.number)
        return write_shard(folder, making, task.number, self._rows(task.source))

    def _rows(self, source: PlannedSource) -> list[ShardRow]:
        reading = _Reading(source)
        rows: list[ShardRow] = []
        # An image is called by its place here: what its content is called is known once it is read.
        places = [str(place) for place in range(len(source.entries))]
        for batch in self._extractor.extract(
            places, reading.read, batch_size=self.params.batch_size, workers=self.params.readers
        ):
            rows.extend(reading.rows_of(batch))
        reading.require_some()
        return rows


class _Reading:
    """The images of one shard, read once each and identified on the way."""

    def __init__(self, source: PlannedSource) -> None:
        self._source = source
        self._ids: dict[str, str] = {}
        self._unreachable: list[Unreachable] = []

    def read(self, place: str) -> bytes:
        """The bytes of the image at a place; called by several threads.

        Raises:
            ImageProblem: there are none.
        """
        try:
            data = self._source.read(int(place))
        except Unreachable as problem:
            self._unreachable.append(problem)
            raise
        self._ids[place] = identify(data)
        return data

    def rows_of(self, batch: "Batch") -> list[ShardRow]:
        """What became of the images of a batch."""
        entries = self._source.entries
        return [
            ShardRow(
                address_of(entries[int(place)]),
                entries[int(place)].label,
                self._ids.get(place),
                seen,
                batch.features.get(place),
            )
            for place, seen in batch.seen.items()
        ]

    def require_some(self) -> None:
        """Refuse to keep a shard of which every read failed: the address is down, not the images.

        Raises:
            CoreError: none could be had.
        """
        if self._unreachable and not self._ids:
            raise CoreError(
                f"none of {len(self._source.entries):,} images could be had: "
                f"{self._source.entries[0].path} {self._unreachable[0]}. What is done is kept: "
                "start again once it can be reached"
            )


def load_network(recipe: Recipe) -> "FeatureNetwork":
    """The network of a recipe, on the CPU, as it is sent to the workers.

    Raises:
        CoreError: the weights cannot be read.
    """
    from core.network.pretrained import load_state  # noqa: PLC0415 - brings torch
    from core.network.vgg import build_network  # noqa: PLC0415

    return build_network(load_state(recipe.weights), recipe.cut)
