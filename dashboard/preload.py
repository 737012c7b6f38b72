"""Load what is slow to import before it is needed, without anybody waiting for it."""

import atexit
import importlib
import os
import subprocess
import threading
from collections.abc import Sequence

from core.compilation import load_map, start_compiling
from dashboard.environment import PRELOAD_VARIABLE

FOR_THE_PAGE = ("core.study", "pandas", "dashboard.views.explore")
"""What the first page needs: loaded while the browser still fetches its scripts."""
FOR_COMPUTING = ("sklearn.cluster", "sklearn.decomposition")
"""What the first change of k or of the map needs, beside what `core.compilation` knows of: loaded
while the user looks at the page."""

_UNTIL_THE_PAGE_IS_DRAWN = 4.0
_started = threading.Event()
_compiling: "list[subprocess.Popen[bytes]]" = []


def preload_page() -> None:
    """Import in a thread what the first page needs."""
    threading.Thread(target=_import_all, args=(FOR_THE_PAGE,), daemon=True).start()


def compile_beforehand() -> None:
    """On a machine where it was never done, have compiled what the first map will need.

    By another process, which ends with the server: the first images are read meanwhile.
    """
    if _is_off() or (process := start_compiling()) is None:
        return
    atexit.register(process.terminate)
    _compiling.append(process)


def preload_computing() -> None:
    """Import in a thread, once and a little later, what computing needs."""
    if _started.is_set() or _is_off():
        return
    _started.set()
    timer = threading.Timer(_UNTIL_THE_PAGE_IS_DRAWN, _prepare_computing)
    timer.daemon = True
    timer.start()


def _prepare_computing() -> None:
    _import_all(FOR_COMPUTING)
    for process in _compiling:
        process.wait()  # what another process compiles needs no second one
    load_map()


def _is_off() -> bool:
    return os.environ.get(PRELOAD_VARIABLE) == "off"


def _import_all(modules: Sequence[str]) -> None:
    for module in modules:
        importlib.import_module(module)
