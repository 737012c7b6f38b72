"""Load what is slow to import before it is needed, without anybody waiting for it."""

import atexit
import importlib
import os
import subprocess
import threading
from collections.abc import Callable, Sequence

from core.compilation import load_map, start_compiling
from dashboard.environment import PRELOAD_VARIABLE

FOR_THE_PAGE = ("core.study", "pandas", "dashboard.views.explore")
"""What the first page needs: loaded while the browser still fetches its scripts."""
FOR_COMPUTING = ("sklearn.cluster", "sklearn.decomposition")
"""What the first change of k or of the map needs, beside what `core.compilation` knows of: loaded
while the user looks at the page."""

_UNTIL_THE_PAGE_IS_DRAWN = 4.0
_started = threading.Event()
_compiled = threading.Event()
_compiled.set()


def preload_page() -> None:
    """Import in a thread what the first page needs."""
    _in_thread(lambda: _import_all(FOR_THE_PAGE))


def compile_beforehand() -> None:
    """On a machine where it was never done, have compiled what the first map will need.

    By another process, which ends with the server: the first images are read meanwhile.
    """
    if _is_off() or (process := start_compiling()) is None:
        return
    _compiled.clear()
    atexit.register(process.terminate)
    _in_thread(lambda: _wait_for(process))


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
    _compiled.wait()  # what another process compiles needs no second one
    load_map()


def _wait_for(process: "subprocess.Popen[bytes]") -> None:
    process.wait()
    _compiled.set()


def _is_off() -> bool:
    return os.environ.get(PRELOAD_VARIABLE) == "off"


def _in_thread(work: Callable[[], object]) -> None:
    threading.Thread(target=work, daemon=True).start()


def _import_all(modules: Sequence[str]) -> None:
    for module in modules:
        importlib.import_module(module)
