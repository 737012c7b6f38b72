"""What the steps say, as JSON, and what is believed of what the browser answers."""

import json

import numpy as np
import pytest
import streamlit as st

from dashboard import steps
from dashboard.gallery.images import ImageContents
from dashboard.steps import ClusterEnd, Step, StepsView, Strip, show_steps, write_steps

IMAGES = ImageContents(
    count=9, ids="/i", names="/n", clusters="/c", palette=("#000",), small="/s/{id}",
    large="/l/{id}",
)  # fmt: skip
VIEW = StepsView("/steps", (0, 2))
LEFT = ClusterEnd(1, "<b>", "#000", 4)
RIGHT = ClusterEnd(2, "flowers", "#fff", None, "diamond")


def strip(count=3, rows=(1, 2, 3), copies=0):
    return Strip(LEFT, RIGHT, count, rows, copies)


@pytest.fixture
def answer(monkeypatch):
    """Draws the steps and lets a browser answer; gives what the callbacks were told."""

    def say(event, given, view=VIEW):
        told = []
        sent = {}
        monkeypatch.setattr(steps, "_component", lambda **given: sent.update(given))
        monkeypatch.setattr(st, "session_state", {"here": {event: given}})
        show_steps(
            view, IMAGES, key="here",
            on_step=lambda *given: told.append(("step", *given)),
            on_strip=lambda *given: told.append(("strip", *given)),
            on_open=lambda *given: told.append(("open", *given)),
        )  # fmt: skip
        sent[f"on_{event}_change"]()
        return told

    return say


def test_steps_are_written_as_json():
    written = write_steps([Step("1 → 2", 1, 2, ("a",), (strip(),)), Step("2 → 3", 2, 3)])
    first, second = json.loads(written)["steps"]
    assert first == {
        "title": "1 → 2", "k_before": 1, "k_after": 2, "sentences": ["a"],
        "strips": [{
            "before": {"cluster": 1, "name": "<b>", "color": "#000", "medoid": 4,
                       "symbol": "circle"},
            "after": {"cluster": 2, "name": "flowers", "color": "#fff", "medoid": None,
                      "symbol": "diamond"},
            "count": 3, "rows": [1, 2, 3], "copies": 0,
        }],
    }  # fmt: skip
    assert (second["sentences"], second["strips"]) == ([], [])
    assert json.loads(write_steps([])) == {"steps": []}


def test_only_pythons_own_numbers_are_written():
    with pytest.raises(TypeError, match="int64: give Python's own numbers"):
        write_steps([Step("1 → 2", 1, 2, (), (strip(3, (np.int64(1),)),))])
    with pytest.raises(ValueError, match="JSON compliant"):
        write_steps([Step("1 → 2", 1, float("nan"))])


@pytest.mark.parametrize(
    ("count", "rows", "copies"), [(2, (1, 2, 3), 0), (3, (1, 2, 3), 1), (3, (), -1)]
)
def test_a_strip_has_no_more_rows_than_distinct_images(count, rows, copies):
    with pytest.raises(ValueError, match="at most as many rows as distinct images"):
        strip(count, rows, copies)


def test_a_strip_may_have_fewer_rows_and_copies():
    assert strip(500, (1, 2), 7).count == 500
    assert strip(5, (1, 2, 3), 2).copies == 2
    assert strip(0, ()).rows == ()


def test_answers_reach_who_asked(answer):
    assert answer("shown", {"of": "/steps", "step": 1}) == [("step", 1)]
    assert answer("chosen", {"of": "/steps", "step": 1, "strip": 1}) == [("strip", 1, 1)]
    assert answer("opened", {"of": "/steps", "row": 8}) == [("open", 8)]


@pytest.mark.parametrize(
    ("event", "given"),
    [
        ("shown", {"of": "/steps", "step": 2}),
        ("shown", {"of": "/others", "step": 1}),
        ("shown", {"of": "/steps", "step": "1"}),
        ("shown", {"of": "/steps"}),
        ("shown", None),
        ("chosen", {"of": "/steps", "step": 0, "strip": 0}),  # it has none
        ("chosen", {"of": "/steps", "step": 1, "strip": 2}),
        ("chosen", {"of": "/steps", "step": 1, "strip": -1}),
        ("chosen", {"of": "/steps", "step": 1}),
        ("chosen", {"of": "/steps", "step": True, "strip": 0}),
        ("chosen", {"of": "/steps", "step": 5, "strip": 0}),
        ("chosen", [1, 1]),
        ("opened", {"of": "/steps", "row": 9}),
        ("opened", {"of": "/steps", "row": 1.0}),
        ("opened", "row"),
    ],
)
def test_other_answers_are_ignored(answer, event, given):
    assert answer(event, given) == []


def test_a_rerun_carries_addresses_and_marks(monkeypatch):
    sent = {}
    monkeypatch.setattr(steps, "_component", lambda **given: sent.update(given))
    view = StepsView("/steps", (0, 400), present=1, chosen=(1, 3), opened=7)
    ignore = lambda *_: None  # noqa: E731
    show_steps(view, IMAGES, key="here", on_step=ignore, on_strip=ignore, on_open=ignore)
    data = sent["data"]
    assert json.loads(json.dumps(data)) == data
    assert (data["steps"], data["present"], data["chosen"], data["open"]) == (
        "/steps", 1, [1, 3], 7,
    )  # fmt: skip
    assert len(json.dumps(data)) < 1000
