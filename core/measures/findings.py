"""What the curves over k were found to say, before it is put into words."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

ENOUGH = 5
"""Values of k from which curves are read: a peak with two others on either side."""
MOST = 2 / 3
"""Where this part of all k is equally good, the curve is flat."""
STABLE = 0.9
"""Mean adjusted Rand index between seeds from which the groups are stable.

`Excellent` in D. Steinley, "Properties of the Hubert-Arabie Adjusted Rand Index", Psychological
Methods 9(3), 2004.
"""

Separation = Literal["strong", "reasonable", "weak", "overlapping", "none"]


@dataclass(frozen=True, slots=True)
class Findings:
    """What the curves over the k measured so far say; docs/measures.md has the rules.

    Attributes:
        measured: every k that can be judged, ascending: its silhouette is defined.
        equally_good: those with the best silhouettes, ascending; none where there are no groups.
        stable: further k, away from those, at which every seed finds all but the same groups.
        chance_up_to: up to this k the groups depend on chance; None where they don't.
        chance_from: from this k on they do; None where they don't.
        is_complete: at the largest k every image lies at its centroid, so that more say nothing.
        separation: how far apart the groups lie at best.
        certainty: the lowest stability of what is equally good; None where one is not measured.
        unsteady: those of the equally good that are not stable.
        elbow: the k at the elbow of the inertia; None where it has none.
        calinski_harabasz: the k at which it is best; None where it is undefined.
        davies_bouldin: likewise.
        label_choice: those that agree best with the labels; none without labels.
        label_agreement: the best adjusted Rand index to the labels; None without labels.
    """

    measured: tuple[int, ...] = ()
    equally_good: tuple[int, ...] = ()
    stable: tuple[int, ...] = ()
    chance_up_to: int | None = None
    chance_from: int | None = None
    is_complete: bool = False
    separation: Separation = "none"
    certainty: float | None = None
    unsteady: tuple[int, ...] = ()
    elbow: int | None = None
    calinski_harabasz: int | None = None
    davies_bouldin: int | None = None
    label_choice: tuple[int, ...] = ()
    label_agreement: float | None = None

    @property
    def is_flat(self) -> bool:
        """Whether so many k are equally good that none of them is better."""
        return len(self.equally_good) >= max(2, MOST * len(self.measured))

    @property
    def votes(self) -> dict[str, int]:
        """The k that each curve but the silhouette points to, where it points to one."""
        found = {
            "Calinski-Harabasz": self.calinski_harabasz,
            "Davies-Bouldin": self.davies_bouldin,
            "the elbow of the inertia": self.elbow,
        }
        return {name: k for name, k in found.items() if k is not None}

    @property
    def stands_out(self) -> int | None:
        """The one k that can be called best, if there is one.

        It alone has the best silhouette, most of the other curves point to it, every seed finds
        its groups as far as that is measured, and these do not overlap. It is a peak, with both of
        its neighbours measured. 2 must be a strong one, since every curve favours the two halves
        of one long cloud; but those of an evenly filled line reach 0.63.
        """
        if len(self.equally_good) != 1 or len(self.measured) < ENOUGH or self.unsteady:
            return None
        [k], votes = self.equally_good, self.votes.values()
        beside = {3} if k == 2 else {k - 1, k + 1}  # noqa: PLR2004 - 1 cannot be judged
        apart = {"strong"} if k == 2 else {"strong", "reasonable", "weak"}  # noqa: PLR2004
        is_peak = beside <= {*self.measured} and self.separation in apart
        is_shared = 2 * sum(vote == k for vote in votes) > len(votes)
        return k if is_peak and is_shared else None

    @property
    def n_gaps(self) -> int:
        """How many k between the lowest and the highest are not measured."""
        return sum(after - before - 1 for before, after in pairwise(self.measured))


def runs_of(numbers: Iterable[int]) -> list[list[int]]:
    """The numbers in ascending order, a new list wherever one is missing in between."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs
