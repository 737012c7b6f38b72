"""The two tables: weights beside each other, and the layers, grids and sizes of one of them."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from core.cache import Cache
from core.errors import CoreError
from core.network.pretrained import imagenet_file
from core.reduction import NORMALIZATIONS
from embeddings.embedding import (
    Choice,
    Embedded,
    draw_random_weights,
    embed,
    embed_pixels,
    suited_choice,
)
from embeddings.labelled_sets import LabelledSet, gather_sets
from embeddings.scoring import score

CUTS = (("conv3", 2), ("conv4", 1), ("conv4", 2), ("conv5", 1), ("conv5", 2))
SIZES = (32, 48, 64, 96)
NOT_MEASURED = "not measured"
CIFAR10 = "CIFAR-10"
TINY = "Tiny-ImageNet validation, 10 classes"

Report = Callable[[str], None]


def judge(
    files: Sequence[Path],
    *,
    cifar10: Path | None = None,
    tiny: Path | None = None,
    others: Sequence[Path] = (),
    device: str = "auto",
) -> Iterator[str]:
    """The lines of the table by which weights are judged, each as soon as it is measured.

    Args:
        files: weights beside those that are known.
        cifar10: a folder with a subfolder for each of its classes.
        tiny: Tiny-ImageNet as published.
        others: more folders with a subfolder for each class.
        device: `auto`, `cpu`, `cuda` or `mps`.

    Raises:
        CoreError: a folder or a file is not there, or is of another kind.
    """
    for file in files:
        check_file(file)
    absent = [CIFAR10] * (cifar10 is None) + [TINY] * (tiny is None)
    with scratch_space() as (scratch, cache):
        sets = gather_sets(name_folders(cifar10, others), tiny, scratch)
        contenders = gather_contenders(files, scratch, cache, device=device)
        yield from weights_table(sets, contenders, absent)


@contextmanager
def scratch_space() -> Iterator[tuple[Path, Cache]]:
    """A folder and a cache for as long as it takes: what is measured is measured anew."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Cache(Path(folder) / "cache.sqlite") as cache,
    ):
        yield Path(folder), cache


def name_folders(cifar10: Path | None, others: Sequence[Path]) -> list[tuple[str, Path]]:
    """What the table calls each folder."""
    known = [] if cifar10 is None else [(CIFAR10, cifar10)]
    return known + [(folder.name, folder) for folder in others]


@dataclass(frozen=True, slots=True)
class Contender:
    """One column of the table: a name, and how it makes features of a set."""

    name: str
    embed: Callable[[LabelledSet], Embedded]


def gather_contenders(
    files: Sequence[Path], scratch: Path, cache: Cache, *, device: str = "auto"
) -> list[Contender]:
    """Pixels, random weights, the embedded ones, ImageNet's where they are, and given files.

    Files are used as the embedded weights are: they are meant to take their place.
    """
    random = draw_random_weights(scratch, seed=0)

    def suited(weights: str) -> Callable[[LabelledSet], Embedded]:
        return lambda one: embed(one, weights, cache, choice=suited_choice(one), device=device)

    def imagenet(one: LabelledSet) -> Embedded:
        return embed(one, "imagenet", cache, choice=None, device=device)

    known = [
        Contender("raw pixels", embed_pixels),
        Contender("random VGG-16", suited(str(random))),
        Contender("embedded", suited("embedded")),
    ]
    if imagenet_file().exists():
        known.append(Contender("ImageNet, fc1", imagenet))
    return [*known, *(Contender(file.name, suited(str(file))) for file in files)]


def weights_table(
    sets: Iterable[LabelledSet], contenders: Sequence[Contender], absent: Sequence[str] = ()
) -> Iterator[str]:
    """Lines of a Markdown table, each as soon as it is measured: NMI / nearest neighbours.

    Args:
        sets: a line each.
        contenders: a column each.
        absent: names of sets that are not at hand: they are said to be not measured.
    """
    yield _line("set, NMI / kNN", *(one.name for one in contenders))
    yield _line("---", *("---" for _ in contenders))
    for one in sets:
        yield _line(*_measure_set(one, contenders))
    for name in absent:
        yield _line(name, *(NOT_MEASURED for _ in contenders))


def _measure_set(one: LabelledSet, contenders: Sequence[Contender]) -> list[str]:
    count, cells = 0, []
    for contender in contenders:
        found = contender.embed(one)
        count = len(found.labels)
        cells.append(str(score(found.values, found.labels)))
    return [f"{one.name}, {count:,}", *cells]


def layers_table(
    one: LabelledSet, weights: str, cache: Cache, *, device: str = "auto", report: Report
) -> Iterator[str]:
    """Lines of a Markdown table of one set: a line a size and normalisation, a column a cut."""
    report(f"{one.name}: {len(SIZES) * len(CUTS)} extractions")
    yield _line(one.name, *(f"{layer} {grid}x{grid}" for layer, grid in CUTS))
    yield _line("---", *("---" for _ in CUTS))
    for size, normalize in product(SIZES, NORMALIZATIONS):
        cells = []
        for layer, grid in CUTS:
            choice = Choice(layer, grid, size, normalize)
            found = embed(one, weights, cache, choice=choice, device=device)
            measured = score(found.values, found.labels)
            report(f"{one.name}, {choice}: {measured.spread}")
            cells.append(str(measured))
        yield _line(f"{size} px, {normalize}", *cells)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def check_file(file: Path) -> None:
    """Refuse, before long work, weights that are not there.

    Raises:
        CoreError: there is no such file.
    """
    if not file.is_file():
        raise CoreError(f"no such weights: {file}, a .safetensors or .pth file was expected")
