"""What the link says of the sidebar, kept on the way from page to page."""

from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from dashboard.state import DEFAULTS

_TOLD = "told by the link"


def keep_link(came: bool) -> None:
    """Note what the link says; on a page just come to, give back what got lost on the way.

    Who goes on before the browser has drawn the sidebar leaves with widgets of which it has not
    told yet: Streamlit takes them for removed, and drops their names from the link and at times
    their values.

    Args:
        came: whether this run shows another page than the one before, and was not asked for by the
            browser's history, whose link tells everything.
    """
    told = {key: st.query_params[key] for key in DEFAULTS if key in st.query_params}
    before: dict[str, str] = st.session_state.get(_TOLD, {})
    lost = {key: before[key] for key in before if key not in told} if came else {}
    given = _give_back(lost)
    st.session_state[_TOLD] = told | given
    if given:
        st.rerun()  # a link is read when a run begins


def _give_back(lost: dict[str, str]) -> dict[str, str]:
    given = {}
    for key, value in lost.items():
        if st.session_state.get(key) == DEFAULTS[key]:
            continue  # it was chosen, and a link leaves it out
        with suppress(StreamlitAPIException):  # a widget that is known looks after its own name
            st.query_params[key] = value
            given[key] = value
    return given
