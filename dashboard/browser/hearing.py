"""What a component tells of what it shows: callbacks for the answers that most of them give."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.browser.answers import read_answer, read_number


@dataclass(frozen=True, slots=True)
class Hearing:
    """Hears one component.

    Attributes:
        key: of the component.
        of: the address that names what it was sent; answers about anything else are ignored, as a
            number means another thing there.
    """

    key: str
    of: str

    def answer(self, event: str) -> dict[str, Any]:
        """The last answer of this kind; an empty one where there is none about what is shown."""
        return read_answer(st.session_state[self.key].get(event), self.of) or {}

    def number(
        self, event: str, name: str, count: int, act: Callable[[int], None]
    ) -> Callable[[], None]:
        """A callback: `act` gets the answer's number of this name, if it is in 0 … count-1."""

        def heard() -> None:
            number = read_number(self.answer(event).get(name), count)
            if number is not None:
                act(number)

        return heard
