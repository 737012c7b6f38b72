"""What is loaded beforehand, and what switches it off."""

import pytest

from dashboard import preload
from dashboard.environment import PRELOAD_VARIABLE


class Timer:
    """Notes that it was started, and never rings."""

    started: list["Timer"] = []  # noqa: RUF012 - emptied by the fixture
    daemon = False

    def __init__(self, seconds, work):
        self.seconds, self.work = seconds, work

    def start(self):
        self.started.append(self)


@pytest.fixture
def timers(monkeypatch):
    monkeypatch.setattr(preload.threading, "Timer", Timer)
    monkeypatch.setattr(preload, "_started", preload.threading.Event())
    monkeypatch.setattr(Timer, "started", [])
    return lambda: Timer.started


def test_what_computing_needs_is_loaded_once_and_keeps_no_server_alive(timers, monkeypatch):
    monkeypatch.delenv(PRELOAD_VARIABLE, raising=False)
    for _ in range(2):
        preload.preload_computing()
    assert [(one.work, one.daemon) for one in timers()] == [(preload._prepare_computing, True)]


def test_a_server_that_is_told_so_waits_until_it_is_needed(timers, monkeypatch):
    monkeypatch.setenv(PRELOAD_VARIABLE, "off")
    preload.preload_computing()
    assert timers() == []
