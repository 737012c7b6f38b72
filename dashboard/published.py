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
    """Compressed texts under the hashes of their content; the least recently used leave first."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def publish(self, made_of: str, make: Callable[[], str]) -> str:
        """Keep what `make` gives, unless it is there; the SHA-256 of the text is its key.

        Args:
            made_of: names everything that decides the text, so that it is not made again.
            make: gives the text.
        """
        with self._lock:
            if made_of not in self._texts:
                text = make().encode()
                key = hashlib.sha256(text).hexdigest()
                self._texts[made_of] = key, gzip.compress(text, compresslevel=3)
                while len(self._texts) > _KEPT:
                    self._texts.popitem(last=False)
            self._texts.move_to_end(made_of)
            return self._texts[made_of][0]

    def get(self, key: str) -> bytes | None:
        """The gzipped text of a key, or None."""
        with self._lock:
            return next((text for known, text in self._texts.values() if known == key), None)


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
