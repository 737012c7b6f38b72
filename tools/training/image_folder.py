"""A folder of labelled images, decoded once into one array that fits into memory.

Three layouts are known: Tiny-ImageNet's own (`train/<class>/images/*.JPEG` and
`val/val_annotations.txt`), `train/<class>` beside `val/<class>`, and `<class>` alone, of which a
share is held out.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from embeddings.labelled_sets import read_annotations
from numpy.typing import NDArray

from core.errors import CoreError
from core.network.transforms import Transform
from core.pictures.decoding import ImageProblem, decode_scaled
from core.sources.base import Entry, Source
from core.sources.files import FileSource
from core.sources.folder import open_folder

_AT_ONCE = 512
_WORKERS = min(16, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Decoded images uint8 (n, side, side, 3), and the number of the class of each, int64 (n,)."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What is trained on, what is held out, and what had to be left out with the reasons."""

    name: str
    classes: tuple[str, ...]
    train: Pictures
    held_out: Pictures
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    pixels: NDArray[np.uint8]
    labels: list[str]
    problems: list[str]


Report = Callable[[str, int, int], None]


def read_folder(folder: Path, *, side: int, share: float, seed: int, report: Report) -> TrainingSet:
    """Decode every image of a folder, scaled to a square.

    Args:
        folder: in one of the three layouts.
        side: of the square in pixels.
        share: of each class is held out where the folder has no `val`.
        seed: which are held out.
        report: told what is read, how many images are done, and of how many.

    Raises:
        CoreError: there is no such folder, or it has no two classes of readable images.
    """
    if not folder.is_dir():
        raise CoreError(f"no folder {folder}: one with a subfolder for each class is expected")
    if not 0 <= share < 1:
        raise CoreError(f"--held-out {share:g}: a share from 0 to below 1 is expected")
    train, val = folder / "train", folder / "val"
    if not (train.is_dir() and val.is_dir()):
        read = _decode(open_folder(folder, labels=True), "images", side, report)
        return _divide(folder.name, read, share=share, seed=seed)
    read = _decode(open_folder(train, labels=True), "training images", side, report)
    held = _decode(_open_validation(val), "validation images", side, report)
    return _pair(folder.name, read, held)


def _open_validation(folder: Path) -> Source:
    if not (folder / "val_annotations.txt").is_file():
        return open_folder(folder, labels=True)
    rows = read_annotations(folder.parent).to_numpy().tolist()
    entries = [Entry(path, label, folder / "images" / path) for path, label in rows]
    return FileSource(str(folder), entries)


def _decode(source: Source, name: str, side: int, report: Report) -> _Read:
    """The readable images of a source that have a label, in its order."""
    total = len(source.entries)
    pixels = np.empty((total, side, side, 3), dtype=np.uint8)
    labels: list[str] = []
    problems: list[str] = []
    for position, problem in _fill(pixels, source, Transform("embedded", side), name, report):
        entry = source.entries[position]
        if problem is None and entry.label is not None:
            pixels[len(labels)] = pixels[position]  # what is left out leaves no gap
            labels.append(entry.label)
        else:
            problems.append(f"{entry.path}: {problem or 'lies in no folder of a class'}")
    return _Read(pixels[: len(labels)], labels, problems)


def _fill(
    pixels: NDArray[np.uint8], source: Source, transform: Transform, name: str, report: Report
) -> Iterator[tuple[int, str | None]]:
    """Decode into the rows of `pixels`, several at once; each position with what is wrong."""

    def decode_one(position: int) -> str | None:
        try:
            data = source.read(position)
            image = decode_scaled(data, lambda *sides: transform.least_scale(min(sides))).image
        except ImageProblem as problem:
            return str(problem)
        pixels[position] = transform.cut(np.array(image))
        return None

    total = len(pixels)
    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="decode") as pool:
        for start in range(0, total, _AT_ONCE):
            positions = range(start, min(start + _AT_ONCE, total))
            yield from zip(positions, pool.map(decode_one, positions), strict=True)
            report(name, positions.stop, total)


def _divide(name: str, read: _Read, *, share: float, seed: int) -> TrainingSet:
    """Hold out a share of each class, rounded down: small classes are trained on whole."""
    classes = _name_classes(name, read)
    labels = _number(read.labels, classes)
    random = np.random.default_rng(seed)
    held = np.zeros(len(labels), dtype=bool)
    for number in range(len(classes)):
        members = np.flatnonzero(labels == number)
        held[random.permutation(members)[: int(share * len(members))]] = True
    # A copy only where something is held out: the array may be the larger part of the memory.
    train = Pictures(read.pixels[~held], labels[~held]) if held.any() else None
    whole = Pictures(read.pixels, labels)
    rest = Pictures(read.pixels[held], labels[held])
    return TrainingSet(name, classes, train or whole, rest, tuple(read.problems))


def _pair(name: str, read: _Read, held: _Read) -> TrainingSet:
    """Training and validation as the folder has them."""
    classes = _name_classes(name, read)
    known = [label in set(classes) for label in held.labels]
    strange = sorted(set(held.labels) - set(classes))
    problems = [f"val, class {one}: there is none of it in train" for one in strange]
    labels = [label for label, is_known in zip(held.labels, known, strict=True) if is_known]
    rest = Pictures(held.pixels[known], _number(labels, classes))
    train = Pictures(read.pixels, _number(read.labels, classes))
    return TrainingSet(name, classes, train, rest, (*read.problems, *held.problems, *problems))


def _name_classes(name: str, read: _Read) -> tuple[str, ...]:
    classes = tuple(sorted(set(read.labels)))
    if len(classes) > 1:
        return classes
    found = f"only the class {classes[0]!r}" if classes else "no class"
    first = f"; the first that was left out: {read.problems[0]}" if read.problems else ""
    raise CoreError(
        f"{name} has {found} with readable images: at least two subfolders, one for each class, "
        f"are expected{first}"
    )


def _number(labels: Sequence[str], classes: Sequence[str]) -> NDArray[np.int64]:
    numbers = {name: number for number, name in enumerate(classes)}
    return np.array([numbers[label] for label in labels], dtype=np.int64)
