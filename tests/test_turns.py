import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from core.caching import turns
from core.caching.turns import take_turn

HOLD = """
import sys
from pathlib import Path
from core.caching.turns import take_turn

with take_turn(Path(sys.argv[1]), "work", meanwhile=lambda: None):
    print("mine", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(turns, "_PAUSE_SECONDS", 0.01)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache.sqlite"


def locks(cache):
    return sorted(one.name for one in cache.parent.iterdir())


def ignore():
    return None


def test_two_that_would_do_the_same_do_it_one_after_the_other(cache):
    doing, most, waits = [], [], []

    def work(number):
        with take_turn(cache, "work", meanwhile=lambda: waits.append(number)):
            doing.append(number)
            most.append(len(doing))
            time.sleep(0.02)  # long enough for the others to try
            doing.remove(number)

    threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]
    assert waits
    assert locks(cache) == []


def test_other_work_is_not_waited_for(cache):
    def refuse():
        raise AssertionError("waited")

    with take_turn(cache, "one", meanwhile=refuse), take_turn(cache, "another", meanwhile=refuse):
        assert len(locks(cache)) == 2
    assert locks(cache) == []


class GivenUpError(Exception):
    pass


def test_whoever_waits_may_give_up_and_takes_nothing_from_the_other(cache):
    def give_up():
        raise GivenUpError

    with take_turn(cache, "work", meanwhile=ignore) as is_held:
        assert is_held
        with pytest.raises(GivenUpError), take_turn(cache, "work", meanwhile=give_up):
            pytest.fail("two turns at once")
        assert len(locks(cache)) == 1
    with take_turn(cache, "work", meanwhile=give_up):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_the_turn_of_whoever_is_killed_ends(cache):
    command = [sys.executable, "-c", HOLD, str(cache)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout.readline() == "mine\n"

        def kill():
            if other.poll() is None:
                other.send_signal(signal.SIGKILL)
            waits.append(1)

        waits = []
        with take_turn(cache, "work", meanwhile=kill):
            assert waits
            assert other.wait() == -signal.SIGKILL


@pytest.mark.parametrize("fault", ["open", "lock"])
def test_where_nothing_can_be_locked_nobody_waits(cache, monkeypatch, fault):
    def fail(*_):
        raise PermissionError("no")

    monkeypatch.setattr(*((os, "open", fail) if fault == "open" else (turns, "_lock", fail)))
    with (
        take_turn(cache, "work", meanwhile=fail) as first,
        take_turn(cache, "work", meanwhile=fail) as second,
    ):
        assert (first, second) == (False, False)
