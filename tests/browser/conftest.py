"""A dashboard of its own and a Chromium for the tests that need both."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import FLAGS, find_chromium, serve
from playwright.sync_api import Browser, Page, sync_playwright

from core.cache import Cache
from core.recipe import StudyParams
from core.study import Study, open_study


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in Path(item.path).parts:
            item.add_marker(pytest.mark.browser)
    # The longest first: else the workers wait for the last of them at the end.
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


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


@pytest.fixture(scope="session")
def digits(chromium, tmp_path_factory) -> Iterator[Study]:
    """The demo's study, extracted into a cache file that a dashboard can be run over."""
    with Cache(tmp_path_factory.mktemp("digits") / "cache.sqlite") as cache:
        study = open_study(StudyParams("digits", weights="embedded"), cache)
        study.extract()
        yield study


@pytest.fixture
def new_tab(chromium, server) -> Iterator[Callable[[], Page]]:
    """Opens tabs of their own browsers; an error they log or a strange request fails the test."""
    contexts, complaints, strangers = [], [], []
    local = (server, "data:", "blob:", server.replace("http", "ws", 1))

    def open_tab() -> Page:
        size = {"width": 1500, "height": 1000}
        context = chromium.new_context(viewport=size, base_url=server, accept_downloads=True)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(60_000)
        tab.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on(
            "request",
            lambda one: None if one.url.startswith(local) else strangers.append(one.url),
        )
        return tab

    yield open_tab
    for context in contexts:
        context.close()
    assert complaints == []
    assert strangers == []


@pytest.fixture
def page(new_tab) -> Page:
    """A fresh tab."""
    return new_tab()
