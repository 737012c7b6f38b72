"""What Streamlit is told of a component, and what every draw of it sends along."""

import pytest
import streamlit as st

from dashboard.browser.component import ELEMENTS, SAVING, declare


@pytest.fixture
def told(monkeypatch):
    """What Streamlit gets: `declared` once, `drawn` with every draw."""
    told = {}

    def component(name, **given):
        told["declared"] = {"name": name} | given
        return draw

    def draw(**given):
        told["drawn"] = given

    monkeypatch.setattr(st.components.v2, "component", component)
    return told


def test_a_component_is_named_by_its_folder_and_dressed_in_order(told):
    declare("ribbon/ribbon.js", styles=(SAVING, ELEMENTS))
    assert told["declared"]["name"] == "groupsight.ribbon"
    css = told["declared"]["css"]
    assert 0 <= css.index(".save-panel {") < css.index(".icon-button {")


def test_its_styles_hold_for_it_alone_unless_it_asks_otherwise(told):
    declare("ribbon/ribbon.js", styles=())
    assert told["declared"]["isolate_styles"]
    declare("ribbon/ribbon.js", styles=(), isolate_styles=False)
    assert not told["declared"]["isolate_styles"]


def test_every_draw_names_the_module(told):
    data, heard = {"n": 1}, lambda: None
    declare("ribbon/ribbon.js", styles=())(data=data, key="one", on_node_change=heard)
    drawn = told["drawn"]
    assert drawn["data"].pop("module").endswith("/ribbon/ribbon.js")
    assert drawn == {"data": {"n": 1}, "key": "one", "on_node_change": heard}
    assert data == {"n": 1}
