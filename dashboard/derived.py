"""Clusters that were split or merged by hand, for each k, as the link spells them.

`8:split-3-2,merge-7-1;5:merge-4-0`: at k = 8 cluster 3 in two parts, then cluster 7 into 1; and
so on. What was done at one k stays with it, for another k has other clusters.
"""

from collections.abc import Mapping

import streamlit as st

from core.clusters.edits import Edit, read_edits, write_edits
from core.errors import CoreError

KEY = "edits"
Edits = tuple[Edit, ...]


def read_derived(text: str) -> dict[int, Edits]:
    """The edits for each k.

    Raises:
        CoreError: a part of the text is neither a k nor an edit.
    """
    parts = (part.partition(":") for part in text.split(";") if part.strip())
    return {_read_k(k): read_edits(edits) for k, _, edits in parts}


def _read_k(text: str) -> int:
    if not text.strip().isdecimal():
        raise CoreError(f"{text.strip()!r} is no k: write 8:split-3-2 to split cluster 3 at k = 8")
    return int(text)


def write_derived(edits: Mapping[int, Edits]) -> str:
    """The text that `read_derived` reads."""
    return ";".join(f"{k}:{write_edits(some)}" for k, some in sorted(edits.items()) if some)


def add_edit(k: int, edit: Edit) -> None:
    """One more edit at this k, in the widget and the link of this session."""
    edits = _now()
    _put({**edits, k: (*edits.get(k, ()), edit)})


def undo_edit(k: int) -> None:
    """Take the last edit at this k back."""
    edits = _now()
    _put({**edits, k: edits.get(k, ())[:-1]})


def _now() -> dict[int, Edits]:
    return read_derived(st.session_state.get(KEY) or "")


def _put(edits: Mapping[int, Edits]) -> None:
    st.session_state[KEY] = write_derived(edits)
