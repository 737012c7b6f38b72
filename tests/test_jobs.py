"""Jobs of the server: one for a key, with progress, errors in words, and a stop."""

import threading

import pytest

from core.errors import CoreError
from core.progress import Progress
from dashboard.jobs import STUDY, Jobs

WAIT = 10


@pytest.fixture
def jobs():
    return Jobs()


def test_the_result_of_the_work_is_kept(jobs):
    job = jobs.run("key", lambda _: 6 * 7)
    assert job.wait(WAIT)
    assert job.result == 42


def test_one_key_is_worked_on_once(jobs):
    calls = []
    jobs.run("key", calls.append).wait(WAIT)
    jobs.run("key", calls.append).wait(WAIT)
    assert len(calls) == 1


def test_forgetting_a_key_starts_anew(jobs):
    calls = []
    jobs.run("key", calls.append).wait(WAIT)
    jobs.forget("key")
    jobs.run("key", calls.append).wait(WAIT)
    assert len(calls) == 2


def test_a_renewed_key_starts_anew_and_what_came_of_it_before_stays_known(jobs):
    go_on = threading.Event()
    jobs.run("key", lambda _: "old").wait(WAIT)
    jobs.run("other", lambda _: "other").wait(WAIT)
    jobs.renew(lambda key: key == "key")
    assert jobs.results() == ["other", "old"]
    renewed = jobs.run("key", lambda _: go_on.wait(WAIT) and "new")
    assert jobs.run("key", lambda _: "never") is renewed
    assert (jobs.finished("key"), jobs.results()) == (None, ["other", "old"])
    go_on.set()
    assert renewed.wait(WAIT)
    assert (jobs.finished("key"), jobs.results()) == ("new", ["new", "other", "old"])


def test_what_works_at_present_is_not_renewed(jobs):
    go_on = threading.Event()
    running = jobs.run("key", lambda _: go_on.wait(WAIT))
    jobs.renew(lambda _: True)
    assert jobs.run("key", lambda _: "never") is running
    go_on.set()


def test_an_error_of_core_is_told_in_its_own_words(jobs):
    def fail(_):
        raise CoreError("no such folder: 'x'")

    job = jobs.run("key", fail)
    job.wait(WAIT)
    assert job.error == "no such folder: 'x'"


def test_an_unexpected_error_gets_a_number_that_the_log_has_too(jobs, caplog):
    job = jobs.run("key", lambda _: 1 / 0)
    job.wait(WAIT)
    number = job.error.rstrip(".").rpartition(" ")[2]
    assert number in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in job.error


def test_a_cancelled_job_stops_at_the_next_step(jobs):
    started = threading.Event()

    def work(watch):
        for done in range(1_000_000):
            watch.step(Progress("extract", done, 1_000_000))
            started.set()

    job = jobs.run("key", work)
    started.wait(WAIT)
    job.cancel()
    assert job.wait(WAIT)
    assert job.cancelled
    assert job.error is None


def test_rate_and_time_left_leave_out_what_was_done_before(jobs, monkeypatch):
    clock = iter([90.0, 100.0, 110.0])
    monkeypatch.setattr("dashboard.jobs.time.monotonic", lambda: next(clock))

    def work(watch):
        watch.step(Progress("extract", 500, 1_000))  # found in the cache
        watch.step(Progress("extract", 600, 1_000))

    job = jobs.run("key", work)
    job.wait(WAIT)
    assert job.rate == pytest.approx(10)  # 100 in 10 s
    assert job.seconds_left == pytest.approx(40)  # 400 are left


def test_a_new_stage_has_a_rate_of_its_own(jobs):
    def work(watch):
        watch.step(Progress("scan", 0, 10))
        watch.step(Progress("scan", 10, 10))
        watch.step(Progress("extract", 0, 10))

    job = jobs.run("key", work)
    job.wait(WAIT)
    assert job.rate == 0
    assert job.seconds_left is None


def test_old_results_leave_memory_and_running_jobs_do_not(jobs):
    release = threading.Event()
    running = jobs.run("running", lambda _: release.wait(WAIT))
    for number in range(100):
        jobs.run(number, lambda _: "done").wait(WAIT)
    assert len(jobs.results()) <= 49
    assert jobs.run("running", lambda _: None) is running
    release.set()


def test_many_results_do_not_push_out_a_study(jobs):
    jobs.run("study", lambda _: "study", STUDY).wait(WAIT)
    for number in range(100):
        jobs.run(number, lambda _: "result").wait(WAIT)
    assert jobs.finished("study") == "study"
