"""The open image, as Explore shows it: large, with its facts and its nearest neighbours."""

import numpy as np

from core.pictures.decoding import ImageProblem
from core.study import Study
from dashboard import session
from dashboard.contents import Contents, publish_order
from dashboard.grouping import Grouped, Rows
from dashboard.inspector import Fact, OpenImage, show_inspector
from dashboard.media import image_address
from dashboard.selection import Desk
from dashboard.state import View
from dashboard.styles import style_of
from dashboard.views.explore_full import offer_full_search
from dashboard.waiting import await_result

_PATHS_SHOWN = 5


def show_image(view: View, study: Study, grouped: Grouped, contents: Contents, desk: Desk) -> None:
    """The image that is open; nothing where none is."""
    row = desk.now.opened
    if row is None:
        return
    nearest = session.neighbors(view, study)
    record = grouped.images.by_id[grouped.images.ids[row]][0]
    show_inspector(
        OpenImage(
            row,
            record.path,
            image_address("{id}"),
            tuple(_facts(view, study, grouped, row)),
            tuple(nearest.indices[row, 1:].tolist()),
            tuple(nearest.distances[row, 1:].tolist()),
            publish_order(_walk(grouped, desk)),
            desk.now.edges,
        ),
        contents.images,
        key="inspector",
        on_open=desk.open,
        on_edges=desk.draw_edges,
    )
    offer_full_search(view, study, row, key="nearest of all")


def _walk(grouped: Grouped, desk: Desk) -> Rows:
    """Through what images one goes back and forth: the selection, else all by cluster."""
    rows = desk.now.rows if len(desk.now.rows) else np.arange(len(grouped.images.ids))
    return rows[np.lexsort((grouped.fit.own[rows], grouped.clusters[rows]))]


def _facts(view: View, study: Study, grouped: Grouped, row: int) -> list[Fact]:
    rows = grouped.images.by_id[grouped.images.ids[row]]
    cluster = int(grouped.clusters[row])
    facts = [Fact("path", one.path, copies=True) for one in rows[:_PATHS_SHOWN]]
    if len(rows) > _PATHS_SHOWN:
        facts.append(Fact("copies", f"{len(rows) - _PATHS_SHOWN} more files hold this image"))
    facts.append(Fact("size", f"{rows[0].width} x {rows[0].height} pixels"))
    if study.source.made_by is not None:
        facts += _explain_thumbnail(view, study, rows[0].id or "")
    facts.append(Fact("cluster", grouped.names[cluster], style_of(cluster).color))
    if rows[0].label is not None:
        facts.append(Fact("label", rows[0].label))
    facts.append(Fact("fit", _describe_fit(grouped, row)))
    near = session.duplicates(view, study).near(row)
    if len(near):
        ids = grouped.images.ids
        names = (grouped.images.by_id[ids[one]][0].path for one in near[:_PATHS_SHOWN])
        facts.append(Fact("near-duplicates", ", ".join(names)))
    return facts


def _explain_thumbnail(view: View, study: Study, image_id: str) -> list[Fact]:
    """Why an image of shards is shown small: it could not be had from where it lay."""
    key = (view.study, image_id, "original")
    problem: str = await_result(key, lambda _: _try_to_read(study, image_id), "Reading the image")
    if not problem:
        return []
    return [Fact("shown", f"the thumbnail of the shards, not the image itself: {problem}")]


def _try_to_read(study: Study, image_id: str) -> str:
    try:
        study.make_preview(image_id)
    except ImageProblem as problem:
        return str(problem)
    return ""


def _describe_fit(grouped: Grouped, row: int) -> str:
    fit = grouped.fit
    own = f"{fit.own[row]:.3g} from the centre of its cluster"
    if fit.rivals[row] < 0:
        return own
    rival = grouped.names[fit.rivals[row]]
    return f"{fit.fit[row]:.2f}: {own}, {fit.rival[row]:.3g} from that of {rival}"
