"""The clusters as people have corrected them, beside those that K-Means found."""

import numpy as np
from numpy.typing import NDArray

from core.journal.corrections import Corrected
from core.journal.deciding import Deciding
from core.journal.decisions import Kind
from core.study import Study
from dashboard import session
from dashboard.grouping import REVIEWED, Grouped
from dashboard.state import View


def apply_corrections(view: View, study: Study, found: Grouped) -> Grouped:
    """The clusters that the view asks for: corrected, or as they were found.

    Args:
        view: what the page shows.
        study: of the images.
        found: the clusters of the view by K-Means.
    """
    if not view.corrected:
        return session.rename(view, study, found)
    deciding = Deciding(study)
    corrected = deciding.corrected(view.kmeans)
    names, fit = deciding.names(view.kmeans), deciding.fit(view.kmeans)
    return Grouped(found.images, corrected.labels, fit, names, _mark(corrected))


def _mark(corrected: Corrected) -> NDArray[np.uint8]:
    """What was decided of each image: its position in REVIEWED, (n,)."""
    marks = np.zeros(len(corrected.labels), dtype=np.uint8)
    for one in corrected.applied:
        is_kept = one.row.decision.kind is Kind.KEEP
        marks[one.image] = REVIEWED.index("kept" if is_kept else "moved")
    marks[corrected.excluded] = REVIEWED.index("excluded")
    return marks
