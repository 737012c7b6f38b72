"""What else moved when K-Means was fitted again with what was decided: who followed, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.journal.corrections import Corrected
from core.journal.decisions import Kind

Rows = NDArray[np.int64]
_TOLD = 5
"""Ways that are told one by one."""


@dataclass(frozen=True, slots=True)
class Way:
    """Images that went from one cluster to another.

    Attributes:
        before: the corrected cluster that they left.
        after: the one in which they are now.
        rows: theirs among the distinct images, ascending.
    """

    before: int
    after: int
    rows: Rows


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a new fit changed. Images are distinct ones; excluded images are no part of it.

    Attributes:
        n_moved: how many images people had put into another cluster than that of K-Means.
        n_kept: how many they had confirmed where they were.
        ways: the images that nobody had decided about and that are elsewhere now, by the way they
            took; the most frequent way first.
        carried: images that were decided and are elsewhere all the same, ascending: the image to
            which each is tied is there as well.
    """

    n_moved: int
    n_kept: int
    ways: tuple[Way, ...]
    carried: Rows

    @property
    def rows(self) -> Rows:
        """All that followed, ascending."""
        nobody: Rows = np.empty(0, dtype=np.int64)
        return np.sort(np.concatenate([nobody, *(way.rows for way in self.ways)]))

    @property
    def targets(self) -> dict[int, int]:
        """For each image that followed the cluster in which it is now."""
        return {row: way.after for way in self.ways for row in way.rows.tolist()}


def find_consequences(corrected: Corrected, labels: NDArray[np.int32]) -> Consequences:
    """Compare the corrected clusters with those that were fitted again under their numbers.

    Args:
        corrected: of n distinct images.
        labels: the cluster of each after the new fit, (n,).
    """
    counted = ~corrected.excluded  # (n,)
    decided = np.zeros(len(labels), dtype=bool)
    decided[[one.image for one in corrected.applied]] = True
    is_kept = [one.row.decision.kind is Kind.KEEP for one in corrected.applied]
    kept = [one.image for one, keeps in zip(corrected.applied, is_kept, strict=True) if keeps]
    n_kept = int(np.count_nonzero(counted[kept] & ~corrected.moved[kept]))
    n_moved = int(np.count_nonzero(counted & corrected.moved))
    elsewhere = counted & (labels != corrected.labels)
    ways = _sort_ways(corrected.labels, labels, np.flatnonzero(elsewhere & ~decided))
    return Consequences(n_moved, n_kept, ways, np.flatnonzero(elsewhere & decided))


def _sort_ways(before: NDArray[np.int32], after: NDArray[np.int32], rows: Rows) -> tuple[Way, ...]:
    pairs = np.stack([before[rows], after[rows]], axis=1)  # (m, 2)
    ends, codes = np.unique(pairs, axis=0, return_inverse=True)
    ways = [
        Way(first, last, rows[codes.reshape(-1) == code])
        for code, (first, last) in enumerate(ends.tolist())
    ]
    return tuple(sorted(ways, key=lambda way: -len(way.rows)))


def describe_consequences(found: Consequences, names: Sequence[str]) -> str:
    """In words.

    Args:
        found: what the new fit changed.
        names: of the corrected clusters, by number.
    """
    learned = f"Learned from {count_images(found.n_moved)} moved by hand and {found.n_kept:,} kept"
    n_followed = len(found.rows)
    if not n_followed:
        said = f"{learned}: no other image followed."
    else:
        more = f"{n_followed:,} more {'image' if n_followed == 1 else 'images'} followed"
        said = f"{learned}: {more}, {_list_ways(found.ways, names)}."
    n_carried = len(found.carried)
    if not n_carried:
        return said
    their = "its" if n_carried == 1 else "their"
    core = f"went along with the most typical image of {their} cluster"
    return f"{said} {count_images(n_carried)} of those decided {core}."


def _list_ways(ways: Sequence[Way], names: Sequence[str]) -> str:
    told = [describe_way(way, names) for way in ways[:_TOLD]]
    others = sum(len(way.rows) for way in ways[_TOLD:])
    if others:
        told.append(f"{others:,} on {len(ways) - _TOLD} other ways")
    *first, last = told
    return f"{', '.join(first)} and {last}" if first else last


def describe_way(way: Way, names: Sequence[str]) -> str:
    """Such as `20 from cluster 3 to cluster 5`."""
    return f"{len(way.rows):,} from {names[way.before]} to {names[way.after]}"


def count_images(count: int) -> str:
    """Such as `1 image`, `1,200 images`."""
    return f"{count:,} image{'' if count == 1 else 's'}"
