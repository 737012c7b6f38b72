"""The command line: `python -m core`. Data goes to stdout or a named file, all else to stderr."""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core import progress
from core.cache import Cache, default_path
from core.clustering import KMeansParams
from core.errors import CoreError
from core.export import tabulate_clusters, tabulate_map, tabulate_sizes, write_csv
from core.projection import UMAPParams
from core.recipe import StudyParams
from core.study import Study, open_study

app = typer.Typer(
    name="groupsight",
    help="See how a set of images groups: VGG-16 features, K-Means, UMAP.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
_STAGES = {
    "scan": "reading files",
    "download": "fetching the weights (MB)",
    "extract": "extracting features",
    "decode": "checking images",
}


def _reduction(text: str) -> int | None:
    """`none` or a number of components."""
    if text == "none":
        return None
    if not text.isdigit() or int(text) < 1:
        raise typer.BadParameter(f"{text!r} is neither none nor a number from 1")
    return int(text)


_OPTIONS: dict[str, Any] = {
    "source": Annotated[
        str, typer.Argument(help="A folder, a CSV manifest, digits, or torchvision:NAME[:SPLIT].")
    ],
    "images": Annotated[
        Path | None, typer.Option(help="For a manifest: the folder in which its images lie.")
    ],
    "labels": Annotated[bool, typer.Option(help="Take a folder's first subfolders as labels.")],
    "weights": Annotated[
        str, typer.Option(help="auto, imagenet, embedded, or a .pth or .safetensors file.")
    ],
    "layer": Annotated[str | None, typer.Option(help="conv3, conv4, conv5, fc1 or fc2.")],
    "grid": Annotated[int | None, typer.Option(help="1 or 2: average a block to 1x1 or 2x2.")],
    "transform": Annotated[str | None, typer.Option(help="imagenet, article or embedded.")],
    "size": Annotated[int | None, typer.Option(help="Pixels of the square the network sees.")],
    "normalize": Annotated[str | None, typer.Option(help="l2 or none.")],
    "device": Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")],
    "precision": Annotated[str, typer.Option(help="auto, fp32 or bf16.")],
    "batch_size": Annotated[
        int | None, typer.Option(help="Images in the network at once. Default: what suits.")
    ],
    "reduce": Annotated[
        int | None,
        typer.Option(parser=_reduction, metavar="none|N", help="Principal components to keep."),
    ],
    "seed": Annotated[int, typer.Option(help="For every random step.")],
}
_Csv = Annotated[str | None, typer.Option(metavar="FILE", help="Where to write; - is stdout.")]
_CachePath = Annotated[
    Path | None, typer.Option("--cache", help="The cache file. Default: the user's cache folder.")
]


def _with_study(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes a Study the options of StudyParams, and `--cache`, instead."""

    def run(**given: Any) -> None:
        params = {name: given.pop(name) for name in _OPTIONS}
        with _plain_errors(), Cache(given.pop("cache") or default_path()) as cache:
            with _shown() as watch:
                study = open_study(StudyParams(**params), cache, watch)
            command(study, **given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    shared = [
        inspect.Parameter(name, keyword, annotation=annotation, default=_default(name))
        for name, annotation in _OPTIONS.items()
    ]
    own = list(inspect.signature(command).parameters.values())[1:]
    cache_option = inspect.Parameter("cache", keyword, annotation=_CachePath, default=None)
    parameters = [*shared, *(one.replace(kind=keyword) for one in own), cache_option]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__doc__ = command.__doc__
    run.__name__ = command.__name__
    return run


def _default(name: str) -> Any:
    """The default of StudyParams; where Typer parses a text, the text that a user would type."""
    if name == "source":
        return inspect.Parameter.empty
    default = next(one.default for one in fields(StudyParams) if one.name == name)
    return str(default) if name == "reduce" else default


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn what a user can act on into one line on stderr and exit code 1."""
    try:
        yield
    except CoreError as error:
        _console.print(f"groupsight: {error}")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        _console.print("groupsight: stopped; what is done is kept")
        raise typer.Exit(130) from None


@contextmanager
def _shown() -> Iterator[progress.Watch]:
    """A progress bar on stderr for whatever reports to the watch that is given."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    quiet = not _console.is_terminal
    with Progress(*columns, console=_console, transient=True, disable=quiet) as bars:
        tasks: dict[str, Any] = {}

        def report(step: progress.Progress) -> None:
            if step.stage not in tasks:
                name = _STAGES.get(step.stage, step.stage)
                # What was done before this run must not count for its speed.
                tasks[step.stage] = bars.add_task(name, total=step.total, completed=step.done)
            bars.update(tasks[step.stage], total=step.total, completed=step.done)

        yield progress.Watch(report)


def _extract(study: Study) -> None:
    """Extract what is missing, and say on stderr what was used and what could not be read."""
    new = len(study.missing())
    with _shown() as watch:
        study.extract(watch)
    images, recipe = study.images, study.recipe
    if recipe.weights.reason:
        _console.print(f"weights: {recipe.weights.name}, since {recipe.weights.reason}")
    _console.print(", ".join(f"{name}: {value}" for name, value in recipe.describe().items()))
    _console.print(
        f"{len(images.records):,} images, {len(images.ids):,} distinct, {new:,} newly extracted, "
        f"{len(images.problems):,} unreadable"
    )
    for record in images.problems:
        _console.print(f"unreadable: {record.path}: {record.problem}")


@app.command()
@_with_study
def extract(study: Study) -> None:
    """Compute and cache the features of every image."""
    _extract(study)


@app.command()
@_with_study
def cluster(
    study: Study,
    k: Annotated[int, typer.Option(help="How many clusters.")] = 5,
    csv: _Csv = None,
) -> None:
    """Group the images by K-Means. Prints the sizes, or writes one row an image with --csv."""
    params = KMeansParams(k, study.params.seed)
    most = len(study.images.ids)
    if k > most > 0:  # known before the long work; the features may tell even fewer apart
        raise CoreError(f"k = {k} is more than the {most} images that differ")
    _extract(study)
    clustering = study.cluster(params)
    _console.print(f"reduce: {study.reduction.describe()}, inertia: {clustering.inertia:.6g}")
    if csv is None:
        write_csv(tabulate_sizes(clustering), "-", {})
        return
    table = tabulate_clusters(study.source.table, study.images, clustering)
    write_csv(table, csv, {**study.describe(), "n_clusters": k})


@app.command()
@_with_study
def project(  # noqa: PLR0917 - called by name alone
    study: Study,
    csv: _Csv = "-",
    n_neighbors: Annotated[int, typer.Option(help="UMAP: local (few) or global (many).")] = 15,
    min_dist: Annotated[float, typer.Option(help="UMAP: how tightly points may lie.")] = 0.1,
    metric: Annotated[str, typer.Option(help="euclidean or cosine.")] = "euclidean",
    dimensions: Annotated[int, typer.Option(help="2, or 3 for a map in space.")] = 2,
) -> None:
    """Lay the images out by UMAP. Writes path, x, y (and z): one row an image."""
    params = UMAPParams(n_neighbors, min_dist, metric, study.params.seed, dimensions)
    _extract(study)
    projection = study.project(params)
    _console.print(f"reduce: {study.reduction.describe()}, map: {projection.method}")
    made_by = {**study.describe(), "map": projection.method}
    write_csv(tabulate_map(study.images, projection), csv or "-", made_by)


@app.command()
@_with_study
def info(study: Study) -> None:
    """Say what a source holds, what cannot be read and why, and what is cached."""
    with _shown() as watch:
        study.inspect(watch)
    images = study.images
    labels = {record.label for record in images.records if record.label is not None}
    facts = {
        "source": images.source,
        "images": len(images.records),
        "distinct": len(images.ids),
        "unreadable": len(images.problems),
        "other files": study.source.passed_over,
        "labels": len(labels),
        **study.recipe.describe(),
        "extracted": len(images.ids) - len(study.missing()),
        "cache": study.cache.path,
    }
    for name, value in facts.items():
        sys.stdout.write(f"{name}: {value}\n")
    for record in images.problems:
        sys.stdout.write(f"unreadable: {record.path}: {record.problem}\n")


def main() -> None:
    """Run the command line."""
    app()
