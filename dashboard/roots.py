"""Which folders and addresses a page may open, and where it may write: told at the start."""

import json
import os
from functools import cache
from pathlib import Path

from core.sources import EVERYWHERE, Roots
from dashboard.environment import ROOTS_VARIABLE, WRITABLE_VARIABLE


@cache
def allowed_roots() -> Roots:
    """What the launcher named; else the home folder of whoever runs this server, and no address."""
    return Roots.below(_named(ROOTS_VARIABLE) or [Path.home()])


def writable_roots() -> Roots:
    """Below what was named by `--root`; where nothing was, everywhere.

    A folder of sorted images does not belong among those that it was made of. Only where nobody
    but the owner of this machine sees the page is writing offered at all.
    """
    named = _named(WRITABLE_VARIABLE)
    return Roots.below(named) if named else EVERYWHERE


def _named(variable: str) -> list[str]:
    named: list[str] = json.loads(os.environ.get(variable, "[]"))
    return named
