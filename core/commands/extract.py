"""The command `extract`: features into the cache, or into a folder of shards by any engine."""

from typing import Annotated

import typer

from core.commands.engine_options import (
    AddressOption,
    EngineName,
    NumCpusOption,
    WorkersOption,
    read_ray_params,
)
from core.commands.options import Asked, console, extract_missing, show_progress
from core.engines.ray_engine import RayParams
from core.engines.sharding import Made, extract_shards, open_engine
from core.errors import CoreError
from core.shards.shards import Shards
from core.shards.storage import Folder

_TOLD = 20
"""Unreadable images that are named; the shards hold the reasons of all."""


def extract(  # noqa: PLR0917 - called by name alone
    asked: Asked,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Write Parquet shards into this folder instead of the cache: a path, s3://, gs://.",
        ),
    ] = None,
    engine: Annotated[
        EngineName, typer.Option(help="With --out: this machine alone, or a Ray cluster.")
    ] = EngineName.LOCAL,
    shard_size: Annotated[
        int | None, typer.Option(min=1, help="With --out: images a shard. Default: 4096.")
    ] = None,
    address: AddressOption = None,
    workers: WorkersOption = None,
    num_cpus: NumCpusOption = None,
    num_gpus: Annotated[
        float | None, typer.Option(help="With ray: GPUs of each worker. Default: 0.")
    ] = None,
) -> None:
    """Compute the features of every image, into the cache or, with --out, into shards.

    What is done is kept: the same command goes on where it was stopped.
    """
    ray = read_ray_params(
        engine, address=address, workers=workers, num_cpus=num_cpus, num_gpus=num_gpus
    )
    if out is None:
        _refuse_without_out(engine, shard_size)
        with asked.study() as study:
            extract_missing(study)
        return
    _extract_to(asked, Folder(out), ray, shard_size)


def _refuse_without_out(engine: EngineName, shard_size: int | None) -> None:
    if engine is EngineName.RAY:
        raise CoreError(
            f"--engine {engine.value} writes shards: add --out and a folder that all nodes reach"
        )
    if shard_size is not None:
        raise CoreError(f"--shard-size {shard_size} goes with --out: add that and a folder")


def _extract_to(asked: Asked, folder: Folder, ray: RayParams | None, rows: int | None) -> None:
    with open_engine(ray) as engine, show_progress() as watch:
        made = extract_shards(asked.params, folder, engine, shard_rows=rows, watch=watch)
    console.print(", ".join(f"{name}: {value}" for name, value in made.recipe.describe().items()))
    console.print(
        f"{made.making.n_images:,} images in {made.making.n_shards:,} shards, {made.n_new:,} of "
        f"them new, {made.n_unreadable:,} unreadable: {folder.uri}"
    )
    if made.n_unreadable:
        _name_unreadable(made)


def _name_unreadable(made: Made) -> None:
    """The first of the images that could not be read, each with its reason."""
    found = [
        number
        for number, stamp in sorted(made.stamps.items())
        if stamp.n_readable < made.making.rows_of(number)
    ]
    told = 0
    for _, table in Shards(made.folder.uri).tables(("uri", "problem"), found):
        for row in table.filter(table.column("problem").is_valid()).to_pylist():
            if told == _TOLD:
                console.print(f"and {made.n_unreadable - told:,} more: see the column `problem`")
                return
            console.print(f"unreadable: {row['uri']}: {row['problem']}")
            told += 1
