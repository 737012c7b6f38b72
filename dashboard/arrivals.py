"""Entries of the browser's history that say nothing of what is open, and what they meant.

Who goes to another page by the navigation finds there what was open before. Streamlit leaves that
out of the new page's address, and the history keeps the address before it is written anew. Back
leads to it: that is no reason to close anything.
"""

from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.state import DEFAULTS

_PAGE, _MEANT = "page shown", "meant at arrival"
_KEPT = 32


def arrive(page: str) -> bool:
    """Note which page is shown; whether it was another one before, in this session."""
    before = st.session_state.get(_PAGE, page)
    st.session_state[_PAGE] = page
    return bool(before != page)


def came_by_history() -> bool:
    """Whether the browser's back or forward asked for this run: then its link tells everything."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


def note_arrival(meant: Any) -> None:
    """Remember what is open where the link, as it is now, says nothing of it; None: nothing is."""
    known = _known()
    known.pop(_place(), None)
    kept = known if meant is None else known | {_place(): meant}
    st.session_state[_MEANT] = dict(list(kept.items())[-_KEPT:])


def meant_at_arrival() -> Any:
    """What was noted last for this link; None where nothing was."""
    return _known().get(_place())


def _known() -> dict[object, Any]:
    return dict(st.session_state.get(_MEANT, {}))


def _place() -> object:
    """The page and what the sidebar says: other parts of a link may still be the last page's."""
    told = {name: st.query_params.get(name) for name in DEFAULTS}
    return st.session_state.get(_PAGE, ""), frozenset(told.items())
