"""Progress in words."""

from types import SimpleNamespace

import pytest

from core.progress import Progress
from dashboard import waiting
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


def test_a_wait_tells_the_stage_at_which_the_work_is(monkeypatch):
    stages = iter(["start", "index", "index"])
    job = SimpleNamespace(error=None, cancelled=False, result=7, progress=None)

    def wait(_):
        job.progress = Progress(next(stages))
        return len(told) == 2

    told, job.wait = [], wait
    slot = SimpleNamespace(caption=told.append, empty=lambda: None)
    monkeypatch.setattr(waiting, "all_jobs", lambda: SimpleNamespace(run=lambda *_: job))
    monkeypatch.setattr(waiting.st, "empty", lambda: slot)
    assert waiting.await_result("key", None, lambda one: one.progress.stage) == 7
    assert told == ["start … 0 s", "index … 0 s"]
