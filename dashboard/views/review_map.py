"""The honest map: which images only look misplaced, and how far the map can be trusted."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.exploration import NEAREST
from core.review.map_trust import MapTrust, find_misplaced
from core.review.review_words import describe_trust
from core.review.trusting import TrustedMap
from dashboard import session
from dashboard.coloring import color_misplaced, color_trust
from dashboard.grouping import Rows
from dashboard.map_trust import find_trust
from dashboard.provenance import escape_markdown
from dashboard.scatter import Coloring
from dashboard.views.review_gallery import Ranking, show_opened, show_ranking, worst_first
from dashboard.views.review_parts import Reviewed
from dashboard.views.study_map import (
    color_view,
    find_edges,
    picture_of,
    show_colored_map,
    show_making,
)

MISPLACED, TRUST, CONTINUITY, OWN = "Misplaced", "Trust", "Continuity", "As the sidebar asks"


@dataclass(frozen=True, eq=False)
class _Judged:
    """A map, how far it can be trusted, and who is misplaced on it alone, (n,)."""

    trusted: TrustedMap
    misplaced: NDArray[np.bool_]

    @property
    def trust(self) -> MapTrust:
        return self.trusted.trust


def show_map_trust(shown: Reviewed) -> None:
    """What can be said of the map as a whole, and image by image."""
    trusted = find_trust(shown.view, shown.study)
    neighbors = shown.study.neighbors(NEAREST)
    misplaced = find_misplaced(shown.grouped.clusters, neighbors, trusted.map_neighbors)
    judged = _Judged(trusted, misplaced)
    for sentence in describe_trust(judged.trust):
        st.markdown(escape_markdown(sentence))
    by: str = st.segmented_control(
        "Show", [MISPLACED, TRUST, CONTINUITY, OWN], required=True, default=MISPLACED,
        key="map_trust", bind="query-params",
    )  # fmt: skip
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _show_map(shown, judged, by)
    with right:
        opened = shown.desk.now.opened
        said = [] if opened is None else describe_place(opened, judged.trust, misplaced)
        show_opened(shown, said)
        show_ranking(shown, _rank(shown, judged, by))


def _show_map(shown: Reviewed, judged: _Judged, by: str) -> None:
    show_colored_map(
        _color(shown, judged, by), shown.grouped, shown.contents, shown.desk,
        key="map", edges=find_edges(shown.view, shown.study, shown.desk),
        picture=picture_of(shown.view, shown.study, f"map-{by}", shown.grouped),
    )  # fmt: skip
    st.caption("Lines lead from the open image to its true neighbours, where they are asked for.")
    show_making(shown.view, shown.study, shown.projection)


def _color(shown: Reviewed, judged: _Judged, by: str) -> Coloring:
    made_of = (session.made_of(shown.view, shown.study, shown.grouped), by)
    if by == MISPLACED:
        return color_misplaced(judged.misplaced, made_of=made_of)
    if by == OWN:
        return color_view(shown.view, shown.study, shown.grouped)
    return color_trust(by.lower(), _values(judged.trust, by), made_of=made_of)


def _values(trust: MapTrust, by: str) -> NDArray[np.float32]:
    return trust.continuity if by == CONTINUITY else trust.trust


def list_misplaced(misplaced: NDArray[np.bool_], badness: NDArray[np.floating]) -> Rows:
    """Those that are misplaced, by falling badness."""
    rows = np.flatnonzero(misplaced)
    return rows[worst_first(badness[rows])]


def _rank(shown: Reviewed, judged: _Judged, by: str) -> Ranking:
    values = _values(judged.trust, by)
    some = by in {MISPLACED, OWN}
    rows = list_misplaced(judged.misplaced, -values) if some else worst_first(-values)
    heading = _count_misplaced(len(rows)) if some else f"{len(rows):,} images"
    what = "continuity" if by == CONTINUITY else "trust"
    return Ranking(
        name="map trust",
        made_of=(by, shown.view.study, shown.view.umap, shown.study.fingerprint),
        rows=rows,
        badness=-values,
        heading=heading,
        order=f"the least {what} first",
        note=lambda row: f"{values[row]:.3f}",
        tag="misplaced",
        empty="No image looks misplaced on the map that is not: what stands among another cluster "
        "there is among it in truth, too.",
        on_open=lambda: shown.desk.draw_edges(True),
    )


def _count_misplaced(count: int) -> str:
    if count == 1:
        return "1 image looks misplaced, on the map alone"
    return f"{count:,} images look misplaced, on the map alone"


def describe_place(row: int, trust: MapTrust, misplaced: NDArray[np.bool_]) -> list[str]:
    """How far one image's place on the map can be trusted, in words."""
    values = f"trust {trust.trust[row]:.3f}, continuity {trust.continuity[row]:.3f}"
    if not misplaced[row]:
        return [values]
    return [
        values,
        "it stands among other clusters on the map alone: most of its true neighbours are in its "
        "own cluster",
    ]
