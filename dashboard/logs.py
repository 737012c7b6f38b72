"""What the server writes down, from the level on that the launcher named."""

import logging
import os

from core import logs
from core.logs import Level
from dashboard.environment import LOG_VARIABLE

_log = logging.getLogger(__name__)


def begin_logging() -> None:
    """Let our own modules write."""
    named = os.environ.get(LOG_VARIABLE, Level.WARNING)
    level = Level(named) if named in set(Level) else Level.WARNING
    logs.begin_logging(level, ("core", "dashboard"))
    if level != named:
        _log.warning("%s is %r: choose one of %s", LOG_VARIABLE, named, ", ".join(Level))
