"""Load what is slow to import before it is needed, without anybody waiting for it."""

import importlib
import os
import threading
import warnings
from collections.abc import Sequence

from dashboard.environment import PRELOAD_VARIABLE

FOR_THE_PAGE = ("core.study", "pandas", "dashboard.views.explore")
"""What the first page needs: loaded while the browser still fetches its scripts."""
FOR_COMPUTING = ("sklearn.cluster", "sklearn.decomposition", "core.neighbor_search", "umap")
"""What the first change of k or of the map needs: loaded while the user looks at the page."""

_UNTIL_THE_PAGE_IS_DRAWN = 4.0
_started = threading.Event()


def preload_page() -> None:
    """Import in a thread what the first page needs."""
    threading.Thread(target=_import_all, args=(FOR_THE_PAGE,), daemon=True).start()


def preload_computing() -> None:
    """Import in a thread, once and a little later, what computing needs."""
    if _started.is_set() or os.environ.get(PRELOAD_VARIABLE) == "off":
        return
    _started.set()
    timer = threading.Timer(_UNTIL_THE_PAGE_IS_DRAWN, _prepare_computing)
    timer.daemon = True
    timer.start()


def _prepare_computing() -> None:
    _import_all(FOR_COMPUTING)
    # As late as all that is heavy.
    from core import neighbor_products, projection  # noqa: PLC0415

    neighbor_products.warm_up()
    projection.warm_up()


def _import_all(modules: Sequence[str]) -> None:
    for module in modules:
        with warnings.catch_warnings():
            # umap-learn's parametric variant, which is not used, asks for TensorFlow.
            warnings.filterwarnings("ignore", message="Tensorflow", category=ImportWarning)
            importlib.import_module(module)
