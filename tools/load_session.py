"""One person at the page, without a browser: Streamlit's own protocol, spoken as its page does.

A browser for each of twenty people would leave the server nothing of two cores. What reaches the
server is the same: a socket with messages of `streamlit.proto`, and requests for what the page
draws.
"""

import base64
import gzip
import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
from numpy.typing import NDArray
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE_SECONDS = 180.0
THUMBNAILS_AT_ONCE = 64
"""As many as the gallery asks for in one request."""
_DONE = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
_TRIGGERS = "$$STREAMLIT_INTERNAL_KEY_{}__events"
_MAP, _GALLERY = "groupsight.scatter", "groupsight.gallery"

Rows = NDArray[np.int64]


class PageError(Exception):
    """The page shows an error, or what came is not what was asked for."""


@dataclass(slots=True)
class Shown:
    """What the page shows, as far as it is needed here.

    Attributes:
        parts: of each component its id, the fragment that draws it, and its data.
        widgets: the ids of widgets by their keys.
        again: the fragment that wants to be run again while a job works, and after how long.
        page: which page it is.
        pages: all of them, by their names.
        query: what the link holds.
    """

    parts: dict[str, tuple[str, str, dict[str, Any]]] = field(default_factory=dict)
    widgets: dict[str, str] = field(default_factory=dict)
    again: tuple[str, float] | None = None
    page: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    query: str = ""


class Session:
    """One open page."""

    def __init__(self, address: str, **view: object) -> None:
        """Connect; nothing is shown before `open`.

        Args:
            address: of the server.
            view: what the link holds: source, k, …
        """
        place = urlsplit(address)
        self.shown = Shown(query=urlencode(view))
        self._address = address
        self._http = http.client.HTTPConnection(place.netloc, timeout=PATIENCE_SECONDS)
        self._socket: ClientConnection = connect(
            f"ws://{place.netloc}/_stcore/stream",
            origin=Origin(address),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            compression=None,
            ping_interval=None,  # the server asks already
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._http.close()

    def open(self) -> None:
        """Show the page and wait for its map.

        Raises:
            PageError: there is none after a while.
        """
        self._run()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while _MAP not in self.shown.parts:
            if self.shown.again is None or time.monotonic() > deadline:
                raise PageError("the page shows no map")
            fragment, pause = self.shown.again
            time.sleep(pause)
            self._run(fragment=fragment)
        content = self._content
        self.ids = np.frombuffer(self.get(content["ids"]), dtype=np.uint8).reshape(-1, 32)
        places = np.frombuffer(self.get(content["coordinates"]), dtype="<f4")
        self.places = places.reshape(content["dimensions"], -1).T  # (n, 2)

    @property
    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = self.shown.parts[_MAP][2]["content"]
        return content

    def hover(self, row: int) -> None:
        """Look at the image under the pointer."""
        self.get(self._content["thumbnail"].replace("{id}", self.ids[row].tobytes().hex()))

    def lasso(self, rows: Rows) -> None:
        """Select these rows on the map, and wait until the gallery's first images are here.

        Raises:
            PageError: the gallery shows others.
        """
        part, fragment, data = self.shown.parts[_MAP]
        bits = np.zeros(len(self.ids), dtype=bool)
        bits[rows] = True
        packed = base64.b64encode(np.packbits(bits, bitorder="little").tobytes()).decode()
        value = {"bits": packed, "ids": data["content"]["ids"], "count": len(rows), "opened": None}
        chosen = WidgetState(
            id=_TRIGGERS.format(part),
            json_trigger_value=json.dumps([{"event": "chosen", "value": value}]),
        )
        self._run(chosen, fragment=fragment)
        self._look_at_gallery(rows)

    def _look_at_gallery(self, rows: Rows) -> None:
        if _GALLERY not in self.shown.parts:
            raise PageError("no gallery came after a lasso")
        data = self.shown.parts[_GALLERY][2]
        order = np.frombuffer(self.get(data["order"]), dtype="<u4")
        if not np.array_equal(np.sort(order), np.sort(rows)):
            raise PageError(f"{len(rows)} images were selected, {len(order)} others are shown")
        first = [self.ids[row].tobytes().hex() for row in order[:THUMBNAILS_AT_ONCE]]
        self.get(data["images"]["packed"].replace("{ids}", ",".join(first)))

    def change_k(self, k: int) -> None:
        """Move the slider, and wait for the map with other clusters."""
        state = WidgetState(id=self.shown.widgets["k"])
        state.double_array_value.data.append(k)
        query = dict(parse_qsl(self.shown.query)) | {"k": str(k)}
        self.shown.query = urlencode(query)
        self._run(state)
        names = self.shown.parts[_MAP][2]["clusters"]
        if len(names) != k:
            raise PageError(f"k = {k} was asked for, {len(names)} clusters are shown")
        self.get(self._content["clusters"])

    def go_to(self, page: str) -> None:
        """Show another page, by the name in the navigation."""
        self._run(page=self.shown.pages[page])

    @property
    def link(self) -> str:
        """What stands in the browser's address bar."""
        return f"{self._address}/?{self.shown.query}"

    def get(self, path: str) -> bytes:
        """What lies at an address of the page, uncompressed as it is sent.

        Raises:
            PageError: the server refuses it.
        """
        try:
            answer = self._ask(path)
        except (ConnectionError, http.client.CannotSendRequest):
            self._http.close()
            answer = self._ask(path)  # the server had closed what lay idle, as browsers know it
        body = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise PageError(f"the server answered {answer.status} for {path[:60]}")
        return gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body

    def _ask(self, path: str) -> http.client.HTTPResponse:
        self._http.request("GET", path, headers={"Accept-Encoding": "gzip"})
        return self._http.getresponse()

    def _run(self, *states: WidgetState, fragment: str = "", page: str = "") -> None:
        """Let the script run, all of it or a fragment, and take in what it shows."""
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string = self.shown.query
        rerun.widget_states.widgets.extend(states)
        rerun.page_script_hash = page or self.shown.page
        rerun.fragment_id = fragment
        if not fragment:  # which draws all anew
            self.shown.again, self.shown.parts = None, {}
        self._socket.send(message.SerializeToString())
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._take(deadline):
            pass

    def _take(self, deadline: float) -> bool:
        """Take one message in; whether the run has ended."""
        try:
            raw = self._socket.recv(timeout=max(0.0, deadline - time.monotonic()))
        except TimeoutError as error:
            raise PageError(f"no answer within {PATIENCE_SECONDS:.0f} s") from error
        message = ForwardMsg.FromString(raw if isinstance(raw, bytes) else raw.encode())
        kind = message.WhichOneof("type")
        if kind == "delta":
            self._draw(message)
        elif kind == "navigation":
            self.shown.page = message.navigation.page_script_hash
            pages = message.navigation.app_pages
            self.shown.pages = {one.page_name: one.page_script_hash for one in pages}
        elif kind == "page_info_changed":
            self.shown.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self.shown.again = (message.auto_rerun.fragment_id, message.auto_rerun.interval)
        return kind == "script_finished" and message.script_finished in _DONE

    def _draw(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise PageError(f"{element.exception.type}: {element.exception.message}")
        if kind == "alert" and element.alert.format == element.alert.ERROR:
            raise PageError(element.alert.body)
        if kind == "bidi_component":
            part = element.bidi_component
            data = json.loads(part.json or part.mixed.json)
            self.shown.parts[part.component_name] = (part.id, message.delta.fragment_id, data)
        elif kind is not None:
            self._note_widget(getattr(getattr(element, kind), "id", ""))

    def _note_widget(self, name: str) -> None:
        """Streamlit's ids end on the key that a widget was given."""
        if isinstance(name, str) and name.startswith("$$ID-"):
            self.shown.widgets[name.split("-", 2)[-1]] = name
