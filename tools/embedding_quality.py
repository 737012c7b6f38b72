"""How well features group images: the table by which embedded weights are judged.

    python tools/embedding_quality.py [--cifar10 FOLDER] [--tiny FOLDER] [--weights FILE] [--layers]

NMI: K-Means with the true number of classes, the mean of the seeds 0 to 9. kNN: of each class the
first half votes for the second and the other way round, 10 nearest by cosine. Both on features
as the program prepares them: L2-normalised, PCA to 256. Nothing here may be trained on.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from embeddings.labelled_sets import LabelledSet, gather_sets
from embeddings.tables import check_file, gather_contenders, layers_table, weights_table

from core.cache import Cache
from core.errors import CoreError

CIFAR10 = "CIFAR-10"
TINY = "Tiny-ImageNet validation, 10 classes"


def main() -> None:
    """Print the tables, line by line as they grow; exit with a sentence where one is wrong."""
    given = _parse()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            Cache(Path(folder) / "cache.sqlite") as cache,
        ):
            for line in _lines(given, Path(folder), cache):
                print(line, flush=True)
    except CoreError as error:
        sys.exit(str(error))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cifar10", type=Path, metavar="FOLDER", help="a subfolder a class")
    parser.add_argument("--tiny", type=Path, metavar="FOLDER", help="Tiny-ImageNet as published")
    parser.add_argument(
        "--folder", type=Path, action="append", default=[], help="another, a subfolder a class"
    )
    parser.add_argument(
        "--weights", type=Path, action="append", default=[], metavar="FILE", help="a column more"
    )
    parser.add_argument(
        "--layers", action="store_true", help="layers, grids and sizes instead of weights"
    )
    parser.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    return parser.parse_args()


def _lines(given: argparse.Namespace, scratch: Path, cache: Cache) -> Iterator[str]:
    for file in given.weights:
        check_file(file)
    sets = gather_sets(_named(given), given.tiny, scratch)
    if given.layers:
        yield from _layers(sets, given, cache)
        return
    contenders = gather_contenders(given.weights, scratch, cache, device=given.device)
    absent = [CIFAR10] * (given.cifar10 is None) + [TINY] * (given.tiny is None)
    yield from weights_table(sets, contenders, absent)


def _named(given: argparse.Namespace) -> list[tuple[str, Path]]:
    folders = [] if given.cifar10 is None else [(CIFAR10, given.cifar10)]
    return folders + [(folder.name, folder) for folder in given.folder]


def _layers(sets: list[LabelledSet], given: argparse.Namespace, cache: Cache) -> Iterator[str]:
    for weights in [str(file) for file in given.weights] or ["embedded"]:
        for one in sets:
            yield f"\n{weights}\n"
            yield from layers_table(
                one,
                weights,
                cache,
                device=given.device,
                report=lambda line: print(line, file=sys.stderr, flush=True),
            )


if __name__ == "__main__":
    main()
