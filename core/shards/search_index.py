"""An index of very many prepared features, so that a search looks at few of them; FAISS, optional.

Inverted file (Jégou, Douze, Schmid 2011, section IV): the images are divided into lists by their
nearest of as many centroids, and a search looks into the lists whose centroids are nearest. Each
value is kept in one byte there; what is found are candidates, which are ranked by their exact
distances elsewhere. The lists lie in files, of which a search reads what it looks into.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from types import ModuleType
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError
from core.shards.index_facts import IndexFacts, IndexParams
from core.shards.search_recall import Places

INSTALL = "pip install -r requirements-faiss.txt"
FACTS_FILE = "index.json"
PART_ROWS = 1 << 20
"""Images of one file: so many are held at once while it is made, in one byte a value."""
_CANDIDATES = 4, 32
"""For k images so many times k, and so many more, are ranked."""
_ID_BYTES = 8


class DamagedIndexError(CoreError):
    """What an index finds cannot be; made anew it would be whole."""


@dataclass(frozen=True, slots=True)
class Index:
    """An index that was made before. Any number of threads may search in it at once.

    Attributes:
        facts: what it is.
        parts: FAISS' indices of the images, `PART_ROWS` each; none where it is of no use.
    """

    facts: IndexFacts
    parts: tuple[Any, ...]

    def candidates(
        self, ones: NDArray[np.float32], k: int, n_probes: int | None = None
    ) -> list[Places]:
        """The places where the k nearest to each of some images (q, d) may be, in no order.

        Args:
            ones: the images, prepared.
            k: how many nearest are wanted; more places are given.
            n_probes: into how many lists to look, if not as many as the facts say.

        Raises:
            DamagedIndexError: what it finds cannot be.
        """
        faiss = load_faiss()
        times, more = _CANDIDATES
        wanted = times * k + more
        probes = faiss.SearchParametersIVF(nprobe=n_probes or self.facts.n_probes)
        asked = np.ascontiguousarray(ones, dtype=np.float32)
        try:
            found = [part.search(asked, wanted, params=probes) for part in self.parts]
        except RuntimeError as error:  # FAISS'
            raise DamagedIndexError(" ".join(str(error).split())) from error
        distances = np.concatenate([one[0] for one in found], axis=1)  # (q, parts x wanted)
        places = np.concatenate([self._places(n, one[1]) for n, one in enumerate(found)], axis=1)
        order = np.argsort(distances, axis=1, kind="stable")[:, :wanted]
        nearest = np.take_along_axis(places, order, axis=1)
        return [row[row >= 0] for row in nearest]

    def _places(self, number: int, ids: NDArray[np.int64]) -> Places:
        """From rows of a part to those of all; -1, where FAISS has found none, stays."""
        part = self.parts[number]
        if len(ids) and (ids.min() < -1 or ids.max() >= part.ntotal):
            raise DamagedIndexError(f"its part {number} names images beyond its {part.ntotal:,}")
        return np.where(ids < 0, ids, ids + number * PART_ROWS)


def is_available() -> bool:
    """Whether FAISS is installed."""
    try:
        load_faiss()
    except ImportError:
        return False
    return True


def load_faiss() -> ModuleType:
    """FAISS.

    Raises:
        ImportError: it is not installed.
    """
    import faiss  # noqa: PLC0415 - optional

    module: ModuleType = faiss
    return module


def open_index(folder: Path, shape: tuple[int, int], params: IndexParams) -> Index | None:
    """What was made before; None where it was not, is damaged, or was made otherwise."""
    try:
        facts = IndexFacts.parse((folder / FACTS_FILE).read_bytes())
        if (facts.params, facts.shape) != (params, shape):
            return None
        return Index(facts, tuple(open_parts(folder, facts)))
    except (OSError, ValueError, RuntimeError):  # the last is FAISS'
        return None


def open_parts(folder: Path, facts: IndexFacts) -> Iterator[Any]:
    """The parts, mapped into memory; what FAISS reads at once is as it was written.

    Raises:
        ValueError: one is damaged.
    """
    faiss = load_faiss()
    for number, expected in enumerate(facts.parts):
        file = part_file(folder, number)
        if check_part(file, facts.shape, number) != expected:
            raise ValueError(f"{file} is not as it was written")
        yield faiss.read_index(str(file), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)


def part_file(folder: Path, number: int) -> Path:
    """Of a part."""
    return folder / f"part-{number:05}.faiss"


def count_parts(shape: tuple[int, int]) -> int:
    """Into how many files so many images go."""
    return ceil(shape[0] / PART_ROWS)


def part_rows(shape: tuple[int, int], number: int) -> slice:
    """The places of a part's images."""
    return slice(number * PART_ROWS, min((number + 1) * PART_ROWS, shape[0]))


def check_part(file: Path, shape: tuple[int, int], number: int) -> tuple[int, int]:
    """The size of a part, and the checksum of all before the lists, which end the file.

    What is wrong in a list itself leaves images out and changes no distance.
    """
    rows = part_rows(shape, number)
    lists = (rows.stop - rows.start) * (shape[1] + _ID_BYTES)
    size = file.stat().st_size
    with file.open("rb") as opened:
        return size, crc32(opened.read(max(0, size - lists)))
