"""From a source to a folder of shards: planned, made by an engine, reported as it goes."""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any, Protocol

from core.device import Device
from core.engines.gathering import gather_shards
from core.engines.local_engine import LocalEngine
from core.engines.ray_engine import RayEngine, RayParams
from core.engines.shard_work import Begin, WorkParams
from core.network.pretrained import find_weights
from core.pictures.native_side import measure_side
from core.progress import Watch
from core.recipe import Recipe, StudyParams, decide, refuse_other_decoder
from core.shards.making import Making, Stamp
from core.shards.planning import Plan, list_images, make_plan
from core.shards.storage import Folder
from core.sources import Source

_UNWATCHED = Watch()


class Engine(Protocol):
    """Who makes the shards."""

    readers: int

    def choose_device(self, kind: str, precision: str) -> Device:
        """Decide what `auto` means where the work is done."""

    def make(self, plan: Plan, params: WorkParams) -> Iterator[Stamp]:
        """Make the shards that are missing; each is written once it is given."""

    def spread(self, tasks: Iterable[Any], begin: Begin) -> Iterator[bytes]:
        """Do any other work, one task a shard, and give what it says, in no order."""


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a folder: its making, its shards, and how many of them are new."""

    folder: Folder
    making: Making
    recipe: Recipe
    stamps: dict[int, Stamp]
    n_new: int

    @property
    def n_unreadable(self) -> int:
        """Images without features."""
        return self.making.n_images - sum(stamp.n_readable for stamp in self.stamps.values())


def open_engine(params: RayParams | None) -> Any:
    """A context that gives the engine: a Ray cluster, or without parameters this machine.

    Raises:
        CoreError: Ray is not installed, or there is no such cluster.
    """
    return nullcontext(LocalEngine()) if params is None else RayEngine(params)


def extract_shards(
    params: StudyParams,
    folder: Folder,
    engine: Engine,
    *,
    shard_rows: int | None = None,
    watch: Watch = _UNWATCHED,
) -> Made:
    """Make every shard that the folder lacks. Whatever stops it, what is whole is kept.

    Raises:
        CoreError: the source, the weights, the folder or the engine cannot be used.
        Cancelled: `watch` said so.
    """
    source = list_images(params.source, images=params.images, labels=params.labels)
    recipe = _decide(params, source, engine, watch)
    plan = make_plan(source, recipe, folder, shard_rows=shard_rows)
    work = WorkParams(folder, plan.making, recipe, params.batch_size, engine.readers)
    made = engine.make(plan, work) if plan.missing else ()
    total = plan.making.n_images
    stamps = gather_shards(plan.there, made, plan.making, stage="extract", total=total, watch=watch)
    folder.clear_partials()
    return Made(folder, plan.making, recipe, stamps, len(plan.missing))


def _decide(params: StudyParams, source: Source, engine: Engine, watch: Watch) -> Recipe:
    """The recipe, with the device of those who do the work: that of this machine may be another."""
    refuse_other_decoder(params)
    device = engine.choose_device(params.device, params.precision)
    here = replace(params, device="cpu", precision=device.precision)
    weights = find_weights(params.weights, watch=watch)
    return replace(decide(here, weights, lambda: measure_side(source)), device=device)
