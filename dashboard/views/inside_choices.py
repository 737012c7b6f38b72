"""Choices in the link that a part of the page keeps while another part is shown."""

from collections.abc import Collection
from typing import Any

import streamlit as st


def bind(key: str, options: Collection[Any], **default: Any) -> dict[str, Any]:
    """The arguments that bind a widget to its name in the link.

    Streamlit forgets a widget that another part leaves out, in the link as well: so what was
    chosen last is kept beside it. Where it is no longer offered, the default takes its place.

    Args:
        key: of the widget, and its name in the link.
        options: what can be chosen.
        default: what is chosen at first, under the name that the widget has for it; none where
            that is the first option.
    """
    kept = f"kept {key}"
    known = st.session_state.get(key)
    if known is None and key not in st.query_params:
        known = st.session_state.get(kept)
    bound = {"key": key, "bind": "query-params"}
    if known not in options:
        st.session_state.pop(key, None)
        return bound | default
    # Streamlit warns where a key that is set is given a default, too.
    st.session_state[key] = st.session_state[kept] = known
    return bound
