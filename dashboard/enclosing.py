"""A part of a page that may fail alone: why is said in its place, and what follows is drawn."""

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.errors import FragmentHandledException
from streamlit.runtime.scriptrunner import StopException

from dashboard.unexpected import show_unexpected


class Told(StopException):
    """What went wrong is on the page already. It ends the part, and the run where there is none."""


@contextmanager
def enclosed() -> Iterator[None]:
    """What is drawn in this block may fail without those around it."""
    try:
        yield
    except (Told, FragmentHandledException):  # said where it arose
        return
    except Exception as error:
        show_unexpected(error)
