"""The journal as a table to take away, and another journal to take over."""

import streamlit as st

from core.errors import CoreError
from core.export.export import as_csv
from core.export.file_names import safe_name
from core.journal.adoption import Adoption, sort_out
from core.journal.decisions import Row
from core.journal.journal_csv import find_paths, parse_journal, tabulate_journal
from core.study import Study
from dashboard.provenance import escape_markdown
from dashboard.views.review_decisions_log import Log

_TAKEN, _ROUND = "taken over", "journals taken over"
_MOST_TOLD = 20
"""Refused rows that are told one by one."""


def offer_journal(log: Log) -> None:
    """Every row as CSV, as the command `journal` writes it."""
    study = log.shown.study
    source = study.source.name.rstrip("/").rpartition("/")[2]
    st.download_button(
        "Decisions (CSV)",
        lambda: as_csv(tabulate_journal(study.journal.rows, find_paths(study.images))),
        f"{safe_name(source)}_decisions.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        help="Every row, for a spreadsheet, and to be taken over elsewhere.",
    )


def take_over_journal(log: Log) -> None:
    """Another journal: chosen, looked through, and then added."""
    study = log.shown.study
    _show_taken(study)
    file = st.file_uploader(
        "Take over the decisions of another journal (CSV)",
        type="csv",
        key=f"journal {st.session_state.get(_ROUND, 0)}",
        help="One that was taken away here, or that the command `journal --csv` has written.",
    )
    if file is None:
        return
    try:
        theirs = parse_journal(file.getvalue(), name=file.name)
    except CoreError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    made = sort_out(theirs, log.rows)
    st.markdown(escape_markdown(foretell(theirs, made, study)))
    _tell_refused(made, study)
    if made.added:
        rows = "1 decision" if len(made.added) == 1 else f"{len(made.added):,} decisions"
        st.button(f"Take over {rows}", type="primary", on_click=_adopt, args=(log, theirs))


def foretell(theirs: tuple[Row, ...], made: Adoption, study: Study) -> str:
    """What taking over would do, in words."""
    authors = sorted({row.author or "nobody named" for row in theirs})
    if not theirs:
        return "There is no decision in this file."
    index = study.images.index
    images = {row.decision.image for row in theirs if row.decision.image}
    missing = sum(one not in index for one in images)
    said = (
        f"{len(theirs):,} rows by {', '.join(authors)}: {len(made.added):,} are new here, "
        f"{made.known:,} known, {len(made.refused):,} contradict what was decided here."
    )
    if not missing:
        return said
    return f"{said} {missing:,} of {len(images):,} images are not here; their decisions would wait."


def _adopt(log: Log, theirs: tuple[Row, ...]) -> None:
    """For a callback: at the next drawing it is told what became of it."""
    study = log.shown.study
    try:
        st.session_state[_TAKEN] = (study.images.fingerprint, study.journal.adopt(theirs))
    except CoreError as error:
        st.session_state[_TAKEN] = (study.images.fingerprint, str(error))
        return
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1  # an empty uploader


def _show_taken(study: Study) -> None:
    images, made = st.session_state.get(_TAKEN, ("", None))
    if images != study.images.fingerprint:
        return
    if isinstance(made, str):
        st.error(escape_markdown(made), icon=":material/error:")
    elif made is not None:
        st.success(escape_markdown(f"Taken over: {made.describe()}."))
        _tell_refused(made, study)


def _tell_refused(made: Adoption, study: Study) -> None:
    if not made.refused:
        return
    lines = made.explain_refused(find_paths(study.images))
    with st.expander(f"Refused: {len(lines):,}"):
        st.markdown("\n".join(f"- {escape_markdown(line)}" for line in lines[:_MOST_TOLD]))
        if len(lines) > _MOST_TOLD:
            st.caption(f"and {len(lines) - _MOST_TOLD:,} more")
