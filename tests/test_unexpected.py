import logging
import re

from dashboard import unexpected
from dashboard.unexpected import log_unexpected, show_unexpected


def raised():
    try:
        raise KeyError("a secret detail")
    except KeyError as error:
        return error


def test_the_log_has_the_trace_under_the_number_that_is_said(caplog):
    with caplog.at_level(logging.ERROR):
        said = log_unexpected(raised())
    number = re.search(r"([0-9a-f]{8})\.$", said)[1]
    assert "secret" not in said
    (record,) = caplog.records
    assert f"unexpected error {number}" in record.getMessage()
    assert "in raised" in record.getMessage()
    assert "a secret detail" in record.getMessage()


def test_each_error_has_a_number_of_its_own(caplog):
    assert log_unexpected(raised()) != log_unexpected(raised())


def test_the_page_shows_the_number_and_no_trace(monkeypatch, caplog):
    shown = []
    monkeypatch.setattr(unexpected.st, "error", lambda text, **_: shown.append(text))
    assert show_unexpected(raised()) is True
    assert shown[0].startswith("Something unexpected happened")
    assert "secret" not in shown[0]
