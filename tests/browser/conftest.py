"""A dashboard of its own and a Chromium for the tests that need both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import FLAGS, find_chromium, serve
from playwright.sync_api import Browser, Page, sync_playwright


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in Path(item.path).parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[str]:
    """The address of a dashboard over an empty cache."""
    with serve(tmp_path_factory.mktemp("browser") / "cache.sqlite") as address:
        yield address


@pytest.fixture
def page(chromium, server) -> Iterator[Page]:
    """A fresh tab; whatever it logs as an error or asks of another machine fails the test."""
    context = chromium.new_context(
        viewport={"width": 1500, "height": 1000}, base_url=server, accept_downloads=True
    )
    tab = context.new_page()
    tab.set_default_timeout(60_000)
    complaints: list[str] = []
    tab.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    strangers: list[str] = []
    local = (server, "data:", "blob:", server.replace("http", "ws", 1))
    tab.on("request", lambda one: None if one.url.startswith(local) else strangers.append(one.url))
    yield tab
    context.close()
    assert complaints == []
    assert strangers == []
