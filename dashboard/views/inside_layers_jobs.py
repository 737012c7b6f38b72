"""Variants of the features, measured in the background, one after the other."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.compare.pace import measure_pace
from core.compare.variants import Variant, VariantMeasures, measure_variant
from core.progress import Progress, Watch
from dashboard.jobs import Job, all_jobs
from dashboard.views.inside_parts import Asked
from dashboard.views.inside_why_work import key_of
from dashboard.waiting import await_result

_LOOK_SECONDS = 0.3


def find_job(shown: Asked, variant: Variant) -> Job | None:
    """The job that measures a variant, where it was asked for."""
    return all_jobs().find(key_of(shown, "variant", variant.params))


def begin(shown: Asked, variant: Variant) -> None:
    """Have a variant measured, after those that were asked for before."""
    queue = _queue()

    def work(watch: Watch) -> VariantMeasures:
        with queue.turn(watch):
            return measure_variant(shown.study, variant, shown.view.kmeans, watch)

    all_jobs().run(key_of(shown, "variant", variant.params), work)


def begin_again(shown: Asked, variant: Variant) -> None:
    """The same where it failed or was stopped."""
    forget(shown, variant)
    begin(shown, variant)


def forget(shown: Asked, variant: Variant) -> None:
    """Stop measuring it; what was extracted is kept."""
    all_jobs().forget(key_of(shown, "variant", variant.params))


def find_pace(shown: Asked) -> float:
    """Multiply-adds a second of this machine on these images, timed once."""
    study = shown.study
    key = (study.recipe.fingerprint, study.images.fingerprint, "pace")
    pace: float = await_result(key, lambda _: measure_pace(study), "Timing the network")
    return pace


class _Queue:
    """Who came first works first; one at a time."""

    def __init__(self) -> None:
        self._waiting: deque[object] = deque()
        self._moved = threading.Condition()

    @contextmanager
    def turn(self, watch: Watch) -> Iterator[None]:
        """Wait for one's turn, and have it.

        Raises:
            Cancelled: `watch` said so while it waited.
        """
        ticket = object()
        with self._moved:
            self._waiting.append(ticket)
        try:
            self._wait(ticket, watch)
            yield
        finally:
            with self._moved:
                self._waiting.remove(ticket)
                self._moved.notify_all()

    def _wait(self, ticket: object, watch: Watch) -> None:
        with self._moved:
            while self._waiting[0] is not ticket:
                watch.step(Progress("wait"))
                self._moved.wait(_LOOK_SECONDS)


@st.cache_resource(show_spinner=False)
def _queue() -> _Queue:
    """The one of this server: two at once take twice as long each, and the memory of both."""
    return _Queue()
