"""Parts of a page that fail: what is said there, and that the others are drawn."""

from streamlit.testing.v1 import AppTest

SCRIPT = """
import time
import streamlit as st
from core.errors import CoreError
from dashboard.enclosing import enclosed
from dashboard.waiting import await_result

def fail(error):
    raise error

with enclosed():
    st.text("before")
    fail(CoreError("no *k* named 0: choose 1"))
    st.text("never")
with enclosed():
    await_result("job", lambda _: fail(CoreError("the disk is full: make room")), "Working")
    st.text("never")
with enclosed():
    await_result("job", lambda _: None, "Working")
with enclosed():
    fail(KeyError("a secret detail"))
with enclosed():
    st.fragment(fail)(CoreError("of a fragment: leave it out"))
with enclosed():
    st.text("after")
    st.stop()
st.text("never")
"""


def test_each_part_says_why_it_failed_and_the_others_are_drawn(caplog):
    app = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert [one.value for one in app.text] == ["before", "after"]
    said = [one.value for one in app.error]
    assert said[:3] == [
        "no \\*k\\* named 0\\: choose 1",  # as it is, whatever a name holds
        "the disk is full\\: make room",
        "the disk is full\\: make room",
    ]
    assert [one.label for one in app.button] == ["Try again"]  # both wait for the same job
    assert said[3].startswith("Something unexpected happened")
    assert "secret" not in said[3]
    number = said[3].rpartition(" ")[2].rstrip("\\.")
    (record,) = [one for one in caplog.records if "unexpected" in one.getMessage()]
    assert number in record.getMessage()
    assert "a secret detail" in record.getMessage()


def test_what_failed_can_be_tried_again():
    script = """
import streamlit as st
from core.errors import CoreError
from dashboard.enclosing import enclosed
from dashboard.waiting import await_result

st.session_state.tries = st.session_state.get("tries", 0) + 1
first = st.session_state.tries == 1

def work(_):
    if first:
        raise CoreError("the disk is full: make room")
    return "done"

with enclosed():
    st.text(await_result("tried again", work, "Working"))
"""
    app = AppTest.from_string(script, default_timeout=30).run()
    assert not app.text
    app.button[0].click().run()
    assert [one.value for one in app.text] == ["done"]
    assert not app.error
