"""Draw the README's pictures: the demo as it opens, and how its images flow from k to k.

python tools/screenshot.py docs
"""

import sys
import tempfile
from pathlib import Path

from browser import FLAGS, MAP_IS_DRAWN, find_chromium, serve
from playwright.sync_api import Page, sync_playwright

_PATIENCE_MS = 300_000
_SETTLE_MS = 2_000
"""Until the last thumbnail is there."""
_DEMO = "/?source=digits&weights=embedded&k=10"


def main() -> None:
    """Open the demo in Chromium and save what it shows."""
    folder = Path(sys.argv[1])
    with (
        tempfile.TemporaryDirectory() as cache,
        serve(Path(cache) / "cache.sqlite") as address,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 820})
        page.goto(f"{address}{_DEMO}")
        page.wait_for_function(MAP_IS_DRAWN, timeout=_PATIENCE_MS)
        page.wait_for_timeout(_SETTLE_MS)
        page.screenshot(path=folder / "explore.png")
        _show_ribbon(page)
        page.screenshot(path=folder / "compare.png")
        browser.close()


def _show_ribbon(page: Page) -> None:
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("radio", name="Ribbon").click()
    page.locator(".flow").first.wait_for(timeout=_PATIENCE_MS)
    page.wait_for_timeout(_SETTLE_MS)


if __name__ == "__main__":
    main()
