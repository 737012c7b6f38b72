"""What all commands share: the options of a study, progress, and errors in one line."""

import inspect
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core import progress
from core.addresses import expand_home
from core.cache import Cache, default_path
from core.caching.sizes import DEFAULT_LIMIT, LIMIT_VARIABLE, read_size
from core.caching.upkeep import shrink_cache
from core.errors import CoreError
from core.export.export import refuse_csv
from core.pictures.limits import (
    DEFAULT_MAX_FILE_SIZE,
    DEFAULT_MAX_PIXELS,
    FILE_SIZE_VARIABLE,
    PIXELS_VARIABLE,
    limited_to,
)
from core.recipe import StudyParams
from core.study import Study, open_study

_log = logging.getLogger(__name__)
console = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
_STAGES = {
    "scan": "reading files",
    "download": "fetching the weights (MB)",
    "extract": "extracting features",
    "take over": "reading features from the shards",
    "decode": "checking images",
    "fit": "fitting K-Means",
    "label": "finding each image's cluster",
    "cluster": "grouping by K-Means",
    "sweep": "measuring every k",
    "occlude": "covering parts of the image",
    "look": "looking at images",
    "classify": "naming classes",
    "export": "writing images",
    "search": "preparing all features for the search",
    "index": "dividing all images into lists",
    "compare": "comparing the index with the exact search",
}


def _reduction(text: str) -> int | None:
    """`none` or a number of components."""
    if text == "none":
        return None
    if not text.isdigit() or int(text) < 1:
        raise typer.BadParameter(f"{text!r} is neither none nor a number from 1")
    return int(text)


def as_path(text: str) -> Path:
    """The path of that name; shells leave the ~ of `--option=~/name` to the program."""
    try:
        return expand_home(text, "file")
    except CoreError as error:
        raise typer.BadParameter(str(error)) from error


_OPTIONS: dict[str, Any] = {
    "source": Annotated[
        str,
        typer.Argument(
            help="A folder, a CSV manifest, digits, torchvision:NAME[:SPLIT], or parquet:ADDRESS."
        ),
    ],
    "images": Annotated[
        Path | None,
        typer.Option(
            parser=as_path,
            metavar="PATH",
            help="For a manifest: the folder in which its images lie.",
        ),
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
    "jpeg_decoder": Annotated[
        str, typer.Option(help="cpu, or cuda where that is the device: who decodes JPEGs.")
    ],
    "batch_size": Annotated[
        int | None, typer.Option(help="Images in the network at once. Default: what suits.")
    ],
    "reduce": Annotated[
        int | None,
        typer.Option(parser=_reduction, metavar="none|N", help="Principal components to keep."),
    ],
    "seed": Annotated[int, typer.Option(help="For every random step.")],
    "sample": Annotated[
        int, typer.Option(help="Of shards with more images than this, so many are drawn.")
    ],
}
CsvOption = Annotated[str | None, typer.Option(metavar="FILE", help="Where to write; - is stdout.")]
CachePath = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        parser=as_path,
        metavar="PATH",
        help="The cache file. Default: the user's cache folder.",
    ),
]
_CacheLimit = Annotated[
    str,
    typer.Option(
        "--cache-limit",
        envvar=LIMIT_VARIABLE,
        help="Above this size the files of the search over shards are given up, then what was "
        "not used for longest; 0: no limit.",
    ),
]
_MaxPixels = Annotated[
    str,
    typer.Option(
        "--max-pixels",
        envvar=PIXELS_VARIABLE,
        help="Larger images are listed and not read, such as 200MP; 0: no limit.",
    ),
]
_MaxFileSize = Annotated[
    str,
    typer.Option(
        "--max-file-size",
        envvar=FILE_SIZE_VARIABLE,
        help="Larger files are listed and not read; 0: no limit.",
    ),
]
_LIMITS: tuple[tuple[str, Any, str], ...] = (
    ("cache_limit", _CacheLimit, DEFAULT_LIMIT),
    ("max_pixels", _MaxPixels, DEFAULT_MAX_PIXELS),
    ("max_file_size", _MaxFileSize, DEFAULT_MAX_FILE_SIZE),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options of a study say; nothing is opened yet."""

    params: StudyParams
    cache: Path | None
    limit: int

    @contextmanager
    def study(self) -> Iterator[Study]:
        """The study, and its cache for as long.

        Raises:
            CoreError: the source, the weights, an option or the cache cannot be used.
        """
        with Cache(self.cache or default_path()) as cache:
            if cache.set_aside:
                console.print(f"the cache was damaged and is kept as {cache.set_aside}")
            with show_progress() as watch:
                study = open_study(self.params, cache, watch)
            _log.info("opened %s with %s", study.source.name, study.recipe.describe())
            shrink_cache(cache, self.limit, keep=[study.recipe.fingerprint])
            yield study


def with_study(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes a Study the options of StudyParams, and `--cache`, instead."""

    @wraps(command)
    def run(asked: Asked, **given: Any) -> None:
        refuse_csv(given.get("csv") or "-", _list_inputs(asked, given))
        with asked.study() as study:
            command(study, **given)

    return with_params(run)


def _list_inputs(asked: Asked, given: Mapping[str, Any]) -> list[Path | str]:
    """Whatever may name a file that the command reads."""
    named = (asked.params.source, asked.params.weights, asked.cache)
    return [one for one in (*named, given.get("like"), given.get("replay")) if one is not None]


def with_params(command: Callable[..., None]) -> Callable[..., None]:
    """The same for a command that takes what was Asked, and opens the study itself or never."""

    def run(**given: Any) -> None:
        params = {name: given.pop(name) for name in _OPTIONS}
        with plain_errors():
            limit = read_size(given.pop("cache_limit"))
            limits = {"pixels": given.pop("max_pixels"), "file_size": given.pop("max_file_size")}
            with limited_to(**limits):
                command(Asked(StudyParams(**params), given.pop("cache"), limit), **given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    shared = [
        inspect.Parameter(name, keyword, annotation=annotation, default=_default(name))
        for name, annotation in _OPTIONS.items()
    ]
    own = list(inspect.signature(command).parameters.values())[1:]
    cache_option = inspect.Parameter("cache", keyword, annotation=CachePath, default=None)
    limits = [
        inspect.Parameter(name, keyword, annotation=annotation, default=default)
        for name, annotation, default in _LIMITS
    ]
    parameters = [*shared, *(one.replace(kind=keyword) for one in own), cache_option, *limits]
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
def plain_errors() -> Iterator[None]:
    """Turn what a user can act on into one line on stderr and exit code 1."""
    try:
        yield
    except CoreError as error:
        console.print(f"groupsight: {error}")
        _log.debug("where this arose", exc_info=error)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        console.print("groupsight: stopped; what is done is kept")
        raise typer.Exit(130) from None


@contextmanager
def show_progress() -> Iterator[progress.Watch]:
    """A progress bar on stderr for whatever reports to the watch that is given."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as bars:
        tasks: dict[str, Any] = {}

        def report(step: progress.Progress) -> None:
            if step.stage not in tasks:
                _log.info("%s: %s", step.stage, step.total)
                name = _STAGES.get(step.stage, step.stage)
                # What was done before this run must not count for its speed.
                tasks[step.stage] = bars.add_task(name, total=step.total, completed=step.done)
            bars.update(tasks[step.stage], total=step.total, completed=step.done)

        yield progress.Watch(report)


def extract_missing(study: Study) -> None:
    """Extract what is missing, and say on stderr what was used and what could not be read."""
    new = len(study.missing())
    with show_progress() as watch:
        study.extract(watch)
    images, recipe = study.images, study.recipe
    if recipe.weights.reason:
        console.print(f"weights: {recipe.weights.name}, since {recipe.weights.reason}")
    console.print(", ".join(f"{name}: {value}" for name, value in recipe.describe().items()))
    if study.source.sample:
        console.print(f"a sample: {study.source.sample}")
    made = "extracted" if study.source.made_by is None else "taken over"
    console.print(
        f"{len(images.records):,} images, {len(images.ids):,} distinct, {new:,} newly {made}, "
        f"{len(images.problems):,} unreadable"
    )
    for record in images.problems:
        console.print(f"unreadable: {record.path}: {record.problem}")
