"""Labels: how they agree with the clusters, and which of them are doubtful."""

import numpy as np
import streamlit as st

from core.exploration import NEAREST
from core.review.label_codes import NO_LABEL
from core.review.label_errors import LabelErrors, find_label_errors
from core.review.misfit_words import describe_suspicion
from core.study import Study
from dashboard.views.review_gallery import Ranking, show_opened, show_ranking
from dashboard.views.review_parts import Reviewed
from dashboard.views.review_table import show_table, tabulate_labels
from dashboard.views.study_map import show_study_map
from dashboard.waiting import await_result


def show_labels(shown: Reviewed) -> None:
    """Clusters against labels, and the images whose neighbours have another label."""
    study = shown.study
    if not any(label is not None for label in study.labels):
        _explain_labels(shown)
        return
    errors: LabelErrors = await_result(
        (shown.view.study, study.fingerprint, "label errors"),
        lambda _: _find_errors(study),
        "Asking the neighbours of each image for its label",
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_table(shown, tabulate_labels(shown.grouped, study.rows, study.labels))
        show_study_map(shown.view, study, shown.grouped, shown.contents, shown.desk)
    with right:
        opened = shown.desk.now.opened
        said = "" if opened is None else describe_suspicion(opened, errors)
        show_opened(shown, [said] if said else [])
        show_ranking(shown, rank_suspects(shown, errors))


def _explain_labels(shown: Reviewed) -> None:
    st.info("These images have no labels, so there is nothing to compare the clusters with.")
    folders = "" if shown.view.study.labels else " Switch on “Folder names are labels” on the left."
    st.markdown(
        "Labels come from the names of the folders in which the images lie, or from a column "
        f"`label` of the CSV file that names them.{folders}"
    )


def _find_errors(study: Study) -> LabelErrors:
    """All images vote, the excluded ones, too: a decision must not reorder what is looked at."""
    return find_label_errors(study.neighbors(NEAREST), study.rows, study.labels)


def rank_suspects(shown: Reviewed, errors: LabelErrors) -> Ranking:
    """The images whose neighbours would label them otherwise, the most suspect first."""
    suspects = errors.suspects
    count = len(suspects)
    doubtful = f"{count:,} doubtful label{'' if count == 1 else 's'}"
    return Ranking(
        name="labels",
        made_of=(shown.view.study, shown.study.fingerprint),
        rows=suspects,
        badness=errors.suspicion,
        heading=doubtful,
        order="the most suspect first",
        note=lambda row: note_suspicion(row, errors),
        tag="label?",
        empty="No label is doubtful: each image has the label of most of its neighbours.",
    )


def note_suspicion(row: int, errors: LabelErrors) -> str:
    """The label of an image and, where its neighbours would give it another one, that."""
    given, suggested = int(errors.given[row]), int(errors.suggested[row])
    if given == NO_LABEL:
        return "(no label)"
    if row in errors.contradictory:
        return f"{errors.names[given]} and others"
    doubtful = suggested != NO_LABEL and np.nan_to_num(errors.suspicion[row]) > 0.5  # noqa: PLR2004
    return (
        f"{errors.names[given]} → {errors.names[suggested]}?" if doubtful else errors.names[given]
    )
