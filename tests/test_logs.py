import logging

import pytest

from core import logs
from core.logs import Level
from dashboard.environment import LOG_VARIABLE
from dashboard.logs import begin_logging


@pytest.fixture(autouse=True)
def _restored():
    ours = [logging.getLogger(name) for name in ("core", "dashboard")]
    before = [(log, log.level, log.handlers) for log in ours]
    yield
    for log, level, handlers in before:
        log.setLevel(level)
        log.handlers = handlers


def written(capsys):
    return [line.rpartition(": ")[2] for line in capsys.readouterr().err.splitlines()]


def write_some():
    logging.getLogger("core.study").info("begun")
    logging.getLogger("dashboard.jobs").warning("careful")


@pytest.mark.parametrize(
    ("level", "expected"),
    [("warning", ["careful"]), ("info", ["begun", "careful"]), (None, ["careful"])],
)
def test_what_is_written_depends_on_the_level(monkeypatch, capsys, level, expected):
    monkeypatch.delenv(LOG_VARIABLE, raising=False)
    if level:
        monkeypatch.setenv(LOG_VARIABLE, level)
    begin_logging()
    begin_logging()  # a second time it must not write everything twice
    write_some()
    assert written(capsys) == expected


def test_a_level_that_is_none_is_told_and_passed_over(monkeypatch, capsys):
    monkeypatch.setenv(LOG_VARIABLE, "loud")
    begin_logging()
    write_some()
    said, careful = capsys.readouterr().err.splitlines()
    assert said.endswith(f"{LOG_VARIABLE} is 'loud': choose one of debug, info, warning, error")
    assert careful.endswith("careful")


def test_other_packages_are_left_alone(capsys):
    logs.begin_logging(Level.DEBUG)
    logging.getLogger("core.study").debug("of core")
    logging.getLogger("elsewhere").debug("of others")
    assert written(capsys) == ["of core"]
