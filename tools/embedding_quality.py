"""How well features group images: the table by which embedded weights are judged.

    python tools/embedding_quality.py [--cifar10 FOLDER] [--tiny FOLDER] [--weights FILE] [--layers]

NMI: K-Means with the true number of classes, the mean of the seeds 0 to 9. kNN: of each class the
first half votes for the second and the other way round, 10 nearest by cosine. Both on features
as the program prepares them: L2-normalised, PCA to 256. Nothing here may be trained on.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from embeddings.labelled_sets import gather_sets
from embeddings.tables import judge, layers_table, name_folders, scratch_space

from core.errors import CoreError


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables, line by line as they grow; exit with a sentence where one is wrong."""
    given = _parse(arguments)
    try:
        for line in _layers(given) if given.layers else _judge(given):
            print(line, flush=True)
    except CoreError as error:
        sys.exit(str(error))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--cifar10", type=Path, metavar="FOLDER", help="a subfolder a class")
    add("--tiny", type=Path, metavar="FOLDER", help="Tiny-ImageNet as published")
    add("--folder", type=Path, action="append", default=[], help="another, a subfolder a class")
    add("--weights", type=Path, action="append", default=[], metavar="FILE", help="a column more")
    add("--layers", action="store_true", help="layers, grids, sizes, normalisations of one")
    add("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    return parser.parse_args(arguments)


def _judge(given: argparse.Namespace) -> Iterator[str]:
    return judge(
        given.weights,
        cifar10=given.cifar10,
        tiny=given.tiny,
        others=given.folder,
        device=given.device,
    )


def _layers(given: argparse.Namespace) -> Iterator[str]:
    with scratch_space() as (scratch, cache):
        sets = gather_sets(name_folders(given.cifar10, given.folder), given.tiny, scratch)
        for weights in [str(file) for file in given.weights] or ["embedded"]:
            for one in sets:
                yield f"\n{weights}\n"
                yield from layers_table(one, weights, cache, device=given.device, report=_murmur)


def _murmur(line: str) -> None:
    """How far it is, beside what is printed."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
