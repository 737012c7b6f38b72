"""The vote of an image's neighbours, and the features that speak for its cluster and against it."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from core.inside.looking import id_of
from core.inside.speaking import Speaker, Speakers
from core.inside.why import Why
from core.network.map_pictures import encode_picture, overlay
from core.pictures.resizing import Pixels
from dashboard.contents import publish
from dashboard.provenance import Picture, escape_markdown
from dashboard.styles import style_of
from dashboard.tiles import Tile, TileGroup, TilesView, show_tiles, write_tiles
from dashboard.views.inside_parts import Asked
from dashboard.views.inside_saving import picture_of_reasons
from dashboard.views.inside_why_work import found_clusters

_SIDE = 152
"""Twice the pixels of a tile, for screens that have as many."""


def show_votes(shown: Asked, why: Why) -> None:
    """The nearest images, each in the colour of its cluster; a click opens one."""
    if not len(why.place.neighbors):
        return
    names = shown.grouped.names
    votes = ", ".join(f"{names[one.cluster]}: {one.count}" for one in why.votes)
    tiles = tuple(_image(shown, row) for row in why.place.neighbors.tolist())
    picture = picture_of_reasons(shown, "votes", "its nearest images")
    title = f"Its {len(tiles)} nearest images vote" if len(tiles) > 1 else "Its nearest image votes"
    draw_tiles(shown, (TileGroup(title, tiles, votes),), key="votes", picture=picture)


def show_speakers(shown: Asked, why: Why, speakers: Speakers, square: Pixels) -> None:
    """Two columns: the features by which it is nearer to its own cluster, and to the rival's."""
    names = shown.grouped.names
    left, right = st.columns(2, gap="large")
    with left:
        _show_side(shown, f"Speaks for {names[why.place.cluster]}", speakers.own, square, "for")
    with right:
        _show_side(shown, f"Speaks for {names[why.place.rival]}", speakers.rival, square, "against")
    st.caption(_explain(shown, why))


def _show_side(
    shown: Asked, title: str, speakers: Sequence[Speaker], square: Pixels, key: str
) -> None:
    st.markdown(f"**{escape_markdown(title)}**")
    if not speakers:
        st.caption("Nothing does.")
        return
    groups = tuple(_group(shown, one, square) for one in speakers)
    picture = picture_of_reasons(shown, f"speaks-{key}", title)
    draw_tiles(shown, groups, key=f"speaks {key}", picture=picture)


def _group(shown: Asked, one: Speaker, square: Pixels) -> TileGroup:
    kind = "Unit" if shown.study.recipe.cut.is_connected else "Channel"
    tiles = tuple(_image(shown, row, caption=False) for row in one.rows)
    if one.map is not None:
        tiles = (_here(shown, one.feature, one.map, square), *tiles)
    return TileGroup(f"{kind} {one.feature}", tiles, f"{one.part:+.2g}")


def _here(shown: Asked, channel: int, found: NDArray[np.float32], square: Pixels) -> Tile:
    """Where in the image that is looked at the channel is found."""
    made_of = ("channel", id_of(shown.image), shown.study.recipe.fingerprint, channel)
    address = publish(made_of, lambda: encode_picture(overlay(square, found, side=_SIDE)))
    hint = f"Where channel {channel} lights up in this image"
    return Tile(picture=address, caption="here", hint=hint, acts=False)


def _image(shown: Asked, row: int, *, caption: bool = True) -> Tile:
    """An image of the set, in the colour of the cluster into which K-Means put it."""
    number = int(found_clusters(shown)[row])
    style, name = style_of(number), shown.grouped.names[number]
    return Tile(row, None, name if caption else "", f"Open, {name}", style.color, style.symbol)


def draw_tiles(shown: Asked, groups: tuple[TileGroup, ...], *, key: str, picture: Picture) -> None:
    """Draw tiles, which can be saved as `picture`; a click on an image opens it."""

    def opened(group: int, place: int) -> None:
        row = groups[group].tiles[place].row
        if row is not None:
            shown.desk.open(row)

    address = publish(groups, lambda: write_tiles(groups))
    sizes = tuple(len(one.tiles) for one in groups)
    tiles = TilesView(address, sizes, picture=picture)
    show_tiles(tiles, shown.contents.images, key=key, on_choose=opened)


def _explain(shown: Asked, why: Why) -> str:
    """What the numbers are, and what stands beside them."""
    kind = "units" if shown.study.recipe.cut.is_connected else "channels"
    return (
        f"By how much each of the {kind} draws it to one of the two: all of them together sum to "
        f"{why.margin:+.4g}. Beside it the images of the set that have most of it."
    )
