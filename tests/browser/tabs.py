"""Tabs of the tests' Chromium: watched for complaints, and kept from one test to the next.

A browser context of its own for each test costs three times the CPU time of a page that is loaded
in the same tab again: nothing is fetched and compiled anew. What a test may leave behind in a tab
is taken away before the next one.
"""

from playwright.sync_api import Browser, BrowserContext, Page

SIZE = {"width": 1500, "height": 1000}
PATIENCE_MS = 60_000
_BLANK = "about:blank"


class Watch:
    """What tabs complain of, and what they ask of others than their server."""

    def __init__(self, server: str) -> None:
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self._local = (server, "data:", "blob:", _BLANK, server.replace("http", "ws", 1))

    def follow(self, tab: Page) -> None:
        """Listen to a tab from now on."""
        tab.on("console", lambda one: self._complain(one.text) if one.type == "error" else None)
        tab.on("pageerror", lambda error: self._complain(str(error)))
        tab.on("request", lambda one: self._note(one.url))

    def check(self) -> None:
        """Fail if there was anything, and forget it."""
        complaints, strangers = self.complaints, self.strangers
        self.complaints, self.strangers = [], []
        assert complaints == [], complaints
        assert strangers == [], strangers

    def _complain(self, text: str) -> None:
        self.complaints.append(text)

    def _note(self, address: str) -> None:
        if not address.startswith(self._local):
            self.strangers.append(address)


def open_context(chromium: Browser, server: str) -> BrowserContext:
    """As a browser of another person; its tabs know the server's address."""
    return chromium.new_context(viewport=SIZE, base_url=server, accept_downloads=True)


class KeptTab:
    """One tab of a server that is handed from test to test."""

    def __init__(self, chromium: Browser, server: str) -> None:
        self.watch = Watch(server)
        self._chromium = chromium
        self._server = server
        self._tab: Page | None = None

    def take(self) -> Page:
        """The tab as it was at first, without a page."""
        if self._tab is None:
            self._tab = open_context(self._chromium, self._server).new_page()
            self.watch.follow(self._tab)
        self._tab.set_default_timeout(PATIENCE_MS)
        return self._tab

    def clear(self) -> None:
        """Leave the page, and forget what it kept and what was set for it."""
        tab = self._tab
        if tab.url.startswith(self._server):
            tab.evaluate("() => (localStorage.clear(), sessionStorage.clear())")
        tab.goto(_BLANK)
        tab.mouse.move(-1, -1)
        tab.unroute_all()
        tab.context.clear_permissions()
        if tab.viewport_size != SIZE:
            tab.set_viewport_size(SIZE)
        tab.emulate_media(color_scheme="light", reduced_motion="no-preference")

    def close(self) -> None:
        """Give the tab up: the next one is new."""
        if self._tab is not None:
            self._tab.context.close()
        self._tab = None
