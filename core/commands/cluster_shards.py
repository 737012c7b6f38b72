"""The command `cluster-shards`: every image of a folder of shards to its cluster, beside them."""

from typing import Annotated

import typer

from core.clusters.streaming import ROUNDS, SAMPLE, StreamParams
from core.commands.engine_options import (
    AddressOption,
    EngineName,
    NumCpusOption,
    WorkersOption,
    read_ray_params,
)
from core.commands.options import console, show_progress
from core.engines.labelling import Labelled, group_shards
from core.engines.sharding import open_engine
from core.errors import check_choice
from core.export.export import tabulate_sizes, write_csv
from core.reduction import NORMALIZATIONS


def cluster_shards(  # noqa: PLR0917 - called by name alone
    shards: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="The folder that `extract --out` has filled.")
    ],
    k: Annotated[int, typer.Option(help="How many clusters.")] = 5,
    seed: Annotated[int, typer.Option(help="For every random step.")] = 42,
    sample: Annotated[
        int, typer.Option(help="K-Means is fitted to so many images; up to that it is exact.")
    ] = SAMPLE,
    rounds: Annotated[
        int, typer.Option(help="With more images: rounds of K-Means over all of them.")
    ] = ROUNDS,
    normalize: Annotated[
        str | None, typer.Option(help="l2 or none. Default: as suits the features.")
    ] = None,
    engine: Annotated[
        EngineName, typer.Option(help="Who assigns: this machine alone, or a Ray cluster.")
    ] = EngineName.LOCAL,
    address: AddressOption = None,
    workers: WorkersOption = None,
    num_cpus: NumCpusOption = None,
) -> None:
    """Group all images of a folder of shards, however many. Prints the sizes.

    The labels are written into a folder of their own beside the features. What is done is kept:
    the same command goes on where it was stopped.
    """
    stream = StreamParams(k, seed, sample, rounds)
    if normalize is not None:
        check_choice("normalisation", normalize, NORMALIZATIONS)
    ray = read_ray_params(engine, address=address, workers=workers, num_cpus=num_cpus)
    uri = shards.removeprefix("parquet:")
    with open_engine(ray) as opened, show_progress() as watch:
        made = group_shards(uri, stream, opened, normalize=normalize, watch=watch)
    _tell(made)
    write_csv(tabulate_sizes(made.sizes), "-", {})


def _tell(made: Labelled) -> None:
    measures = made.fit.measures
    silhouette = "none" if measures.silhouette is None else measures.silhouette.describe()
    console.print(f"{made.fit.method}, normalize: {made.fit.made_of['normalize']}, reduce: none")
    estimate = measures.inertia
    is_sample = estimate.n_sampled < estimate.n_images
    of_sample = f", estimated from the sample: {estimate.describe()}" if is_sample else ""
    console.print(f"inertia: {made.inertia:.6g}{of_sample}")
    console.print(f"silhouette: {silhouette}")
    console.print(
        f"{made.n_images:,} images in {made.n_shards:,} shards, {made.n_new:,} of them newly "
        f"labelled, {made.n_images - int(made.sizes.sum()):,} unreadable: {made.folder.uri}"
    )
