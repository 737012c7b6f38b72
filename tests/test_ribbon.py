"""The ribbon's content, and what it does with what the browser answers."""

import json

import numpy as np
import pytest
import streamlit as st

import dashboard.ribbon
from dashboard.gallery import ImageContents
from dashboard.ribbon import (
    ChosenFlow,
    ChosenNode,
    RibbonColumn,
    RibbonFlow,
    RibbonNode,
    RibbonView,
    show_ribbon,
    write_ribbon,
)
from dashboard.ribbon.choice import describe_choice, read_column, read_flow, read_node


def node(cluster, size, medoid=0):
    return RibbonNode(cluster, f"<b>{cluster}</b>", "#4477AA", size, medoid)


def column(title, nodes, *flows):
    return RibbonColumn(title, tuple(nodes), tuple(RibbonFlow(*flow) for flow in flows))


def two(*flows, sizes=(7, 3)):
    """Ten images in one cluster, then in clusters 1 and 0."""
    following = [node(1, sizes[0], 4), node(0, sizes[1], None)]
    return [column("k = 1", [node(0, 10, 4)], *flows), column("k = 2", following)]


def test_the_ribbon_is_written_as_json():
    assert json.loads(write_ribbon(two((0, 1, 7), (0, 0, 3)))) == {
        "columns": [
            {
                "title": "k = 1",
                "nodes": [[0, "<b>0</b>", "#4477AA", 10, 4]],
                "flows": [[0, 1, 7], [0, 0, 3]],
            },
            {
                "title": "k = 2",
                "nodes": [[1, "<b>1</b>", "#4477AA", 7, 4], [0, "<b>0</b>", "#4477AA", 3, None]],
                "flows": [],
            },
        ]
    }


def test_nothing_and_a_column_without_clusters_are_written():
    assert json.loads(write_ribbon([])) == {"columns": []}
    assert json.loads(write_ribbon([column("k", [])]))["columns"][0]["nodes"] == []


def test_images_may_be_missing_from_a_flow():
    assert json.loads(write_ribbon(two((0, 1, 6))))["columns"][0]["flows"] == [[0, 1, 6]]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (two((0, 2, 1)), r"images come to cluster 2, which k = 2 has not"),
        (two((3, 1, 1)), r"images leave cluster 3, which k = 1 has not"),
        (two((0, 1, 8)), r"8 images come to cluster 1 of k = 2, which has 7: give each image once"),
        (two((0, 1, 6), (0, 0, 6), sizes=(6, 6)), r"12 images leave cluster 0 of k = 1"),
        ([column("k = 1", [node(0, 1)], (0, 0, 1))], r"come to cluster 0, which the end has not"),
        ([column("k = 2", [node(1, 1), node(1, 2)])], r"k = 2 has cluster 1 2 times"),
    ],
)
def test_what_could_only_be_drawn_wrongly_is_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        write_ribbon(columns)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: node(2, -1), "cluster 2 has size -1: give 0 or more"),
        (lambda: node(2, 0, -1), "cluster 2 has medoid -1: give a row, or None"),
        (lambda: RibbonFlow(1, 2, 0), "0 images go from cluster 1 to cluster 2: leave out"),
    ],
)
def test_values_that_mean_nothing_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_number_that_is_not_pythons_own_is_refused():
    with pytest.raises(TypeError):
        write_ribbon([column("k = 1", [node(0, np.int64(3))])])


N_CLUSTERS = (2, 3)


def test_an_answer_names_a_cluster_of_a_column():
    assert read_node({"column": 1, "cluster": 2}, N_CLUSTERS) == (1, 2)
    assert read_flow({"column": 0, "from": 1, "to": 2}, N_CLUSTERS) == (0, 1, 2)
    assert read_column({"column": 1}, N_CLUSTERS) == (1,)


@pytest.mark.parametrize(
    "given",
    [
        {}, {"column": 2, "cluster": 0}, {"column": 0, "cluster": 2}, {"column": 0},
        {"column": -1, "cluster": 0}, {"column": True, "cluster": 0}, {"column": 0, "cluster": "0"},
        {"column": 0.0, "cluster": 0},
    ],
)  # fmt: skip
def test_any_other_node_is_none(given):
    assert read_node(given, N_CLUSTERS) is None


@pytest.mark.parametrize(
    "given",
    [
        {}, {"column": 1, "from": 0, "to": 0}, {"column": 0, "from": 2, "to": 0},
        {"column": 0, "from": 0, "to": 3}, {"column": 0, "from": 0}, {"column": 0, "to": 0},
        {"column": None, "from": 0, "to": 0},
    ],
)  # fmt: skip
def test_any_other_flow_is_none(given):
    """From the last column nothing flows."""
    assert read_flow(given, N_CLUSTERS) is None
    assert read_flow(given, ()) is None


def test_a_choice_goes_to_the_browser_in_its_own_words():
    for chosen in (ChosenNode(1, 2), ChosenNode(np.int64(0), np.int64(1))):
        sent = describe_choice(chosen)
        assert json.loads(json.dumps(sent)) == sent
        assert ChosenNode(*read_node(sent, N_CLUSTERS)) == chosen
    flow = ChosenFlow(0, 1, 2)
    assert ChosenFlow(*read_flow(describe_choice(flow), N_CLUSTERS)) == flow
    assert describe_choice(None) is None


class Shown:
    """A ribbon that is drawn nowhere: what it was given, and what its callbacks told."""

    def __init__(self, monkeypatch, view):
        self.told, self.state = [], {}
        self.given = {}
        monkeypatch.setattr(
            dashboard.ribbon, "_component", lambda **given: self.given.update(given)
        )
        monkeypatch.setattr(st, "session_state", {"ribbon": self.state})
        names = ("node", "flow", "column", "clear")
        tell = {f"on_{name}": self.note(name) for name in names}
        show_ribbon(view, contents(), key="ribbon", **tell)

    def note(self, name):
        return lambda *values: self.told.append((name, *values))

    def answer(self, event, value):
        self.state[event] = value
        self.given[f"on_{event}_change"]()
        return self.told


def contents():
    return ImageContents(5, "/ids", "/names", "/clusters", ("#000",), "/s/{id}", "/l/{id}")


@pytest.fixture
def shown(monkeypatch):
    view = RibbonView("/ribbon", N_CLUSTERS, current=1, chosen=ChosenNode(1, 2), height=300)
    return Shown(monkeypatch, view)


def test_a_rerun_carries_little_and_plain_json(shown):
    data = shown.given["data"]
    assert json.loads(json.dumps(data)) == data
    del data["images"]
    assert data == {
        "ribbon": "/ribbon", "current": 1, "chosen": {"column": 1, "cluster": 2}, "height": 300,
        "empty": "No clusterings to compare yet.",
        "picture": {"name": "groupsight", "making": "Groupsight"},
    }  # fmt: skip


def test_callbacks_hear_what_was_chosen(shown):
    about = {"of": "/ribbon"}
    shown.answer("node", about | {"column": 1, "cluster": 2})
    shown.answer("flow", about | {"column": 0, "from": 1, "to": 2})
    shown.answer("column", about | {"column": 0})
    shown.answer("cleared", about)
    assert shown.told == [("node", 1, 2), ("flow", 0, 1, 2), ("column", 0), ("clear",)]


@pytest.mark.parametrize("event", ["node", "flow", "column", "cleared"])
@pytest.mark.parametrize(
    "value",
    [
        None, "node", [], {},
        {"of": "/another", "column": 0, "cluster": 0, "from": 0, "to": 0},
        {"column": 0, "cluster": 0, "from": 0, "to": 0},
    ],
)  # fmt: skip
def test_answers_about_something_else_are_ignored(shown, event, value):
    assert shown.answer(event, value) == []


@pytest.mark.parametrize("event", ["node", "flow", "column"])
def test_answers_that_name_nothing_are_ignored(shown, event):
    value = {"of": "/ribbon", "column": 5, "cluster": 0, "from": 0, "to": 0}
    assert shown.answer(event, value) == []
