"""What is too large for a rerun and is fetched over HTTP instead: contents, and plotly.js."""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import streamlit as st

from core.versions import version

_LIMIT_BYTES = 256 * 2**20
"""What stays in memory; a page asks anew for what has left, by its next rerun."""
_SAMPLE_BYTES = 64 * 2**10
_PAYS_BELOW = 0.9


@dataclass(frozen=True, slots=True)
class Content:
    """What goes over the wire."""

    body: bytes
    media_type: str
    gzipped: bool


class Published:
    """Contents under the hashes of what they hold; the least recently used leave first.

    The hashes cannot be guessed: who knows one has seen the content, or was told by the page.
    """

    def __init__(self, limit: int = _LIMIT_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._contents: OrderedDict[str, Content] = OrderedDict()
        self._keys: dict[str, str] = {}
        self._lock = threading.Lock()

    def publish(self, made_of: str, make: Callable[[], bytes | str]) -> str:
        """Keep what `make` gives, unless it is there; the SHA-256 of it is its key.

        Args:
            made_of: names everything that decides the content, so that it is not made again.
            make: gives the content: bytes, or the text of a JSON.
        """
        known = self._find(made_of)
        if known is not None:
            return known
        # Outside of the lock: who asks for what is there need not wait.
        made = make()
        raw = made.encode() if isinstance(made, str) else made
        key = hashlib.sha256(raw).hexdigest()
        kind = "application/json" if isinstance(made, str) else _kind_of(raw)
        self._keep(made_of, key, _pack(raw, kind))
        return key

    def get(self, key: str) -> Content | None:
        """The content of a key, or None."""
        with self._lock:
            if key in self._contents:
                self._contents.move_to_end(key)
            return self._contents.get(key)

    def _find(self, made_of: str) -> str | None:
        with self._lock:
            key = self._keys.get(made_of)
            if key is None or key not in self._contents:
                return None
            self._contents.move_to_end(key)
            return key

    def _keep(self, made_of: str, key: str, content: Content) -> None:
        with self._lock:
            if key not in self._contents:
                self._contents[key] = content
                self._size += len(content.body)
            self._contents.move_to_end(key)
            self._keys[made_of] = key
            self._drop_old()

    def _drop_old(self) -> None:
        """The one that was just kept stays, however large it is."""
        gone = set()
        while self._size > self._limit and len(self._contents) > 1:
            key, content = self._contents.popitem(last=False)
            self._size -= len(content.body)
            gone.add(key)
        if gone:
            self._keys = {name: key for name, key in self._keys.items() if key not in gone}


def _kind_of(raw: bytes) -> str:
    """A picture says by its first bytes what it is."""
    return "image/png" if raw.startswith(b"\x89PNG") else "application/octet-stream"


def _pack(raw: bytes, kind: str) -> Content:
    """Compress, unless a sample shows that it does not pay: hashes stay as long as they are."""
    sample = raw[:_SAMPLE_BYTES]
    if not sample or len(gzip.compress(sample, compresslevel=3)) > _PAYS_BELOW * len(sample):
        return Content(raw, kind, gzipped=False)
    return Content(gzip.compress(raw, compresslevel=3, mtime=0), kind, gzipped=True)


@st.cache_resource(show_spinner=False)
def all_contents() -> Published:
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
