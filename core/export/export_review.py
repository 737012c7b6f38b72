"""The decisions about the images of a study, read for an export: columns, corrections, authors."""

from collections.abc import Iterator, Sequence

import numpy as np

from core.clusters.clustering import KMeansParams
from core.export.decided import EXCLUDED, KEPT, MOVED, Decided, Review
from core.export.export_tables import Grouped
from core.export.report_tables import Correction
from core.journal.corrections import Corrected
from core.journal.deciding import Deciding
from core.journal.decisions import Kind, Row
from core.journal.journal_state import JournalState
from core.study import Study

_NOBODY = "nobody named"


def has_decisions(study: Study) -> bool:
    """Whether anybody has confirmed, moved, excluded or tagged one of these images."""
    return any(True for _ in _rows_about(study.journal.state, study.images.ids))


def gather_reviewed(study: Study, params: KMeansParams) -> Grouped | None:
    """The distinct images in their corrected clusters, or None where nothing was decided.

    What others decide meanwhile is in it as a whole or not at all.
    """
    deciding = Deciding(study)
    while True:
        state = deciding.state
        rows = tuple(_rows_about(state, study.images.ids))
        if not rows:
            return None
        corrected = deciding.corrected(params)
        made = Grouped(
            corrected.labels,
            deciding.names(params),
            deciding.fit(params),
            review=_review(study, params, state, corrected, rows),
        )
        if deciding.state.seq == state.seq:
            return made


def _rows_about(state: JournalState, ids: Sequence[str]) -> Iterator[Row]:
    """The rows that hold now and are about images of the set, each once."""
    for image in ids:
        if image in state.placements:
            yield state.placements[image]
        if image in state.exclusions:
            yield state.exclusions[image]
        yield from state.tags.get(image, {}).values()


def _review(
    study: Study,
    params: KMeansParams,
    state: JournalState,
    corrected: Corrected,
    rows: Sequence[Row],
) -> Review:
    facts: dict[str, int | str] = {
        "clusters": "corrected",
        "decisions": len(rows),
        "decided_by": ", ".join(sorted({row.author or _NOBODY for row in rows})),
        "journal_row": state.seq,
    }
    if corrected.stale:
        facts["decisions_that_do_not_apply"] = len(corrected.stale)
    return Review(
        study.clusters(params),
        study.names(params),
        corrected.excluded,
        _decided(study.images.ids, state, corrected),
        facts,
    )


def _decided(ids: Sequence[str], state: JournalState, corrected: Corrected) -> dict[int, Decided]:
    """By row; who was excluded after having been moved is excluded."""
    told = {one.image: (_word(one.row), one.row) for one in corrected.applied}
    for row in np.flatnonzero(corrected.excluded).tolist():
        told[row] = (EXCLUDED, state.exclusions[ids[row]])
    decided = {}
    for row, image in enumerate(ids):
        word, by = told.get(row, ("", None))
        tags = state.tags_of(image)
        if by is not None:
            decided[row] = Decided(word, by.author, by.time, tags)
        elif tags:
            last = list(state.tags[image].values())[-1]
            decided[row] = Decided("", last.author, last.time, tags)
    return decided


def _word(row: Row) -> str:
    return KEPT if row.decision.kind is Kind.KEEP else MOVED


def list_corrections(grouped: Grouped) -> tuple[Correction, ...]:
    """What was decided, image by image in their order, for a report."""
    review = grouped.review
    if review is None:
        return ()
    return tuple(
        Correction(
            row,
            ", ".join(part for part in (one.decision, _tagged(one)) if part),
            review.found_names[review.found[row]],
            "" if review.excluded[row] else grouped.names[grouped.clusters[row]],
            one.author,
            one.time,
        )
        for row, one in sorted(review.decided.items())
    )


def _tagged(one: Decided) -> str:
    return f"tagged {', '.join(one.tags)}" if one.tags else ""
