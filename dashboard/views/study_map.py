"""The map of a study, as every page shows it: its colours, the selection, and what made it."""

import streamlit as st

from core.projection import Projection
from core.study import Study
from dashboard import session
from dashboard.coloring import RESTLESS, color, color_shares
from dashboard.contents import Contents, publish_bits
from dashboard.downloads import offer_clusters
from dashboard.grouping import Grouped
from dashboard.provenance import describe_view, escape_markdown
from dashboard.pulse import find_moved
from dashboard.scatter import Choice, Coloring, Edges, show_map
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.sweeping import find_restlessness


def show_study_map(
    view: View, study: Study, grouped: Grouped, contents: Contents, desk: Desk
) -> None:
    """The map by the view's colours."""
    show_colored_map(
        color_view(view, study, grouped), grouped, contents, desk,
        key="map", edges=_edges(view, study, desk), pulse=find_moved(view, study, grouped),
    )  # fmt: skip


def color_view(view: View, study: Study, grouped: Grouped) -> Coloring:
    """The colours that the view asks for."""
    if view.color == RESTLESS:
        made_of = (view.study, study.images.fingerprint, view.sweep)
        return color_shares(RESTLESS, find_restlessness(view, study), made_of=made_of)
    return color(study, grouped, view.color, made_of=session.made_of(view, study, grouped))


def show_colored_map(
    coloring: Coloring,
    grouped: Grouped,
    contents: Contents,
    desk: Desk,
    *,
    key: str,
    edges: Edges | None = None,
    pulse: str | None = None,
    link: str = "",
) -> None:
    """A map whose choices become the selection; maps of one `link` show the same part of it."""

    def chosen(choice: Choice) -> None:
        desk.select(choice.rows, drawn=True)
        if choice.opened is not None:
            desk.open(choice.opened)

    now = desk.now
    show_map(
        contents.map,
        coloring,
        cluster_names=grouped.names,
        selected=publish_bits(now.rows, contents.map.n_images),
        revision=now.revision,
        description=f"Map of {contents.map.n_images:,} images in {grouped.n_clusters} clusters",
        key=key,
        on_choice=chosen,
        ringed=[] if now.opened is None else [now.opened],
        edges=edges,
        zoom=now.zoom,
        on_zoom=desk.zoom,
        pulse=pulse,
        link=link,
    )


def _edges(view: View, study: Study, desk: Desk) -> Edges | None:
    row = desk.now.opened
    if row is None or not desk.now.edges:
        return None
    nearest = session.neighbors(view, study)
    return Edges(row, tuple(nearest.indices[row, 1:].tolist()))


def show_making(view: View, study: Study, projection: Projection) -> None:
    """What made the picture, and the clusters to take away."""
    clustering = session.cluster(view, study)
    st.caption(escape_markdown(describe_view(study, clustering, projection)))
    offer_clusters(view, study, clustering)
