"""Clusters: what the images of a cluster share."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from core.inside.cluster_traits import ClusterTraits
from core.inside.heat_picture import average_pictures
from core.pictures.resizing import Pixels
from core.progress import Watch
from dashboard.contents import publish
from dashboard.styles import style_of
from dashboard.tiles import Tile, TileGroup, TilesView, show_tiles, write_tiles
from dashboard.views.inside_parts import Asked
from dashboard.views.inside_traits_pictures import show_patches, show_shared
from dashboard.views.inside_why_work import (
    ALONE,
    follow,
    found_clusters,
    is_alone,
    key_of,
    key_of_image,
)

_KEY = "of_cluster"
_OWN = "own"
"""The option that follows the image."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """What a cluster's most typical images share, and how they look on the mean."""

    traits: ClusterTraits
    typical: Pixels
    mean: Pixels


def show_traits(shown: Asked) -> None:
    """Draw this part of the page."""
    if is_alone(shown):
        st.info(ALONE)
        return
    cluster = _ask_for_cluster(shown)
    if cluster is None:
        return
    found: _Shared | None = follow(
        key_of(shown, "traits", cluster),
        lambda watch: _find(shown, cluster, watch),
        "Looking at the most typical images",
    )
    if found is not None:
        show_shared(shown, found.traits, found.typical, found.mean)
        show_patches(shown, found.traits)


def _find(shown: Asked, cluster: int, watch: Watch) -> _Shared:
    traits = shown.inside.traits(cluster, shown.view.kmeans, watch)
    squares = list(shown.inside.looking.squares(traits.rows).values())
    return _Shared(traits, squares[0], average_pictures(squares))


def _ask_for_cluster(shown: Asked) -> int | None:
    """The cluster of the image, unless another one is chosen; None while it is not known."""
    own = _cluster_of(shown)
    if own is None:
        return None
    present = np.unique(found_clusters(shown)).tolist()
    names = shown.grouped.names
    options = [_OWN, *map(str, present)]
    if st.session_state.get(_KEY) not in options:  # of another k
        st.session_state.pop(_KEY, None)
    asked = st.selectbox(
        "Cluster",
        options,
        format_func=lambda one: f"of the image: {names[own]}" if one == _OWN else names[int(one)],
        key=_KEY,
        bind="query-params",
    )
    cluster = own if asked == _OWN else int(asked)
    _show_all(shown, present, cluster)
    return cluster


def _cluster_of(shown: Asked) -> int | None:
    """Where K-Means has the image, or would have it."""
    if shown.row is not None:
        return int(found_clusters(shown)[shown.row])
    found = follow(
        key_of_image(shown, "cluster"),
        lambda _: shown.inside.why(shown.image, shown.view.kmeans).place.cluster,
        "Finding the image's cluster",
    )
    return None if found is None else int(found)


def _show_all(shown: Asked, present: list[int], cluster: int) -> None:
    """A card for each cluster: its most central image in its colour; a click chooses it."""
    sizes = np.bincount(found_clusters(shown))
    medoids = shown.study.medoids(shown.view.kmeans)
    tiles = tuple(_card(shown, one, int(medoids[one]), int(sizes[one])) for one in present)

    def choose(_: int, place: int) -> None:
        st.session_state[_KEY] = str(present[place])

    groups = (TileGroup("", tiles),)
    address = publish(("clusters", groups), lambda: write_tiles(groups))
    view = TilesView(address, (len(tiles),), (0, present.index(cluster)))
    show_tiles(view, shown.contents.images, key="all clusters", on_choose=choose)


def _card(shown: Asked, cluster: int, medoid: int, size: int) -> Tile:
    style, name = style_of(cluster), shown.grouped.names[cluster]
    hint = f"{name}: {size:,} image{'' if size == 1 else 's'}"
    return Tile(medoid, None, name, hint, style.color, style.symbol)
