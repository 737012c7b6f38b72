"""One person with a real browser, beside those without: the check that these are no easier."""

import math
import time

from browser import FLAGS, MAP_IS_DRAWN, find_chromium
from playwright.sync_api import Page, sync_playwright

_PATIENCE_MS = 120_000
_RADII = (60, 110, 160)
_PAUSE_MS = 3_000
# Times are taken in the page: from the release of the button until every image in view is there.
_WATCH = """() => {
    window.lassos = [];
    let released = null;
    let before = null;
    const cards = () => [...document.querySelectorAll("*")]
        .flatMap((one) => [...(one.shadowRoot?.querySelectorAll(".card img") ?? [])]);
    const order = () => cards().map((one) => one.closest(".card").dataset.row ?? one.src).join();
    addEventListener("pointerdown", () => (before = order()), true);
    addEventListener("pointerup", () => { released = performance.now(); }, true);
    const look = () => {
        const images = released === null ? [] : cards();
        if (images.length && order() !== before && images.every((one) => one.complete && one.src)) {
            window.lassos.push((performance.now() - released) / 1000);
            released = null;
        }
        requestAnimationFrame(look);
    };
    look();
}"""


def lasso_in_browser(link: str, *, seconds: float) -> list[float]:
    """Draw lassos in a Chromium, and give the seconds until each gallery was there.

    Nothing where there is no Chromium.
    """
    program = find_chromium()
    if program is None:
        return []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 860})
        page.set_default_timeout(_PATIENCE_MS)
        page.goto(link)
        page.wait_for_function(MAP_IS_DRAWN)
        page.evaluate(_WATCH)
        ends, turn = time.monotonic() + seconds, 0
        while time.monotonic() < ends:
            turn += 1
            _lasso(page, turn)
        taken: list[float] = page.evaluate("() => window.lassos")
        browser.close()
        return taken


def _lasso(page: Page, turn: int) -> None:
    """A circle of another size about the middle of the map, and the gallery that it brings."""
    box = page.locator(".groupsight-map").bounding_box()
    if box is None:
        return
    x, y, radius = box["x"] + box["width"] / 2, box["y"] + 260, _RADII[turn % len(_RADII)]
    page.mouse.move(x + radius, y)
    page.mouse.down()
    for step in range(1, 25):
        angle = 2 * math.pi * step / 24
        page.mouse.move(x + radius * math.cos(angle), y + radius * math.sin(angle))
    page.mouse.up()
    page.wait_for_function("turn => window.lassos.length >= turn", arg=turn)
    page.wait_for_timeout(_PAUSE_MS)
