"""What is loaded and compiled beforehand, and what switches it off."""

import threading

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


class Process:
    """Another process, which ends when it is told to."""

    def __init__(self):
        self.end = threading.Event()

    def wait(self):
        assert self.end.wait(60)

    def terminate(self):
        self.end.set()


@pytest.fixture
def process(monkeypatch):
    made = Process()
    monkeypatch.delenv(PRELOAD_VARIABLE, raising=False)
    monkeypatch.setattr(preload, "start_compiling", lambda: made)
    monkeypatch.setattr(preload, "_compiling", [])
    monkeypatch.setattr(preload, "_import_all", lambda modules: None)
    yield made
    made.end.set()


def test_what_another_process_compiles_is_waited_for(process, monkeypatch):
    monkeypatch.setattr(preload.atexit, "register", lambda work: None)
    loaded = threading.Event()
    monkeypatch.setattr(preload, "load_map", loaded.set)
    preload.compile_beforehand()
    waiting = threading.Thread(target=preload._prepare_computing, daemon=True)
    waiting.start()
    assert not loaded.wait(0.2)
    process.end.set()
    assert loaded.wait(60)


def test_that_process_ends_with_the_server(process, monkeypatch):
    at_exit = []
    monkeypatch.setattr(preload.atexit, "register", at_exit.append)
    preload.compile_beforehand()
    assert at_exit == [process.terminate]


def test_where_nothing_is_left_to_compile_nobody_waits(process, monkeypatch):
    loaded = []
    monkeypatch.setattr(preload, "start_compiling", lambda: None)
    monkeypatch.setattr(preload, "load_map", lambda: loaded.append("map"))
    preload.compile_beforehand()
    preload._prepare_computing()
    assert loaded == ["map"]


def test_a_server_that_is_told_so_compiles_nothing_beforehand(process, monkeypatch):
    monkeypatch.setenv(PRELOAD_VARIABLE, "off")
    monkeypatch.setattr(preload, "start_compiling", lambda: pytest.fail("compiled"))
    preload.compile_beforehand()
