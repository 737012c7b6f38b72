"""The cards of the review queue: what is known of each image, and of the clusters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.journal.journal_state import JournalState
from core.review.confusion import Confusion, measure_confusion
from core.review.misfit_words import SHOWN, describe_label, describe_misfit
from dashboard.deck import DeckCard, DeckCluster
from dashboard.grouping import REVIEWED, Grouped
from dashboard.styles import style_of
from dashboard.views.review_parts import Reviewed
from dashboard.waiting import await_result

_STATUS = ("", *REVIEWED[1:])
"""As the deck calls it, in the order of REVIEWED."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the cards are written from.

    Attributes:
        grouped: the clusters as people have corrected them.
        medoids: for each cluster that has images its most central one.
        names: what K-Means' clusters are called: the reasons are about these.
        confusion: labels by these clusters; None where no image has a label.
        scores: those by which the queue is sorted, (n,).
    """

    grouped: Grouped
    medoids: dict[int, int]
    names: tuple[str, ...]
    confusion: Confusion | None
    scores: NDArray[np.float32]


def find_medoids(grouped: Grouped) -> dict[int, int]:
    """The image nearest to the centre of each cluster that has images, by its number."""
    rows = np.flatnonzero(~grouped.excluded)
    own, clusters = grouped.fit.own[rows], grouped.clusters[rows]
    order = rows[np.lexsort((own, clusters))]
    numbers, first = np.unique(grouped.clusters[order], return_index=True)
    return dict(zip(numbers.tolist(), order[first].tolist(), strict=True))


def gather(shown: Reviewed, sort: str) -> Told:
    """What the cards of this view are written from."""
    names = shown.study.names(shown.view.kmeans)
    medoids = find_medoids(shown.grouped)
    scores = np.nan_to_num(shown.misfits.misfit.score(sort))
    return Told(shown.grouped, medoids, names, _find_confusion(shown), scores)


def _find_confusion(shown: Reviewed) -> Confusion | None:
    study, clusters = shown.study, shown.misfits.clusters
    if not study.images.has_labels:
        return None
    key = (shown.view.study, shown.view.kmeans, study.fingerprint, "confusion")
    made: Confusion = await_result(
        key, lambda _: measure_confusion(clusters, study.rows, study.labels), "Counting the labels"
    )
    return made


def write_clusters(told: Told) -> tuple[DeckCluster, ...]:
    """The clusters that hold images, excluded ones included: to these an image can be moved."""
    return tuple(
        DeckCluster(
            number,
            told.grouped.names[number],
            style_of(number).color,
            style_of(number).symbol,
            told.medoids.get(number),
        )
        for number in np.unique(told.grouped.clusters).tolist()
    )


def write_cards(
    shown: Reviewed, told: Told, state: JournalState, rows: Sequence[int], *, first: int
) -> tuple[DeckCard, ...]:
    """The cards of some images in the order of the queue.

    Args:
        shown: the view under review.
        told: what is known of all images.
        state: what was decided.
        rows: the images.
        first: the place of the first of them.
    """
    return tuple(
        _write_card(shown, told, state, row, place=place) for place, row in enumerate(rows, first)
    )


def _write_card(
    shown: Reviewed, told: Told, state: JournalState, row: int, *, place: int
) -> DeckCard:
    grouped = told.grouped
    image = grouped.images.ids[row]
    record = grouped.images.by_id[image][0]
    cluster, rival = int(grouped.clusters[row]), int(grouped.fit.rivals[row])
    near = shown.misfits.neighbors.indices[row, 1 : SHOWN + 1]
    return DeckCard(
        row=row,
        place=place,
        cluster=cluster,
        rival=rival if rival >= 0 else None,
        medoid=told.medoids.get(cluster),
        rival_medoid=told.medoids.get(rival),
        neighbors=tuple(near.tolist()),
        neighbor_clusters=tuple(grouped.clusters[near].tolist()),
        words=tuple(_explain(shown, told, row, record.label)),
        score=float(told.scores[row]),
        label=record.label,
        path=record.path,
        tags=state.tags_of(image),
        status="" if grouped.reviewed is None else _STATUS[grouped.reviewed[row]],
    )


def _explain(shown: Reviewed, told: Told, row: int, label: str | None) -> list[str]:
    """Why the image is where it is in the queue, a clause each."""
    review = shown.misfits
    said = describe_misfit(
        row,
        misfit=review.misfit,
        fit=review.fit,
        clusters=review.clusters,
        neighbors=review.neighbors,
        names=told.names,
    )
    if label is not None and told.confusion is not None:
        cluster = int(review.clusters[row])
        said.append(describe_label(label, cluster, told.confusion, told.names))
    return said
