"""What people decided of each image, as an export says it: the columns beside the clusters."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KEPT, MOVED, EXCLUDED = "kept", "moved", "excluded"


@dataclass(frozen=True, slots=True)
class Decided:
    """What holds of one image.

    Attributes:
        decision: KEPT, MOVED or EXCLUDED; empty where it is only tagged.
        author: who decided; may be empty.
        time: when, UTC in ISO 8601.
        tags: in the order in which they were given.
    """

    decision: str = ""
    author: str = ""
    time: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """The decisions about n distinct images, as they apply to a clustering.

    Attributes:
        found: the cluster of each by K-Means, int32 (n,).
        found_names: what those are called, one for each number.
        excluded: which do not belong to the set, bool (n,).
        decided: by row, of those about which something was decided.
        facts: how many decisions, by whom, up to which row of the journal: what an export says
            of its making.
    """

    found: NDArray[np.int32]
    found_names: tuple[str, ...]
    excluded: NDArray[np.bool_]
    decided: Mapping[int, Decided]
    facts: Mapping[str, int | str]

    def of(self, row: int) -> Decided:
        """What was decided of an image, or that nothing was."""
        return self.decided.get(row, _NOTHING)

    def tabulate(self, rows: NDArray[np.int64]) -> dict[str, list[str]]:
        """The columns of what was decided, for rows (m,) of which -1 is no image."""
        own = [self.of(row) for row in rows.tolist()]
        return {
            "reviewed": [one.decision for one in own],
            "reviewed_by": [one.author for one in own],
            "reviewed_at": [one.time for one in own],
            "tags": ["; ".join(one.tags) for one in own],
        }

    def narrow(self, rows: NDArray[np.int64]) -> "Review":
        """The same of some images (m,) alone, which are numbered anew in this order."""
        decided = {
            new: self.decided[old] for new, old in enumerate(rows.tolist()) if old in self.decided
        }
        return Review(self.found[rows], self.found_names, self.excluded[rows], decided, self.facts)


_NOTHING = Decided()
