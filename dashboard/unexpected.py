"""Errors on the page: a sentence as it is, or a number under which the log has the trace."""

import logging
import traceback
import uuid

import streamlit as st

from core.errors import CoreError
from dashboard.provenance import escape_markdown

_log = logging.getLogger(__name__)


def log_unexpected(error: Exception) -> str:
    """Write an error with its trace into the log; returns what to say of it."""
    number = uuid.uuid4().hex[:8]
    trace = "".join(traceback.format_exception(error))
    _log.error("unexpected error %s\n%s", number, trace)
    return f"Something unexpected happened. The server's log has it as {number}."


def show_unexpected(error: Exception) -> bool:
    """In the place of a trace that says nothing to the user and much to a stranger."""
    show_error(str(error) if isinstance(error, CoreError) else log_unexpected(error))
    return True


def show_error(text: str) -> None:
    """What went wrong, as it is: the names in it are the users' own."""
    st.error(escape_markdown(text), icon=":material/error:")
