"""Progress in words."""

import threading
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.progress import Progress
from dashboard import waiting
from dashboard.jobs import all_jobs
from dashboard.waiting import describe, format_seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (8, "8 s"), (59.4, "59 s"), (60, "1 min"), (150, "2 min"), (7500, "2 h 5 min")],
)
def test_time_is_told_as_people_say_it(seconds, words):
    assert format_seconds(seconds) == words


def test_progress_tells_how_far_how_fast_and_how_long_still():
    job = SimpleNamespace(progress=Progress("extract", 500, 1_797), rate=160.2, seconds_left=8.1)
    assert describe(job) == "500 of 1,797 images · 160 images a second · 8 s left"


def test_what_cannot_be_known_yet_is_not_told():
    job = SimpleNamespace(progress=Progress("extract", 0, 1_797), rate=0.0, seconds_left=None)
    assert describe(job) == "0 of 1,797 images"


FOLLOWING = """
import streamlit as st
from dashboard.waiting import follow_result

found = follow_result("followed", st.session_state.work, lambda job: job.progress.stage)
st.write(f"found {found}")
"""


def test_who_follows_a_job_is_told_its_stage_and_waits_for_nothing(monkeypatch):
    begun, may_end = threading.Semaphore(0), threading.Semaphore(0)

    def work(watch):
        for stage in ("index", "compare"):
            watch.step(Progress(stage))
            begun.release()
            assert may_end.acquire(timeout=30)
        return 7

    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0.01)
    app = AppTest.from_string(FOLLOWING)
    app.session_state.work = work
    app.run()
    for stage in ("index", "compare"):
        assert begun.acquire(timeout=30)
        app.run()
        assert app.caption[0].value.startswith(f"{stage} … ")
        assert app.markdown[0].value == "found None"
        may_end.release()
    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 30)
    app.run()
    assert not app.caption
    assert app.markdown[0].value == "found 7"
    all_jobs().forget("followed")
