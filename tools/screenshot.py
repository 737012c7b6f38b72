"""Draw the README's picture: the demo as it opens.

python tools/screenshot.py docs/explore.png
"""

import sys
import tempfile
from pathlib import Path

from browser import FLAGS, MAP_IS_DRAWN, find_chromium, serve
from playwright.sync_api import sync_playwright

_PATIENCE_MS = 300_000


def main() -> None:
    """Open the demo in Chromium and save what it shows."""
    target = Path(sys.argv[1])
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder) / "cache.sqlite") as address,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 820})
        page.goto(f"{address}/?source=digits&weights=embedded&k=10")
        page.wait_for_function(MAP_IS_DRAWN, timeout=_PATIENCE_MS)
        page.wait_for_timeout(2_000)  # until the last thumbnail is there
        page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main()
