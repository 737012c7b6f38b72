"""What a closed page leaves behind: its session is closed, and its memory is given back.

Streamlit keeps the session of a page that is gone, as it may only have lost the network, and lets
go of it when another page closes after that: of the last one never. Here all go after a minute.
"""

import asyncio
import ctypes
import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import streamlit as st
from streamlit.runtime import Runtime

GRACE_SECONDS = 60.0
"""A page that comes back sooner finds its session again. Later it begins anew from its link."""
_PERIOD_SECONDS = 10.0


class Leavers:
    """The sessions whose pages are gone, and since when."""

    def __init__(self, grace: float = GRACE_SECONDS) -> None:
        self._grace = grace
        self._since: dict[str, float] = {}

    def close(self, runtime: Runtime, now: float) -> int:
        """Close those that have been gone for long enough; how many. On the server's loop only.

        Args:
            runtime: Streamlit's.
            now: seconds by any clock that only goes forward.
        """
        every = runtime._session_mgr.list_sessions()
        gone = {one.session.id: one.session for one in every if one.client is None}
        self._since = {one: self._since.get(one, now) for one in gone}
        due = [one for one, since in self._since.items() if now - since >= self._grace]
        for one in due:
            runtime.close_session(one)
            gone[one].session_state.clear()  # the loop holds the session that it served last
        return len(due)


@asynccontextmanager
async def tidy_up(_: st.App) -> AsyncIterator[None]:
    """As long as the server lives."""
    task = asyncio.create_task(_tidy())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _tidy() -> None:
    leavers = Leavers(GRACE_SECONDS)
    while True:
        await asyncio.sleep(_PERIOD_SECONDS)
        if leavers.close(Runtime.instance(), time.monotonic()):
            give_back()


def give_back() -> None:
    """Sessions hold each other in circles, and the system gets no memory back by itself."""
    gc.collect()
    with suppress(OSError, AttributeError):  # another system than Linux, another C library
        ctypes.CDLL(None).malloc_trim(0)
