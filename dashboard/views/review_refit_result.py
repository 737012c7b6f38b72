"""What came of the new fit: in words, on two maps side by side, and image by image."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from core.journal.consequences import Way, count_images, describe_consequences, describe_way
from core.journal.journal_csv import find_paths
from dashboard.coloring import color_groups
from dashboard.contents import publish_contents
from dashboard.grouping import Grouped, Rows
from dashboard.provenance import escape_markdown
from dashboard.views.compare_table import show_agreement
from dashboard.views.review_refit_fit import METHOD, Fitted
from dashboard.views.review_refit_use import offer_result
from dashboard.views.study_map import picture_of, show_colored_map

_LINK = "fit again"
_ALL = -1
_MOST_WAYS = 12
"""Ways that have a button of their own; all that followed have one together."""
_TITLES = ("as corrected", "fitted again")


def show_result(fitted: Fitted) -> None:
    """The result as a whole."""
    shown = fitted.refitting.shown
    st.markdown(f"**{escape_markdown(describe_consequences(fitted.found, shown.grouped.names))}**")
    _show_unheeded(fitted)
    _choose_followers(fitted)
    left, right = st.columns(2, gap="medium")
    with left:
        _show_map(fitted, shown.grouped, "refit before", f"Before: {_TITLES[0]}")
    with right:
        _show_map(fitted, fitted.after, "refit after", f"After: {_TITLES[1]}")
    offer_result(fitted)
    made_of = (fitted.refitting.key, shown.grouped.digest, fitted.after.digest)
    show_agreement(shown, fitted.after, _TITLES, made_of=made_of, making=METHOD)


def _show_unheeded(fitted: Fitted) -> None:
    unheeded = fitted.taught.unheeded
    if not unheeded:
        return
    count = "1 decision" if len(unheeded) == 1 else f"{len(unheeded):,} decisions"
    paths = find_paths(fitted.refitting.shown.study.images)
    with st.expander(f"{count} could not be followed in full", icon=":material/warning:"):
        st.dataframe(
            pd.DataFrame(
                {
                    "Image": [paths.get(one.row.decision.image or "", "") for one in unheeded],
                    "Decision": [one.row.decision.describe() for one in unheeded],
                    "Who": [one.row.author for one in unheeded],
                    "Why not": [one.reason for one in unheeded],
                }
            ),
            hide_index=True,
        )


def _choose_followers(fitted: Fitted) -> None:
    """A button for each way that images took, which selects them."""
    found, shown = fitted.found, fitted.refitting.shown
    if not found.ways:
        return
    ways = found.ways[:_MOST_WAYS]
    key = f"followers {fitted.refitting.seq}"
    offered = [_ALL, *range(len(ways))] if len(found.ways) > 1 else [0]
    # What is selected elsewhere in the meantime is not chosen here any more.
    st.session_state[key] = _chosen(found.rows, ways, offered, shown.desk.now.rows)

    def chosen() -> None:
        at = st.session_state[key]
        shown.desk.select(() if at is None else found.rows if at == _ALL else ways[at].rows)

    def name(at: int) -> str:
        if at == _ALL:
            return f"All {len(found.rows):,} that followed"
        return escape_markdown(describe_way(ways[at], shown.grouped.names))

    st.pills("Select what else moved", offered, format_func=name, key=key, on_change=chosen)


def _chosen(rows: Rows, ways: tuple[Way, ...], offered: list[int], selected: Rows) -> int | None:
    groups = {at: rows if at == _ALL else ways[at].rows for at in offered}
    return next((at for at, some in groups.items() if np.array_equal(some, selected)), None)


def _show_map(fitted: Fitted, grouped: Grouped, key: str, title: str) -> None:
    shown = fitted.refitting.shown
    made_of = (fitted.refitting.subject, shown.view.umap, grouped.digest, "refit")
    contents = publish_contents(grouped, shown.projection, made_of=made_of)
    st.caption(f"{title}, {count_images(int(np.count_nonzero(~grouped.excluded)))}")
    coloring = color_groups(grouped, made_of=made_of)
    picture = picture_of(shown.view, shown.study, key.replace(" ", "-"), shown.grouped)
    picture = replace(picture, making=f"{picture.making} · {title}")
    show_colored_map(coloring, grouped, contents, shown.desk, key=key, link=_LINK, picture=picture)
