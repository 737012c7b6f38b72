"""Which image is looked at: the open one, or one given here; and the ways to another one."""

import numpy as np
import streamlit as st

from core.inside.why import Place
from dashboard.chooser import ChooserView, Medoid, show_chooser
from dashboard.grouping import Rows
from dashboard.styles import style_of
from dashboard.views.compare_parts import Shown
from dashboard.views.inside_guest import leave_guest, present_guest, show_field
from dashboard.views.inside_parts import Asked, ask, name_inside, open_inside, publish_square


def ask_for_image(shown: Shown) -> Asked:
    """The image: one given here, else the open one, else the first cluster's medoid."""
    inside = open_inside(shown.view, shown.study)
    guest = present_guest(shown)
    if guest is not None and guest.data is not None:
        asked = Asked(**vars(shown), inside=inside, image=guest.data, title=guest.name)
    else:
        one = shown.study.images.ids[_opened(shown)]
        path = shown.study.images.by_id[one][0].path
        asked = Asked(**vars(shown), inside=inside, image=one, title=path)
    image, field = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    with image:
        _show_image(asked, notes=(guest.note,) if guest is not None and guest.note else ())
    with field:
        show_field(shown, inside)
    return asked


def place_of(asked: Asked) -> Place | None:
    """Where an image from outside would lie; None with one cluster, or where it cannot be read."""
    image, kmeans = asked.image, asked.view.kmeans
    key = (*name_inside(asked.inside, image), asked.study.fingerprint, kmeans, "place")
    message = "Finding its cluster"
    place: Place | None = ask(key, lambda _: asked.inside.why(image, kmeans).place, message).value
    return place


def _opened(shown: Shown) -> int:
    opened = shown.desk.now.opened
    if opened is not None:
        return opened
    medoids = shown.study.medoids(shown.view.kmeans)
    return int(medoids[medoids >= 0][0])


def _show_image(asked: Asked, *, notes: tuple[str, ...]) -> None:
    def go_to(row: int) -> None:
        leave_guest()
        asked.desk.open(row)

    key = (*name_inside(asked.inside, asked.image), "square")
    seen = ask(key, lambda _: publish_square(asked.inside, asked.image), "Reading the image")
    problems = () if not seen.problem else (f"{seen.problem}.",)
    show_chooser(
        _describe(asked, seen.value, (*problems, *notes)),
        asked.contents.images,
        key="chooser",
        on_open=go_to,
        on_back=leave_guest,
    )


def _describe(asked: Asked, square: str | None, notes: tuple[str, ...]) -> ChooserView:
    grouped, row = asked.grouped, asked.row
    place = place_of(asked) if row is None else None
    cluster = place.cluster if place is not None else None
    if row is not None:
        cluster = int(grouped.clusters[row])
    walk, what = _walk(asked, row)
    at = walk.tolist().index(row) if row in walk else None
    side = asked.inside.network.transform.size
    style = style_of(cluster or 0)
    return ChooserView(
        title=asked.title,
        square=square,
        hint=f"What the network sees: {side} x {side} pixels.",
        row=row,
        cluster=None if cluster is None else _name_cluster(asked, cluster),
        color=style.color,
        symbol=style.symbol,
        place="" if at is None else f"{at + 1:,} of {len(walk):,} {what}",
        previous=_step(walk, at, -1),
        following=_step(walk, at, 1),
        medoids=_medoids(asked),
        notes=notes,
    )


def _name_cluster(asked: Asked, cluster: int) -> str:
    name = asked.grouped.names[cluster]
    if asked.row is None:
        return f"would be in {name}"
    return f"excluded, else in {name}" if asked.grouped.excluded[asked.row] else name


def _walk(asked: Asked, row: int | None) -> tuple[Rows, str]:
    """Through what images one goes back and forth: the selection, else its cluster."""
    if row is None:
        return np.empty(0, dtype=np.int64), ""
    grouped, chosen = asked.grouped, asked.desk.now.rows
    if row in chosen:
        return grouped.sort(chosen, "cluster", {}), "selected"
    members = grouped.members(int(grouped.clusters[row]))
    return grouped.sort(members, "cluster", {}), "in its cluster"


def _step(walk: Rows, at: int | None, by: int) -> int | None:
    if at is None or not 0 <= at + by < len(walk):
        return None
    return int(walk[at + by])


def _medoids(asked: Asked) -> tuple[Medoid, ...]:
    medoids = asked.study.medoids(asked.view.kmeans).tolist()
    return tuple(
        Medoid(row, asked.grouped.names[cluster], *_look(cluster))
        for cluster, row in enumerate(medoids)
        if row >= 0
    )


def _look(cluster: int) -> tuple[str, str]:
    style = style_of(cluster)
    return style.color, style.symbol


def medoid_of(asked: Asked, cluster: int) -> int | None:
    """The most central image of a cluster; None for one without images, or made by hand."""
    medoids = asked.study.medoids(asked.view.kmeans)
    row = int(medoids[cluster]) if 0 <= cluster < len(medoids) else -1
    return row if row >= 0 else None
