"""With what a session starts: a session kept by hand."""

import json
from types import SimpleNamespace

import pytest

from core.errors import CoreError
from dashboard import state
from dashboard.environment import PRESET_VARIABLE
from dashboard.state import read_view, start_session


class Session(dict):
    """A session, whose values are attributes, too."""

    __setattr__ = dict.__setitem__


@pytest.fixture(autouse=True)
def tab(monkeypatch):
    made = SimpleNamespace(session_state=Session(), query_params={})
    monkeypatch.setattr(state, "st", made)
    return made


def test_a_preset_is_a_link_for_who_has_none(tab, monkeypatch):
    monkeypatch.setenv(PRESET_VARIABLE, json.dumps({"source": "digits", "k": 10, "labels": False}))
    start_session()
    assert (tab.session_state["k"], tab.session_state["labels"]) == (10, False)
    assert tab.query_params == {"source": "digits", "k": "10", "labels": "false"}
    tab.query_params["k"] = "3"
    start_session()  # once
    assert tab.query_params["k"] == "3"


def test_a_link_stands_above_the_preset(tab, monkeypatch):
    monkeypatch.setenv(PRESET_VARIABLE, json.dumps({"source": "digits", "k": 10}))
    tab.query_params["source"] = "mine"
    start_session()
    assert tab.query_params == {"source": "mine"}
    assert "k" not in tab.session_state


@pytest.mark.parametrize("name", ["~nobody-here/photos", "a\0b"])
def test_a_folder_of_images_that_cannot_be_is_refused(tab, name):
    tab.session_state.update(source="list.csv", images=name)
    with pytest.raises(CoreError, match="no such folder of images"):
        read_view()
