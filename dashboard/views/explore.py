"""Explore: the map, what is selected on it, the open image, and the clusters."""

from functools import partial

import numpy as np
import streamlit as st

from core.projection import Projection
from core.study import Study
from dashboard import session, state
from dashboard.coloring import color
from dashboard.contents import Contents, publish_bits, publish_contents, publish_order
from dashboard.downloads import offer_clusters
from dashboard.gallery import Action, GalleryView, show_gallery
from dashboard.grouping import Grouped, Rows
from dashboard.provenance import describe_view, escape_markdown
from dashboard.scatter import Choice, Edges, show_map
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.storage import open_cache
from dashboard.views.explore_clusters import show_clusters
from dashboard.views.explore_image import show_image
from dashboard.views.explore_search import show_search


def show() -> None:
    """Draw the page."""
    opened = session.open_view()
    if opened is None:
        _welcome()
        return
    view, study = opened
    grouped = session.group(view, study)
    projection = session.project(view, study)
    Desk(study.images, open_cache()).follow_link()
    _explore(view, study, grouped, projection)


def _welcome() -> None:
    st.title("See how your images group")
    st.markdown(
        "Name a folder of images on the left and press **Open**. Groupsight looks at each image "
        "with VGG-16, groups them by K-Means and lays them out on a map. Nothing leaves this "
        "computer."
    )
    demo = {"source": "digits", "weights": "embedded", "k": 10}
    st.button("Try 1,797 handwritten digits", on_click=state.put, args=(demo,), type="primary")


@st.fragment
def _explore(view: View, study: Study, grouped: Grouped, projection: Projection) -> None:
    desk = Desk(study.images, open_cache())
    grouped = session.rename(view, study, grouped)
    contents = publish_contents(grouped, projection, made_of=_made_of(view, study))
    if study.images.problems:
        _warn_of_problems(study)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _show_map(view, study, grouped, contents, desk)
        clustering = session.cluster(view, study)
        st.caption(escape_markdown(describe_view(study, clustering, projection)))
        offer_clusters(view, study, clustering)
    with right:
        show_search(view, study, desk)
        if desk.now.opened is not None:
            show_image(view, study, grouped, contents, desk)
        if len(desk.now.rows):
            _show_selection(view, study, grouped, contents, desk)
        else:
            show_clusters(view, study, grouped, contents, desk)


def _made_of(view: View, study: Study) -> tuple[object, ...]:
    """What decides clusters and places."""
    return (view.study, view.kmeans, view.umap, study.recipe.fingerprint, study.images.fingerprint)


def _warn_of_problems(study: Study) -> None:
    count = len(study.images.problems)
    left_out = "1 image is" if count == 1 else f"{count:,} images are"
    with st.expander(f"{left_out} left out: what could not be read, and why"):
        session.show_problems(study)


def _show_map(view: View, study: Study, grouped: Grouped, contents: Contents, desk: Desk) -> None:
    def chosen(choice: Choice) -> None:
        desk.select(choice.rows, drawn=True)
        if choice.opened is not None:
            desk.open(choice.opened)

    now = desk.now
    show_map(
        contents.map,
        color(study, grouped, view.color, made_of=_made_of(view, study)),
        cluster_names=grouped.names,
        selected=publish_bits(now.rows, contents.map.n_images),
        revision=now.revision,
        description=f"Map of {contents.map.n_images:,} images in {len(grouped.names)} clusters",
        key="map",
        on_choice=chosen,
        ringed=[] if now.opened is None else [now.opened],
        edges=_edges(view, study, desk),
        zoom=now.zoom,
        on_zoom=desk.zoom,
    )


def _edges(view: View, study: Study, desk: Desk) -> Edges | None:
    row = desk.now.opened
    if row is None or not desk.now.edges:
        return None
    nearest = session.neighbors(view, study)
    return Edges(row, tuple(nearest.indices[row, 1:].tolist()))


def _show_selection(
    view: View, study: Study, grouped: Grouped, contents: Contents, desk: Desk
) -> None:
    rows = desk.now.rows

    def mark(marked: Rows, action: Action) -> None:
        desk.select(marked if action == "keep" else np.setdiff1d(rows, marked))

    summary, clear = st.columns([4, 1], vertical_alignment="center")
    summary.markdown(f"**{escape_markdown(grouped.summarize(rows))}**")
    clear.button("Clear", on_click=desk.select, args=((),), width="stretch")
    show_gallery(
        GalleryView(_order(view, study, grouped, desk), desk.now.opened),
        contents.images,
        key="gallery",
        on_open=desk.open,
        on_mark=mark,
    )


def _order(view: View, study: Study, grouped: Grouped, desk: Desk) -> str:
    """The address of the selected rows, sorted as the view asks."""
    rows, opened = desk.now.rows, desk.now.opened
    first = int(rows[0]) if opened is None else opened

    by = partial(study.distances, first)
    return publish_order(grouped.sort(rows, view.sort, by))
