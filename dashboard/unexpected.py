"""Errors that nobody foresaw: the log has them whole, the page a number by which to find them."""

import logging
import traceback
import uuid

import streamlit as st

_log = logging.getLogger(__name__)


def log_unexpected(error: Exception) -> str:
    """Write an error with its trace into the log; returns what to say of it."""
    number = uuid.uuid4().hex[:8]
    trace = "".join(traceback.format_exception(error))
    _log.error("unexpected error %s\n%s", number, trace)
    return f"Something unexpected happened. The server's log has it as {number}."


def show_unexpected(error: Exception) -> bool:
    """In the place of a trace that says nothing to the user and much to a stranger."""
    st.error(log_unexpected(error), icon=":material/error:")
    return True
