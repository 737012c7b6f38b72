"""The order of the review queue: by which score, which images, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import CoreError
from core.review.label_codes import NO_LABEL, LabelCodes
from core.review.misfit import COMBINED, SCORES, Misfit
from dashboard.grouping import REVIEWED, Rows

SORTS = {
    COMBINED: "everything together",
    "margin": "nearness to another centre",
    "silhouette": "silhouette",
    "neighbors": "neighbours elsewhere",
    "restlessness": "restlessness",
    "label": "unusual label",
}
"""What each score is called on the page."""

SORT_HELP = """The worst come first. Every score is between 0, where it fits, and 1.

- **everything together**: the mean of nearness to another centre, neighbours elsewhere,
  restlessness and unusual label, as far as they are known
- **nearness to another centre**: 0 at the centre of its cluster, 1 where that of another is as near
- **silhouette**: the same question, asked of all images of the clusters instead of their centres
- **neighbours elsewhere**: the share of its 14 nearest that are in other clusters
- **restlessness**: how often these part from it at other k and seeds; known once the map was
  coloured by it
- **unusual label**: 0 for the most common label of its cluster, near 1 for one alone among many
"""

ANY_STATUS = "all"
STATUSES = (ANY_STATUS, *REVIEWED)

UNLABELLED = "(no label)"
"""Chosen for images without a label."""
_NOWHERE = -2
"""The code of a label that no image has."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which images are in the queue; of each only those that match all of them.

    Attributes:
        clusters: in one of these; of none chosen, in any.
        score: the least that the score of the order may be.
        labels: a file of the image has one of these; of none chosen, any or no label.
        status: one of STATUSES.
        tags: with one of these; of none chosen, any or no tag.
        selected: only what is selected.
    """

    clusters: tuple[int, ...] = ()
    score: float = 0.0
    labels: tuple[str, ...] = ()
    status: str = ANY_STATUS
    tags: tuple[str, ...] = ()
    selected: bool = False

    @property
    def count(self) -> int:
        """How many of them leave images out."""
        chosen = (self.clusters, self.score > 0, self.labels, self.tags, self.selected)
        return sum(map(bool, chosen)) + (self.status != ANY_STATUS)


@dataclass(frozen=True, eq=False)
class Facts:
    """What is asked of each of n images.

    Attributes:
        clusters: the cluster in which it is now, int32 (n,).
        reviewed: what was decided of it, a position in REVIEWED, (n,).
        labels: of every readable row of the source.
        rows: for each of these rows the image that it holds, (m,).
        tagged: for each tag the images that have it.
        selected: the images that are selected.
    """

    clusters: NDArray[np.int32]
    reviewed: NDArray[np.uint8]
    labels: LabelCodes
    rows: Rows
    tagged: Mapping[str, Rows]
    selected: Rows


def known_sorts(misfit: Misfit) -> tuple[str, ...]:
    """The scores that are known for these images, the usual one first."""
    return tuple(name for name in SCORES if _is_known(misfit, name))


def _is_known(misfit: Misfit, name: str) -> bool:
    try:
        return not np.isnan(misfit.score(name)).all()
    except CoreError:
        return False


def find_matching(score: NDArray[np.float32], filters: Filters, facts: Facts) -> NDArray[np.bool_]:
    """Which images match all filters, (n,).

    Args:
        score: by which the queue is sorted, (n,).
        filters: what is asked for.
        facts: of the images.
    """
    keep = np.ones(len(score), dtype=bool)
    if filters.clusters:
        keep &= np.isin(facts.clusters, filters.clusters)
    if filters.score > 0:
        keep &= score >= filters.score  # what is undefined is not
    if filters.labels:
        keep &= _of_labels(filters.labels, facts)
    if filters.status != ANY_STATUS:
        keep &= facts.reviewed == REVIEWED.index(filters.status)
    if filters.tags:
        none = np.empty(0, dtype=np.int64)
        keep &= _among([facts.tagged.get(tag, none) for tag in filters.tags], len(keep))
    if filters.selected:
        keep &= _among([facts.selected], len(keep))
    return keep


def _of_labels(names: tuple[str, ...], facts: Facts) -> NDArray[np.bool_]:
    """Copies may have labels of their own: one of them is enough."""
    known = {name: code for code, name in enumerate(facts.labels.names)}
    codes = [NO_LABEL if name == UNLABELLED else known.get(name, _NOWHERE) for name in names]
    return _among([facts.rows[np.isin(facts.labels.codes, codes)]], len(facts.clusters))


def _among(some: list[Rows], count: int) -> NDArray[np.bool_]:
    found = np.zeros(count, dtype=bool)
    found[np.concatenate(some)] = True
    return found


def find_place(rows: Rows, row: int, ranks: Rows) -> int:
    """Where an image is in the queue; where it is not in it, the next that fits no worse.

    Args:
        rows: of the queue, in its order; at least one.
        row: of the image.
        ranks: the place of every image in the order without filters, (n,).
    """
    found = np.flatnonzero(rows == row)
    if not len(found):
        found = np.flatnonzero(ranks[rows] > ranks[row])
    return int(found[0]) if len(found) else len(rows) - 1


def find_open(rows: Rows, at: int, reviewed: NDArray[np.uint8]) -> int | None:
    """The next place after `at`, from the beginning again, whose image was not reviewed."""
    places = np.flatnonzero(reviewed[rows] == 0)
    if not len(places):
        return None
    after = places[places > at]
    return int(after[0] if len(after) else places[0])


def take_window(count: int, at: int, *, before: int, after: int) -> range:
    """The places around one of them, as far as the queue reaches."""
    return range(max(0, at - before), min(count, at + after + 1))
