"""A dashboard of its own and a Chromium for the tests that need both."""

import fcntl
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import FLAGS, find_chromium, serve
from pages.serving import serve_page
from playwright.sync_api import Browser, Page, sync_playwright
from tabs import PATIENCE_MS, KeptTab, Watch, open_context

from core.cache import Cache
from core.projection import UMAPParams
from core.recipe import StudyParams
from core.study import Study, open_study

DIGITS = StudyParams("digits", weights="embedded")
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_LONGER_THAN_THEY_LOOK = {
    "test_article.py",
    "test_exploration.py",
    "test_export_study.py",
    "test_full_network.py",
    "test_hostile_images.py",
    "test_torture.py",
    "test_winograd.py",
}
_failed = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items):
    for item in items:
        if _is_browsing(item):
            item.add_marker(pytest.mark.browser)
            # On a loaded machine one in some hundred misses a moment. A second try is no secret:
            # the summary names whatever needed one.
            item.add_marker(pytest.mark.flaky(reruns=1))
    files = [*_order_files(items), *_order_others(items)]
    order = {path: place for place, path in enumerate(files)}
    items.sort(key=lambda item: order[item.path])


def _is_browsing(item) -> bool:
    return "browser" in Path(item.path).parts


def _order_files(items) -> list[Path]:
    """The longest first: else the workers wait for the last of them at the end.

    Of the first files, which the workers begin with, only one waits for the digits' features.
    """
    browsing = [item for item in items if _is_browsing(item)]
    loads = Counter()
    for item in browsing:  # a dashboard's tests take longer than those of a part alone
        loads[item.path] += 1 if hasattr(item.module, "PAGE") else 4
    waiting = {item.path for item in browsing if "extracted_digits" in item.fixturenames}
    files = sorted(loads, key=lambda path: (-loads[path], str(path)))
    free = [path for path in files if path not in waiting]
    first = [*(path for path in files if path in waiting)][:1] + free[: _WORKERS - 1]
    return list(dict.fromkeys([*first, *files]))


def _order_others(items) -> list[Path]:
    """The longest first here too: those with most to read, after a few that wait for others."""
    others = {item.path for item in items if not _is_browsing(item)}

    def place(path: Path) -> tuple[bool, int, str]:
        return path.name not in _LONGER_THAN_THEY_LOOK, -path.stat().st_size, str(path)

    return sorted(others, key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    if report.failed:
        item.stash[_failed] = True
    return report


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(request, tmp_path_factory) -> Iterator[str]:
    """The address of the page that a file names as its `PAGE`, of a dashboard where it names none.

    The dashboard is one over an empty cache.
    """
    folder = tmp_path_factory.mktemp("server")
    page = getattr(request.module, "PAGE", None)
    with serve_page(page, folder / "log") if page else serve(folder / "cache.sqlite") as address:
        yield address


@pytest.fixture(scope="session")
def extracted_digits(tmp_path_factory) -> Path:
    """A cache file with the demo's features and maps, made by the first worker that needs it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # which all workers of this session share
    made, unfinished = folder / "digits.sqlite", folder / "unfinished.sqlite"
    with (folder / "digits.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            with Cache(unfinished) as cache:
                study = open_study(DIGITS, cache)
                study.extract()
                for dimensions in (2, 3):
                    study.project(UMAPParams(n_components=dimensions))
            unfinished.rename(made)
    return made


@pytest.fixture(scope="module")
def digits(extracted_digits, tmp_path_factory) -> Iterator[Study]:
    """The demo's study in a cache file of its own, that a dashboard can be run over."""
    copy = shutil.copy(extracted_digits, tmp_path_factory.mktemp("digits") / "cache.sqlite")
    with Cache(copy) as cache:
        study = open_study(DIGITS, cache)
        study.extract()
        yield study


@pytest.fixture
def new_tab(chromium, server) -> Iterator[Callable[[], Page]]:
    """Opens tabs of their own browsers; an error they log or a strange request fails the test."""
    contexts, watch = [], Watch(server)

    def open_tab() -> Page:
        contexts.append(open_context(chromium, server))
        tab = contexts[-1].new_page()
        tab.set_default_timeout(PATIENCE_MS)
        watch.follow(tab)
        return tab

    yield open_tab
    for context in contexts:
        context.close()
    watch.check()


@pytest.fixture(scope="module")
def kept_tab(chromium, server) -> Iterator[KeptTab]:
    """The tab that the tests of a file share, one after the other."""
    tab = KeptTab(chromium, server)
    yield tab
    tab.close()


@pytest.fixture
def page(kept_tab, request) -> Iterator[Page]:
    """A tab like a fresh one; an error it logs or a strange request fails the test."""
    yield kept_tab.take()
    if request.node.stash.get(_failed, False):
        kept_tab.close()
    else:
        kept_tab.clear()
    kept_tab.watch.check()
