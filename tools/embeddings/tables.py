"""The two tables: weights beside each other, and the layers, grids and sizes of one of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.cache import Cache
from core.errors import CoreError
from core.network.pretrained import imagenet_file
from embeddings.embedding import (
    Choice,
    Embedded,
    draw_random_weights,
    embed,
    embed_pixels,
    suited_choice,
)
from embeddings.labelled_sets import LabelledSet
from embeddings.scoring import score

CUTS = (("conv3", 2), ("conv4", 1), ("conv4", 2), ("conv5", 1), ("conv5", 2))
SIZES = (32, 48, 64, 96)
NOT_MEASURED = "not measured"

Report = Callable[[str], None]


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
        return lambda one: embed(
            one, weights, cache, choice=suited_choice(one.source), device=device
        )

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
    """Lines of a Markdown table of one set: a line a size, a column a layer and grid."""
    report(f"{one.name}: {len(SIZES) * len(CUTS)} extractions")
    yield _line(one.name, *(f"{layer} {grid}x{grid}" for layer, grid in CUTS))
    yield _line("---", *("---" for _ in CUTS))
    for size in SIZES:
        cells = []
        for layer, grid in CUTS:
            choice = Choice(layer, grid, size)
            found = embed(one, weights, cache, choice=choice, device=device)
            measured = score(found.values, found.labels)
            report(f"{one.name}, {choice}: {measured.spread}")
            cells.append(str(measured))
        yield _line(f"{size} px", *cells)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def check_file(file: Path) -> None:
    """Refuse, before long work, weights that are not there.

    Raises:
        CoreError: there is no such file.
    """
    if not file.is_file():
        raise CoreError(f"no such weights: {file}, a .safetensors or .pth file was expected")
