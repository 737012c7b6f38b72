"""What one session decides about the images of a study, and what it has seen of others' decisions.

Several people may have the same study open. Whoever decides states up to which row of the journal
they have seen it; what somebody else has decided about the same image since is shown first.
"""

import getpass
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import streamlit as st

from core.errors import CoreError
from core.journal.deciding import Deciding
from core.journal.decisions import Row
from core.journal.journal import Overtaken
from core.study import Study
from dashboard.access import has_login, name_member
from dashboard.provenance import escape_markdown

_AUTHOR, _ASKED = "author", "asked author"
_LONGEST = 80
_WIDTH = 170
"""Of the field for a name, in CSS pixels."""

Act = Callable[[Deciding, int], "tuple[Row, ...] | Row"]
"""Decides, given the number of the last row that was seen: one method of `Deciding`."""


@dataclass(slots=True)
class _Sight:
    """What a session has seen of one journal.

    Attributes:
        images: the fingerprint of the set.
        seq: the number of the last row when the page was drawn.
        own: the actions of this session since then.
        refused: why the last decision was not kept; shown once.
    """

    images: str
    seq: int
    own: set[str] = field(default_factory=set)
    refused: str = ""


class Decider:
    """One session at work on a study."""

    def __init__(self, study: Study) -> None:
        self.study = study

    @property
    def deciding(self) -> Deciding:
        """The decisions under this person's name."""
        return Deciding(self.study, author=author())

    @property
    def _sight(self) -> _Sight:
        images = self.study.images.fingerprint
        known: _Sight | None = st.session_state.get("sight")
        if known is None or known.images != images:
            known = st.session_state["sight"] = _Sight(images, self.deciding.state.seq)
        return known

    def look(self) -> str:
        """At every drawing: all that holds now is seen. Returns what was refused before, once."""
        sight = self._sight
        refused = sight.refused
        fresh = _Sight(sight.images, self.deciding.state.seq)
        st.session_state["sight"] = fresh
        return refused

    @property
    def refusal(self) -> str:
        """Why the last decision was not kept, until it is shown; nothing where it was."""
        return self._sight.refused

    def decide(self, act: Act) -> bool:
        """Decide; whether it was kept. For callbacks: why not is shown at the next drawing."""
        sight = self._sight
        try:
            self._add(act, sight.seq)
        except Overtaken as error:
            if not all(row.action in sight.own for row in error.rows):
                return self._refuse(error)
            # All that came since is of this session itself, which has not been drawn anew yet.
            return self._decide_after(act, error)
        except CoreError as error:
            return self._refuse(error)
        return True

    def undo(self) -> bool:
        """Take back the latest of this person's decisions; as `decide`."""
        return self.decide(lambda mine, seen: mine.undo(seen=seen))

    def redo(self) -> bool:
        """Do again what this person has undone last; as `decide`."""
        return self.decide(lambda mine, seen: mine.redo(seen=seen))

    def _decide_after(self, act: Act, own: Overtaken) -> bool:
        try:
            self._add(act, max(row.seq for row in own.rows))
        except CoreError as error:
            return self._refuse(error)
        return True

    def _add(self, act: Act, seen: int) -> None:
        added = act(self.deciding, seen)
        rows = added if isinstance(added, tuple) else (added,)
        self._sight.own.update(row.action for row in rows)

    def _refuse(self, error: CoreError) -> bool:
        self._sight.refused = str(error)
        return False


def show_refusal(study: Study) -> None:
    """At every drawing of a page on which one decides: why the last decision was not kept."""
    refused = Decider(study).look()
    # Always there: what stands below would be mounted anew if a warning came in between.
    slot = st.empty()
    if refused:
        slot.warning(escape_markdown(refused), icon=":material/group:")


def ask_for_author() -> None:
    """Who decides: kept with each decision, and each author undoes their own."""
    if _ASKED not in st.session_state:  # Streamlit forgets a widget that another page leaves out
        st.session_state[_ASKED] = author()
    st.text_input(
        "Your name", key=_ASKED, max_chars=_LONGEST, placeholder="Your name",
        on_change=_remember_author, label_visibility="collapsed", width=_WIDTH,
        help="Kept with each decision; undo takes back your own.",
    )  # fmt: skip


def author() -> str:
    """Who decides in this session."""
    if _AUTHOR not in st.session_state:
        st.session_state[_AUTHOR] = _own_name()
    name: str = st.session_state[_AUTHOR]
    return name


def _remember_author() -> None:
    st.session_state[_AUTHOR] = st.session_state[_ASKED].strip()


def _own_name() -> str:
    """Who has logged in; without a login who runs the server, on one's own machine oneself."""
    if has_login():
        return name_member()[:_LONGEST]
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return ""
