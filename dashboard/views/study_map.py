"""The map of a study, as every page shows it: its colours, the selection, and what made it."""

from dataclasses import replace

import numpy as np
import streamlit as st

from core.projection import Projection
from core.study import Study
from dashboard import session
from dashboard.coloring import RESTLESS, TRUST, color, color_shares, color_trust
from dashboard.contents import Contents, publish_bits
from dashboard.grouping import Grouped
from dashboard.map_trust import find_trust
from dashboard.provenance import Picture, describe_view, escape_markdown, name_export
from dashboard.pulse import find_moved
from dashboard.scatter import Choice, Coloring, Edges, show_map
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.sweeping import find_restlessness
from dashboard.views.take_away import show_take_away


def show_study_map(
    view: View,
    study: Study,
    grouped: Grouped,
    contents: Contents,
    desk: Desk,
    *,
    ringed: int | None = None,
) -> None:
    """The map by the view's colours; `ringed` stands out as long as no image is open."""
    show_colored_map(
        color_view(view, study, grouped), grouped, contents, desk,
        key="map", edges=find_edges(view, study, desk), pulse=find_moved(view, study, grouped),
        ringed=ringed,
        picture=picture_of(view, study, "map", grouped),
    )  # fmt: skip


def picture_of(view: View, study: Study, figure: str, grouped: Grouped | None = None) -> Picture:
    """What a figure of this view says of itself once it is saved.

    Args:
        view: what the page shows.
        study: of the images.
        figure: what it is called in the name of the file.
        grouped: the clusters on it: how many images people have reviewed is said too.
    """
    made = describe_view(study, session.cluster(view, study), session.project(view, study))
    n_reviewed = (
        0 if grouped is None or grouped.reviewed is None else np.count_nonzero(grouped.reviewed)
    )
    corrected = f" · {n_reviewed:,} images kept, moved or excluded by people" if n_reviewed else ""
    name = name_export(view, study, figure, ending="")
    return Picture(name, f"Groupsight: {made}{corrected}")


def color_view(view: View, study: Study, grouped: Grouped) -> Coloring:
    """The colours that the view asks for."""
    if view.color == RESTLESS:
        made_of = (view.study, study.fingerprint, view.sweep)
        return color_shares(RESTLESS, find_restlessness(view, study), made_of=made_of)
    if view.color == TRUST:
        trust = find_trust(view, study).trust.trust
        of_map = (view.study, study.fingerprint, view.umap)
        return color_trust(TRUST, trust, made_of=of_map)
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
    ringed: int | None = None,
    picture: Picture | None = None,
) -> None:
    """A map whose choices become the selection; maps of one `link` show the same part of it.

    What is open is ringed; where nothing is, `ringed` may name an image.
    """

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
        ringed=[one for one in (now.opened, ringed) if one is not None][:1],
        edges=edges,
        zoom=now.zoom,
        on_zoom=desk.zoom,
        pulse=pulse,
        link=link,
        picture=_with_sample(picture, contents),
    )


def _with_sample(picture: Picture | None, contents: Contents) -> Picture | None:
    """A saved map says that it shows a sample, as the page does."""
    if picture is None or contents.map.drawn is None:
        return picture
    return replace(picture, making=f"{picture.making} · {contents.map.drawn.words}")


def find_edges(view: View, study: Study, desk: Desk) -> Edges | None:
    """Lines from the open image to its true neighbours, where these are asked for."""
    row = desk.now.opened
    if row is None or not desk.now.edges:
        return None
    nearest = session.neighbors(view, study)
    return Edges(row, tuple(nearest.indices[row, 1:].tolist()))


def show_making(view: View, study: Study, projection: Projection) -> None:
    """What made the picture, and what can be taken away."""
    clustering = session.cluster(view, study)
    st.caption(escape_markdown(describe_view(study, clustering, projection)))
    show_take_away(view, study)
