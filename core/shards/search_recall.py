"""How many of the exact nearest images a search finds that looks at some images alone.

An image counts as found where it lies no farther away than the last of the exact ones, so that
of equally near ones any may be found. The image that is searched for does not count.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.progress import Progress, Watch
from core.shards.full_search import Prepared

_BLOCK_ROWS = 1 << 15
_SPARE = 8
"""Beyond k: their distances are taken again, by differences."""
_UNWATCHED = Watch()
Places = NDArray[np.int64]


def draw_places(count: int, wanted: int, *, seed: int) -> Places:
    """So many of `count` places, all with the same chance, rising; all where there are fewer."""
    drawn = np.random.default_rng(seed).choice(
        count, min(count, wanted), replace=False, shuffle=False
    )
    return np.sort(drawn).astype(np.int64)


def find_radii(
    prepared: Prepared, queries: Places, k: int, watch: Watch = _UNWATCHED
) -> NDArray[np.float32]:
    """How far away the k-th nearest other image of each of some images lies, float32 (q,).

    All distances are taken, those of all queries at once.

    Args:
        prepared: of all images.
        queries: the places of those whose nearest images are wanted, rising, (q,).
        k: how many; at most as many as there are other images.
        watch: told of the progress.
    """
    ones, count = prepared.values[queries], len(prepared.rows)  # (q, d)
    columns = np.arange(len(queries))
    places = np.empty((0, len(queries)), dtype=np.int64)
    nearest = np.empty((0, len(queries)), dtype=np.float32)
    for start in range(0, count, _BLOCK_ROWS):
        block = slice(start, min(start + _BLOCK_ROWS, count))
        # Less the query's own squared length, which all its distances share.
        distances = prepared.squares[block, None] - 2 * (prepared.values[block] @ ones.T)  # (b, q)
        here = (queries >= start) & (queries < block.stop)
        distances[queries[here] - start, columns[here]] = np.inf  # each query itself
        theirs = np.repeat(np.arange(start, block.stop)[:, None], len(queries), axis=1)
        nearest, places = _least(
            np.concatenate([nearest, distances]), np.concatenate([places, theirs]), k + _SPARE
        )
        watch.step(Progress("compare", block.stop, count))
    found = [
        prepared.rank(near[near != own], one, k)
        for own, near, one in zip(queries, places.T, ones, strict=True)
    ]
    return np.array([one.distances[-1] for one in found])


def _least(
    distances: NDArray[np.float32], places: Places, k: int
) -> tuple[NDArray[np.float32], Places]:
    """The k least distances (n, q) of each column and their places, in no order."""
    if len(distances) <= k:
        return distances, places
    kept = np.argpartition(distances, k - 1, axis=0)[:k]  # (k, q)
    return np.take_along_axis(distances, kept, axis=0), np.take_along_axis(places, kept, axis=0)


def measure_recall(
    prepared: Prepared,
    queries: Places,
    radii: NDArray[np.float32],
    k: int,
    candidates: Sequence[Places],
) -> float:
    """Which share of the k nearest other images is among the candidates, 0 to 1.

    Args:
        prepared: of all images.
        queries: the places of the images that are searched for, (q,).
        radii: how far away the last of each one's exact nearest lies, (q,).
        k: as for `radii`.
        candidates: for each of them the places that were found.
    """
    found = 0
    ones = prepared.values[queries]
    for place, one, radius, near in zip(queries, ones, radii, candidates, strict=True):
        distances = np.linalg.norm(prepared.values[near[near != place]] - one, axis=1)
        found += min(k, int((distances <= radius).sum()))
    return found / (k * len(queries))
