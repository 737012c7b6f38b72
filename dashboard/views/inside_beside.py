"""The second of two images whose maps are compared: one of the set, or one given here."""

from pathlib import PurePath

import streamlit as st

from core.pictures.decoding import ImageProblem
from dashboard import session
from dashboard.views.inside_choices import bind
from dashboard.views.inside_guest import KEPT_NOWHERE, SUFFIXES
from dashboard.views.inside_image import medoid_of, place_of
from dashboard.views.inside_map_pictures import Named
from dashboard.views.inside_parts import Asked, say

NOBODY, NEAREST, OWN, RIVAL, YOURS = (
    "no other image",
    "its nearest image",
    "the most typical of its cluster",
    "the most typical of its rival cluster",
    "an image of yours",
)


def ask_for_other(shown: Asked) -> tuple[Named, ...]:
    """The image beside, or none: what is chosen may not be there for every image."""
    offered = [NOBODY, NEAREST, OWN, RIVAL, YOURS]
    chosen = st.selectbox("Beside it", offered, **bind("map_beside", offered))
    if chosen == NOBODY:
        return ()
    if chosen == YOURS:
        return _ask_for_file(shown)
    row = _find_row(shown, chosen)
    if row is None or row == shown.row:
        none = f"There is no such image: {chosen}."
        st.caption(none if row is None else f"There is nothing beside it: this is {chosen}.")
        return ()
    image = shown.study.images.ids[row]
    return (Named(image, shown.study.images.by_id[image][0].path),)


def _find_row(shown: Asked, chosen: str) -> int | None:
    nearest, own, rival = _relatives(shown)
    if chosen == NEAREST:
        return nearest
    cluster = own if chosen == OWN else rival
    return None if cluster is None else medoid_of(shown, cluster)


def _relatives(shown: Asked) -> tuple[int | None, int | None, int | None]:
    """The row of the nearest image, the own cluster, and the rival; None where there is none."""
    row = shown.row
    if row is None:
        place = place_of(shown)
        if place is None:
            return None, None, None
        return int(place.neighbors[0]), place.cluster, place.rival
    indices = session.neighbors(shown.view, shown.study).indices[row]
    others = indices[indices != row]
    rival = int(shown.grouped.fit.rivals[row])
    nearest = int(others[0]) if len(others) else None
    return nearest, int(shown.grouped.clusters[row]), rival if rival >= 0 else None


def _ask_for_file(shown: Asked) -> tuple[Named, ...]:
    file = st.file_uploader(
        "Image beside", SUFFIXES, key="beside file", label_visibility="collapsed",
        help=KEPT_NOWHERE,
    )  # fmt: skip
    if file is None:
        return ()
    data, name = file.getvalue(), PurePath(file.name).name
    try:
        shown.inside.square(data)
    except ImageProblem as problem:
        st.caption(say(f"{name} cannot be looked at: {problem}"))
        return ()
    return (Named(data, name),)
