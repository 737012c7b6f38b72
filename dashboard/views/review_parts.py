"""What the parts of the Review page share: what is shown, how it is scored, and who decides."""

from dataclasses import dataclass

from core.review.reviewing import Review
from core.study import Study
from dashboard.deciding import Decider
from dashboard.grouping import Grouped
from dashboard.state import View
from dashboard.views.compare_parts import Shown
from dashboard.waiting import await_result


@dataclass(frozen=True)
class Reviewed(Shown):
    """The view and its results, under review.

    Attributes:
        found: the clusters as K-Means found them; `grouped` are the corrected ones.
        misfits: how badly each image fits the cluster in which it was found.
        decider: keeps what is decided.
    """

    found: Grouped
    misfits: Review
    decider: Decider


def find_misfits(view: View, study: Study) -> Review:
    """How badly each image fits its cluster by K-Means, and why."""
    made: Review = await_result(
        (view.study, view.kmeans, "misfits"), lambda _: _measure(view, study), "Finding misfits"
    )
    return made


def _measure(view: View, study: Study) -> Review:
    review = Review(study, view.kmeans)
    _ = review.misfit  # measured here, in the background, and kept
    return review
