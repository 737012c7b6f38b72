"""What the parts of the Review page share: what is shown, how it is scored, and who decides."""

from dataclasses import dataclass

from core.compare.restlessness import Restlessness
from core.errors import Cancelled, CoreError
from core.measures.sweep import Sweep
from core.progress import Watch
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
        (view.study, study.fingerprint, view.kmeans, "misfits"),
        lambda _: _measure(view, study),
        "Finding misfits",
    )
    return made


def _measure(view: View, study: Study) -> Review:
    review = Review(study, view.kmeans, restlessness=_known_restlessness(view, study))
    _ = review.misfit  # measured here, in the background, and kept
    return review


def _known_restlessness(view: View, study: Study) -> Restlessness | None:
    """Where the sweep was measured before: it takes long, and nobody has asked for it here."""
    stopped = Watch(should_stop=lambda: True)  # at the first clustering: only what is kept comes
    try:
        return Sweep(study, view.sweep).restlessness(stopped)
    except (Cancelled, CoreError):
        return None
