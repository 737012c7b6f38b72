"""The nearest of all images of a folder of shards: exactly, or by an index, and which of the two.

Below `IndexParams.from_images` every distance is taken. From there on FAISS' index is used where
that is installed; where it is not, every distance is taken as well, and what to install is said.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.caching.search_files import INDEX_FOLDER
from core.errors import CoreError
from core.progress import Watch
from core.reduction import Reduction
from core.shards.full_search import EXACT, FullMatch, Prepared, place_of, prepare
from core.shards.index_building import make_index
from core.shards.index_facts import IndexParams
from core.shards.search_index import (
    FACTS_FILE,
    INSTALL,
    DamagedIndexError,
    Index,
    is_available,
    open_index,
)
from core.shards.search_turns import take_place
from core.shards.shards import Shards

_UNWATCHED = Watch()


@dataclass(frozen=True, slots=True)
class FolderSearch:
    """All images of a folder, ready to be searched.

    Attributes:
        prepared: their features.
        index: by which few of them are looked at; None where all are.
        how: whether what is found is exact, in words.
        advice: what would make it quicker; empty where nothing would.
        folder: of the index; None where there is none.
    """

    prepared: Prepared
    index: Index | None = None
    how: str = EXACT
    advice: str = ""
    folder: Path | None = None

    def find(self, one: NDArray[np.float32], k: int) -> FullMatch:
        """The k nearest to `one` (d,), by their exact distances, and how they were found.

        Where the index is damaged all images are looked at, and the next search makes it anew.

        Raises:
            CoreError: k is below 1.
        """
        try:
            return replace(self._find(one, k), how=self.describe(k))
        except DamagedIndexError as damage:
            how = f"{EXACT}, for the index is damaged: {damage}. {_give_up(self.folder)}"
            return replace(self.prepared.find(one, k), how=how)

    def is_exact(self, k: int) -> bool:
        """Whether every distance is taken; also of more images than the index was measured for."""
        return self.index is None or not 1 <= k <= self.index.facts.params.nearest

    def describe(self, k: int) -> str:
        """Whether the k nearest are exact, and what would make it quicker, in words."""
        how = EXACT if self.index is not None and self.is_exact(k) else self.how
        return ". ".join(one for one in (how, self.advice) if one)

    def _find(self, one: NDArray[np.float32], k: int) -> FullMatch:
        if not self.is_exact(k) and self.index is not None:
            (candidates,) = self.index.candidates(one[None], k)
            if len(candidates) >= k:
                return self.prepared.rank(candidates, one, k)
        return self.prepared.find(one, k)


def open_search(
    shards: Shards,
    reduction: Reduction,
    *,
    beside: Path,
    exact: bool = False,
    params: IndexParams | None = None,
    watch: Watch = _UNWATCHED,
) -> FolderSearch:
    """Everything that a search needs, from the files beside a cache, or made now.

    Where the index cannot be made every distance is taken, and `how` says why.

    Args:
        shards: the folder.
        reduction: how the features of the sample were prepared.
        beside: the cache file.
        exact: whether every distance shall be taken, however many there are.
        params: of the index.
        watch: told of the progress.

    Raises:
        CoreError: the shards cannot be read or are others than those that were opened, or the
            files of their features cannot be written.
        Cancelled: `watch` said so; what was whole is kept.
    """
    params = params or IndexParams()
    place = place_of(shards, reduction, beside=beside)
    with take_place(place, beside=beside, stage="search", watch=watch):
        prepared = prepare(shards, reduction, place=place, watch=watch)
    count = len(prepared.rows)
    if exact or not is_worth_index(count, params):
        return FolderSearch(prepared)
    if not is_available():
        return FolderSearch(prepared, advice=_advise(count))
    folder = place / INDEX_FOLDER
    shape = prepared.values.shape[0], prepared.values.shape[1]
    try:
        with take_place(folder, beside=beside, stage="index", watch=watch):
            index = open_index(folder, shape, params) or make_index(prepared, folder, params, watch)
    except CoreError as problem:
        return FolderSearch(prepared, how=f"{EXACT}, for the index cannot be made: {problem}")
    how = index.facts.describe()
    return FolderSearch(prepared, index if index.facts.n_probes else None, how, folder=folder)


def is_worth_index(count: int, params: IndexParams | None = None) -> bool:
    """Whether so many images are searched by an index, where FAISS is installed."""
    params = params or IndexParams()
    return count >= params.from_images and count > params.nearest


def _give_up(folder: Path | None) -> str:
    """Let the next search make an index anew; in words, whether it will."""
    try:
        if folder is not None:
            (folder / FACTS_FILE).unlink(missing_ok=True)
    except OSError as error:
        return (
            f"It cannot be removed ({error.strerror or error}): "
            "`python -m core cache clear results` does that"
        )
    return "The next search makes it anew"


def _advise(count: int) -> str:
    return f"`{INSTALL}` brings an index, by which {count:,} images are searched quicker"
