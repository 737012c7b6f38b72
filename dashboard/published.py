"""What is too large for a rerun and is fetched over HTTP instead: figures, and plotly.js."""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from importlib.resources import files

import streamlit as st

_KEPT = 32
"""Figures that stay in memory; a page asks anew for one that has left, by its next rerun."""


class Published:
    """Compressed texts under keys, the least recently used of which leave first."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def publish(self, name: str, make: Callable[[], str]) -> str:
        """Keep what `make` gives under a key derived from `name`, unless it is there; the key."""
        key = hashlib.sha256(name.encode()).hexdigest()
        with self._lock:
            if key not in self._texts:
                self._texts[key] = gzip.compress(make().encode(), compresslevel=3)
                while len(self._texts) > _KEPT:
                    self._texts.popitem(last=False)
            self._texts.move_to_end(key)
        return key

    def get(self, key: str) -> bytes | None:
        """The gzipped text of a key, or None."""
        with self._lock:
            return self._texts.get(key)


@st.cache_resource(show_spinner=False)
def all_figures() -> Published:
    """The one store that sessions and media routes share."""
    return Published()


@cache
def plotly_script() -> bytes:
    """plotly.js of the installed plotly package, gzipped once: no network is asked for it."""
    script = files("plotly") / "package_data" / "plotly.min.js"
    return gzip.compress(script.read_bytes(), compresslevel=6)


def plotly_version() -> str:
    """The version under which a browser may keep plotly.js."""
    return version("plotly")
