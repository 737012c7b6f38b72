"""Which page is shown, and what an address that says nothing meant: a session kept by hand."""

from types import SimpleNamespace

import pytest

from dashboard import arrivals
from dashboard.arrivals import arrive, came_by_history, meant_at_arrival, note_arrival


@pytest.fixture(autouse=True)
def tab(monkeypatch):
    made = SimpleNamespace(session_state={}, query_params={"k": "5"})
    monkeypatch.setattr(arrivals, "st", made)
    return made


def test_the_first_page_is_no_other_one():
    assert [arrive(page) for page in ("", "", "inside", "inside", "")] == [
        False, False, True, False, True
    ]  # fmt: skip


def test_what_was_meant_holds_for_the_page_and_what_the_sidebar_says(tab):
    arrive("inside")
    note_arrival("A")
    tab.query_params["review"] = "Outliers"  # left over by another page
    assert meant_at_arrival() == "A"
    tab.query_params["k"] = "6"
    assert meant_at_arrival() is None
    tab.query_params["k"] = "5"
    arrive("compare")
    assert meant_at_arrival() is None
    arrive("inside")
    note_arrival("B")
    assert meant_at_arrival() == "B"
    note_arrival(None)
    assert meant_at_arrival() is None


def test_the_latest_are_kept(tab):
    for k in range(40):
        tab.query_params["k"] = str(k)
        note_arrival(k)
    assert meant_at_arrival() == 39
    tab.query_params["k"] = "0"
    assert meant_at_arrival() is None


def test_outside_a_run_nothing_came_by_history():
    assert came_by_history() is False
