"""A closed page gives back what it held: counted in a server of its own, see closed_page.py."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from dashboard.app import app
from dashboard.tidying import Leavers, give_back, tidy_up

ROOT = Path(__file__).parents[1]


class Sessions:
    """As much of Streamlit's runtime as is asked for; `gone` are those without a page."""

    def __init__(self, *names):
        self.gone = set()
        self.cleared = []
        self.sessions = {name: self._make(name) for name in names}
        self._session_mgr = self

    def _make(self, name):
        state = SimpleNamespace(clear=lambda: self.cleared.append(name))
        return SimpleNamespace(id=name, session_state=state)

    def list_sessions(self):
        return [
            SimpleNamespace(session=one, client=None if name in self.gone else "a page")
            for name, one in self.sessions.items()
        ]

    def close_session(self, name):
        del self.sessions[name]


def test_a_session_is_closed_a_while_after_its_page():
    sessions, leavers = Sessions("a", "b"), Leavers(grace=60)
    assert leavers.close(sessions, 0) == 0
    sessions.gone = {"a"}
    assert [leavers.close(sessions, now) for now in (100, 159, 160, 161)] == [0, 0, 1, 0]
    assert list(sessions.sessions) == ["b"]
    assert sessions.cleared == ["a"]


def test_a_page_that_comes_back_in_time_keeps_its_session():
    sessions, leavers = Sessions("a"), Leavers(grace=60)
    for now, gone in ((0, {"a"}), (50, set()), (70, {"a"}), (129, {"a"})):
        sessions.gone = gone
        assert leavers.close(sessions, now) == 0
    assert leavers.close(sessions, 130) == 1


def test_the_app_tidies_up():
    assert app._user_lifespan is tidy_up
    give_back()  # on every system


@pytest.fixture(scope="module")
def counts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("closed")
    path = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tools'}"}
    command = [sys.executable, str(ROOT / "tests" / "closed_page.py"), str(folder)]

    done = subprocess.run(
        command, env=os.environ | path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_nothing_of_a_session_is_left_after_its_page_has_closed(counts):
    assert counts["used"]["sessions"] == 1
    assert counts["used"]["selections"] >= 1
    assert counts["left"]["sessions"] == 1  # it might come back
    assert counts["closed"] == [0, 0, 1]
    assert counts["after"] == {"sessions": 0, "selections": 0}
