"""What is written down of the work: by the standard library, to stderr."""

import logging
import sys
from collections.abc import Iterable
from enum import StrEnum

_FORM = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Level(StrEnum):
    """From which weight on something is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class _ToStderr(logging.Handler):
    """To what is stderr at the time."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{self.format(record)}\n")


def begin_logging(level: Level, packages: Iterable[str] = ("core",)) -> None:
    """Let the modules of these packages write, from this level on; others' are left alone."""
    handler = _ToStderr()
    handler.setFormatter(logging.Formatter(_FORM))
    for name in packages:
        log = logging.getLogger(name)
        log.setLevel(level.upper())
        log.handlers = [handler]
