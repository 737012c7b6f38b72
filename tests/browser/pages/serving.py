"""Run the page of gallery, inspector and cards, and see what its callbacks were told."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser import serve_script
from playwright.sync_api import Page


@contextmanager
def serve_page(name: str, log: Path) -> Iterator[str]:
    """The address of a running page."""
    with serve_script(Path(__file__).with_name(name), log) as address:
        yield address


def id_of(row: int) -> str:
    """The id of a made-up image."""
    return hashlib.sha256(b"%d" % row).hexdigest()


def log_of(page: Page) -> list[list[Any]]:
    """What the page's callbacks were told so far."""
    events: list[list[Any]] = json.loads(page.get_by_test_id("stCode").inner_text())
    return events


def wait_for_event(page: Page, *event: Any) -> None:
    """Wait until this is the last thing that a callback was told."""
    text = json.dumps(list(event), separators=(",", ":"))
    page.wait_for_function(
        """text => {
            const code = document.querySelector("[data-testid=stCode]")?.innerText;
            return code && JSON.stringify(JSON.parse(code).at(-1) ?? null) === text;
        }""",
        arg=text,
    )


def record_signals(page: Page) -> None:
    """From now on keep the `point` signals of the page."""
    page.evaluate(
        """() => {
            window.signals = [];
            addEventListener("groupsight:point", ({detail}) => signals.push(detail));
        }"""
    )


def signals_of(page: Page) -> list[dict[str, Any]]:
    """The `point` signals since they are recorded."""
    kept: list[dict[str, Any]] = page.evaluate("window.signals")
    return kept


def point_from_the_map(page: Page, row: int | None) -> None:
    """What the map does when the pointer comes to a point."""
    page.evaluate(
        """row => dispatchEvent(
            new CustomEvent("groupsight:point", {detail: {row, from: "map"}}))""",
        row,
    )


def wait_for_light_text(page: Page, selector: str) -> None:
    """Switch to dark mode and wait until this element of a component has light text."""
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        """selector => {
            const text = [...document.querySelectorAll("*")]
                .map(one => one.shadowRoot?.querySelector(selector)).find(Boolean);
            return getComputedStyle(text).color.match(/\\d+/g).slice(0, 3).every(c => c > 180);
        }""",
        arg=selector,
    )
