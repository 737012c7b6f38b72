"""Room in memory: who does not fit in waits, and who is too large for all of it comes alone."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.pictures.room import Room

pytestmark = pytest.mark.timeout(20)


def test_who_fits_in_does_not_wait():
    room = Room(10)
    with room.hold(4), room.hold(6):
        pass


@pytest.mark.parametrize("wanted", [5, 1000], ids=["more than is left", "more than there is"])
def test_who_does_not_fit_in_waits_until_others_have_given_back(wanted):
    room, order = Room(10), []
    asked = threading.Event()

    def want():
        asked.set()
        with room.hold(wanted):
            order.append("in")

    with ThreadPoolExecutor(1) as pool:
        with room.hold(6):
            waiting = pool.submit(want)
            asked.wait()
            with room.hold(4):  # who fits in meanwhile goes on
                order.append("others")
            order.append("given back")
        waiting.result()
    assert order == ["others", "given back", "in"]


def test_an_error_gives_back():
    room = Room(1)
    with pytest.raises(ValueError, match="broken"), room.hold(1):
        raise ValueError("broken")
    with room.hold(1):
        pass


def test_never_more_is_held_than_there_is():
    room, lock = Room(10), threading.Lock()
    now, most = 0, 0

    def work(size):
        nonlocal now, most
        with room.hold(size):
            with lock:
                now += size
                most = max(most, now)
            with lock:
                now -= size

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, [1, 3, 7, 4, 9, 10, 2] * 100))
    assert 0 < most <= 10
