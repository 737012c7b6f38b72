import logging

import pytest

from dashboard.environment import LOG_VARIABLE
from dashboard.logs import begin_logging


@pytest.fixture(autouse=True)
def _restored():
    logs = [logging.getLogger(name) for name in ("core", "dashboard")]
    before = [(log, log.level, log.handlers, log.propagate) for log in logs]
    yield
    for log, level, handlers, propagate in before:
        log.setLevel(level)
        log.handlers, log.propagate = handlers, propagate


@pytest.mark.parametrize(
    ("level", "written"),
    [("warning", ["careful"]), ("info", ["begun", "careful"]), (None, ["careful"])],
)
def test_what_is_written_depends_on_the_level(monkeypatch, capsys, level, written):
    monkeypatch.delenv(LOG_VARIABLE, raising=False)
    if level:
        monkeypatch.setenv(LOG_VARIABLE, level)
    begin_logging()
    begin_logging()  # a second time it must not write everything twice
    logging.getLogger("core.study").info("begun")
    logging.getLogger("dashboard.jobs").warning("careful")
    lines = capsys.readouterr().err.splitlines()
    assert [line.rpartition(": ")[2] for line in lines] == written
