"""A fault that nobody foresaw: its number is on the page, its trace in the server's log."""

import re
from pathlib import Path

import pytest
from browser import serve

BROKEN = Path(__file__).with_name("pages") / "broken_dashboard.py"


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("broken") / "cache.log"


@pytest.fixture(scope="module")
def server(log):
    with serve(log.with_suffix(".sqlite"), program=(str(BROKEN),)) as address:
        yield address


def test_the_number_on_the_page_finds_the_trace_in_the_log(page, log):
    page.goto("/")
    alert = page.get_by_role("alert").filter(has_text="Something unexpected happened.")
    said = alert.inner_text()
    number = re.search(r"The server's log has it as ([0-9a-f]{8})\.", said)[1]
    assert "secret" not in page.content()
    written = log.read_text()
    _, _, trace = written.partition(f"ERROR dashboard.unexpected: unexpected error {number}\n")
    assert trace.startswith("Traceback")
    assert "in _fail" in trace
    assert "KeyError: 'a secret detail'" in trace
    assert written.count(number) == 1
    # All else is there: another source can be opened.
    page.get_by_test_id("stSidebar").get_by_test_id("stBaseButton-primaryFormSubmit").wait_for()
    page.get_by_role("link", name="Data").click()
    page.get_by_text("Name the images on the left first.").wait_for()
