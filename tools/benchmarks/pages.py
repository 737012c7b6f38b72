"""Every page over a study whose results are cached: its first run in a session, and the next."""

import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest

from benchmarks.planted import N_CLUSTERS
from benchmarks.timing import Row
from dashboard.environment import CACHE_VARIABLE

PAGES = ("explore", "compare", "review", "inside_vgg", "data")
_PATIENCE_SECONDS = 900
_SCRIPT = """
from dashboard import session, state
from dashboard.views import {0}

state.start_session()
session.ask()
{0}.show()
"""


def measure_pages(folder: Path) -> Iterator[Row]:
    """The Python side of each page, one after the other in one server's process."""
    os.environ[CACHE_VARIABLE] = str(folder / "cache.sqlite")
    os.environ["GROUPSIGHT_ROOTS"] = '["/"]'
    logging.disable(logging.WARNING)  # Streamlit misses its server, which is not asked for here
    for page in PAGES:
        yield from _measure_page(page, folder / "images")


def _measure_page(page: str, images: Path) -> list[Row]:
    app = AppTest.from_string(_SCRIPT.format(page), default_timeout=_PATIENCE_SECONDS)
    asked = {"source": str(images), "labels": False, "weights": "embedded", "layer": "conv5"}
    for key, value in {**asked, "grid": "1", "k": N_CLUSTERS}.items():
        app.session_state[key] = value
    first = _run(app)
    while any(one.label == "Stop" for one in app.button):  # the study is opened in the background
        time.sleep(0.2)
        first += 0.2 + _run(app)
    again = _run(app)
    problems = [one.value for one in (*app.exception, *app.error)]
    return [
        Row(f"page {page}, first run", f"{first:.2f} s{' ' + str(problems) if problems else ''}"),
        Row("  next run", f"{again:.2f} s"),
    ]


def _run(app: AppTest) -> float:
    began = time.perf_counter()
    app.run()
    return time.perf_counter() - began
