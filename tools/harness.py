"""Serve the map alone, over images that never were: for its tests and its benchmark."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from browser import ROOT, serve_script

_APP = ROOT / "tests" / "browser" / "pages" / "map_app.py"


@contextmanager
def serve_map() -> Iterator[str]:
    """Run the harness and give its address.

    Raises:
        RuntimeError: it ended, or did not answer within a minute; with what it said.
    """
    with (
        tempfile.TemporaryDirectory() as folder,
        serve_script(_APP, Path(folder) / "log") as address,
    ):
        yield address
