"""How far the map of a view can be trusted, computed in the background and kept."""

from core.review.trusting import TrustedMap, trust_map
from core.study import Study
from dashboard.state import View
from dashboard.waiting import await_result


def find_trust(view: View, study: Study) -> TrustedMap:
    """How far the map of the view can be trusted; while it is computed, the page waits."""
    key = (view.study, study.fingerprint, view.umap, "map trust")
    found: TrustedMap = await_result(
        key, lambda _: trust_map(study, view.umap), "Comparing the map with the truth"
    )
    return found
