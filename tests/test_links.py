"""What a link tells is given back where it got lost: a session kept by hand."""

from types import SimpleNamespace

import pytest
from streamlit.errors import StreamlitAPIException

from dashboard import links
from dashboard.links import keep_link


class Rerun(Exception):  # noqa: N818 - it is no error
    """What Streamlit raises to begin anew."""


class Link(dict):
    """A link in which the names of known widgets cannot be set."""

    bound = frozenset()

    def __setitem__(self, key, value):
        if key in self.bound:
            raise StreamlitAPIException(key)
        super().__setitem__(key, value)


@pytest.fixture(autouse=True)
def tab(monkeypatch):
    def rerun():
        raise Rerun

    made = SimpleNamespace(session_state={}, query_params=Link(), rerun=rerun)
    monkeypatch.setattr(links, "st", made)
    return made


def lose(tab, **still):
    """As Streamlit does: the names go from the link, these values stay in the session."""
    tab.query_params.clear()
    tab.session_state.update(still)


def test_what_got_lost_between_two_pages_is_given_back(tab):
    tab.query_params.update({"source": "digits", "k": "6", "part": "Ribbon"})
    keep_link(came=False)
    lose(tab, k=6)  # and the source, of which nothing is known any more
    with pytest.raises(Rerun):
        keep_link(came=True)
    assert tab.query_params == {"source": "digits", "k": "6"}  # the part is the page's own


def test_what_is_lost_twice_is_given_back_twice(tab):
    tab.query_params["k"] = "6"
    keep_link(came=False)
    for _ in range(2):
        lose(tab)
        with pytest.raises(Rerun):
            keep_link(came=True)
        assert tab.query_params == {"k": "6"}


def test_what_still_stands_there_is_left_as_it_is(tab):
    tab.query_params["k"] = "6"
    keep_link(came=False)
    tab.query_params["k"] = "7"
    keep_link(came=True)
    assert tab.query_params == {"k": "7"}


def test_a_default_that_was_chosen_stays_out_of_the_link(tab):
    tab.query_params["k"] = "6"
    keep_link(came=False)
    lose(tab, k=5)
    keep_link(came=True)
    assert tab.query_params == {}


def test_a_widget_that_is_known_looks_after_its_own_name(tab):
    tab.query_params["k"] = "60"
    keep_link(came=False)
    lose(tab, k=3)  # of three images: as many clusters are what is usual there
    tab.query_params.bound = {"k"}
    keep_link(came=True)
    assert tab.query_params == {}


def test_on_the_same_page_nothing_gets_lost(tab):
    tab.query_params["k"] = "6"
    keep_link(came=False)
    lose(tab)
    keep_link(came=False)
    assert tab.query_params == {}
