"""Which folders a page may open: those that the server was told at its start."""

import json
import os
from functools import cache
from pathlib import Path

from core.sources import Roots
from dashboard.environment import ROOTS_VARIABLE


@cache
def allowed_roots() -> Roots:
    """What the launcher named; else the home folder of whoever runs this server."""
    named = json.loads(os.environ.get(ROOTS_VARIABLE, "[]"))
    return Roots.below([Path(folder) for folder in named] or [Path.home()])
