"""What the page shows while a job works, when it failed, and when it was stopped."""

import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitDuplicateElementKey

from dashboard.enclosing import Told
from dashboard.jobs import Job, Work, all_jobs
from dashboard.unexpected import show_error

PATIENCE_SECONDS = 0.3
"""What is quicker than this shows no progress at all: a flash of it only disturbs."""
_EVERY_SECONDS = 0.5

_STAGES = {
    "start": "Starting",
    "scan": "Reading the files",
    "download": "Fetching the weights",
    "extract": "Extracting features",
    "take over": "Reading features from the shards",
}


def await_study(key: Hashable, job: Job) -> Any:
    """The result of a long job; while it works, its progress takes the place of the page."""
    if not job.finished:
        _show_progress(job)
        st.stop()
    return _take(key, job)


def await_result(key: Hashable, work: Work, message: str) -> Any:
    """The result of a short job; while it works, what the page showed before stays."""
    job = all_jobs().run(key, work)
    slot = st.empty()
    began = time.monotonic()
    while not job.wait(PATIENCE_SECONDS):
        # Writing is also what lets Streamlit leave this run when the user has moved on.
        slot.caption(f"{message} … {time.monotonic() - began:.0f} s")
    slot.empty()
    return _take(key, job)


def follow_result(key: Hashable, work: Work, tell: Callable[[Job], str]) -> Any:
    """The result of a job; None while it works, as is told in its place.

    The run of the page ends meanwhile, so that what stands beside it answers at once: Streamlit
    leaves no run of a fragment for another of the same.

    Args:
        key: of the job.
        work: what it does; gives no None.
        tell: what it does now, in words.
    """
    job = all_jobs().run(key, work)
    if job.wait(PATIENCE_SECONDS):
        return _take(key, job)
    st.fragment(_tell, run_every=_EVERY_SECONDS)(job, tell)
    return None


def _tell(job: Job, tell: Callable[[Job], str]) -> None:
    if job.finished:
        st.rerun()
    since = f" … {format_seconds(job.seconds)}" if job.seconds_left is None else ""
    st.caption(f"{tell(job)}{since}")


def _take(key: Hashable, job: Job) -> Any:
    if job.error is not None:
        show_error(job.error)
        _offer("Try again", key)
        raise Told
    if job.cancelled:
        done = f"{job.progress.done:,} of {job.progress.total:,} {job.progress.unit}"
        st.info(f"Stopped at {done}. What is done is kept.", icon=":material/pause:")
        _offer("Go on", key, type="primary")
        raise Told
    return job.result


def _offer(label: str, key: Hashable, **looks: Any) -> None:
    """To begin it anew: once, though several parts of a page may wait for it."""
    with suppress(StreamlitDuplicateElementKey):
        st.button(label, key=f"again {key}", on_click=all_jobs().forget, args=(key,), **looks)


# Twice as often cost a third of the extraction on two cores: the browser draws on them too.
@st.fragment(run_every=1.0)
def _show_progress(job: Job) -> None:
    if job.finished:
        st.rerun()
    progress = job.progress
    share = progress.done / progress.total if progress.total else 0.0
    st.subheader(_STAGES.get(progress.stage, progress.stage))
    st.progress(min(share, 1.0), text=describe(job))
    st.button("Stop", on_click=job.cancel, help="What is done is kept.")


def describe(job: Job) -> str:
    """The progress of a job in words: how far, how fast, how long still."""
    progress = job.progress
    if not progress.total:
        return "…"
    parts = [f"{progress.done:,} of {progress.total:,} {progress.unit}"]
    if job.rate:
        parts.append(f"{job.rate:,.0f} {progress.unit} a second")
    if job.seconds_left is not None:
        parts.append(f"{format_seconds(job.seconds_left)} left")
    return " · ".join(parts)


def format_seconds(seconds: float) -> str:
    """Time as people say it: 8 s, 3 min, 2 h 5 min."""
    whole = round(seconds)
    if whole < 60:  # noqa: PLR2004
        return f"{whole} s"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
