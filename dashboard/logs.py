"""What the server writes down: by the standard library, to stderr."""

import logging
import os

from dashboard.environment import LOG_VARIABLE

LEVELS = ("debug", "info", "warning", "error")


def begin_logging() -> None:
    """Let our own modules write from the level on that the launcher named."""
    level = os.environ.get(LOG_VARIABLE, "warning").upper()
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in ("core", "dashboard"):
        log = logging.getLogger(name)
        log.setLevel(level)
        log.handlers = [handler]
        log.propagate = False
