"""Load what is slow to import while the browser is still loading the page."""

import importlib
import threading

_MODULES = ("core.study", "pandas", "plotly.graph_objects")


def preload() -> None:
    """Import in a thread: the first session then finds everything there."""
    threading.Thread(target=_import_all, name="preload", daemon=True).start()


def _import_all() -> None:
    for module in _MODULES:
        importlib.import_module(module)
