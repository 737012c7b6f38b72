"""What a hand does on the map: where its points are, drawing around them, and waiting for it."""

import math
import re
import time
from collections.abc import Callable

from browser import MAP_IS_DRAWN
from playwright.sync_api import Locator, Page

_PLACES = """(nth) => {
    const map = document.querySelectorAll(".groupsight-map .js-plotly-plot")[nth];
    const box = map.getBoundingClientRect();
    const {xaxis, yaxis} = map._fullLayout;
    const places = [];
    for (const trace of map.data) {
        trace.customdata.forEach((row, i) => {
            places[row] = [
                box.left + xaxis._offset + xaxis.l2p(trace.x[i]),
                box.top + yaxis._offset + yaxis.l2p(trace.y[i]),
            ];
        });
    }
    return places;
}"""
_IDS = """async () => {
    const address = document.querySelector(".groupsight-map").dataset.ids;
    const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}"""
_SELECTED = """(nth) => {
    const {data} = document.querySelectorAll(".groupsight-map .js-plotly-plot")[nth];
    if (data.every((trace) => !trace.selectedpoints)) return null;
    return data.flatMap((trace) => trace.selectedpoints.map((i) => trace.customdata[i]));
}"""
_RANGE = """(nth) => {
    const {xaxis, yaxis} = document.querySelectorAll(".js-plotly-plot")[nth]._fullLayout;
    return [...xaxis.range, ...yaxis.range];
}"""
_RESTS = """() => {
    const {testScriptState, testConnectionState} = document.querySelector(".stApp").dataset;
    return testScriptState === "notRunning" && testConnectionState === "CONNECTED";
}"""
_FITS = """() => [...document.querySelectorAll(".js-plotly-plot")].every((plot) => {
    const {width, height} = plot.getBoundingClientRect();
    const {_fullLayout} = plot;
    return Math.abs(_fullLayout.width - width) < 1 && Math.abs(_fullLayout.height - height) < 1;
})"""
_HAS_COME = "image => image.complete && image.naturalWidth > 0"
_IS_OTHER_RANGE = f"""([nth, before]) =>
    ({_RANGE})(nth).some((value, place) => value !== before[place])"""
PATIENCE_MS = 240_000
"""Extraction on a busy machine with two cores takes its time; what is ready does not wait."""

Place = tuple[float, float]


def wait_for_map(page: Page) -> None:
    page.wait_for_function(MAP_IS_DRAWN, timeout=PATIENCE_MS)
    page.locator('.groupsight-map[data-state="drawn"]').wait_for()


def wait_until(page: Page, condition: Callable[[], object], patience_s: float = 60) -> None:
    """Until it holds, or for so long; whoever calls then asserts it."""
    deadline = time.monotonic() + patience_s
    while not condition() and time.monotonic() < deadline:
        page.wait_for_timeout(50)


def wait_for_picture(picture: Locator) -> None:
    """Until it has come. `decode()` fails where the picture is drawn anew meanwhile."""
    wait_until(picture.page, lambda: picture.evaluate(_HAS_COME))
    assert picture.evaluate(_HAS_COME)


def wait_for_count(page: Page, count: int) -> None:
    """Until the gallery's sentence says so: other parts begin theirs with a count, too."""
    sentence = re.compile(rf"^{count:,} images?:")
    page.locator("strong").filter(has_text=sentence).first.wait_for()


def wait_for_python(page: Page) -> None:
    """After the page was opened: until its script has run to the end."""
    page.wait_for_function(_RESTS, timeout=PATIENCE_MS)


def wait_for_size(page: Page) -> None:
    """After the window's size changed: until the maps are drawn as large as their places."""
    page.wait_for_function(_FITS)


def row_places(page: Page, nth: int = 0) -> list[Place]:
    """Where each row's point is on the screen, on the first map or the nth after it.

    Of rows without a point None.
    """
    return [place and tuple(place) for place in page.evaluate(_PLACES, nth)]


def point_places(page: Page) -> dict[str, Place]:
    """Where each image's point is on the screen, by id."""
    ids = page.evaluate(_IDS)
    return {ids[64 * row : 64 * row + 64]: place for row, place in enumerate(row_places(page))}


def selected_rows(page: Page, nth: int = 0) -> set[int] | None:
    """The rows that the map draws as selected; None while nothing is greyed out."""
    rows = page.evaluate(_SELECTED, nth)
    return None if rows is None else set(rows)


def wait_greyed(page: Page, rows: set[int] | None, nth: int = 0) -> None:
    """Until the map draws exactly these as selected; it lets the gallery be painted first."""
    wait_until(page, lambda: selected_rows(page, nth) == rows)
    assert selected_rows(page, nth) == rows


def view_range(page: Page, nth: int = 0) -> list[float]:
    """What is in view: x0, x1, y0, y1."""
    numbers: list[float] = page.evaluate(_RANGE, nth)
    return numbers


def turn_wheel(page: Page, place: Place, turns: int, nth: int = 0) -> None:
    """Zoom in there, turn by turn: turns that come while the page is busy would become one."""
    page.mouse.move(*place)
    for _ in range(turns):
        before = view_range(page, nth)
        page.mouse.wheel(0, -300)
        page.wait_for_function(_IS_OTHER_RANGE, arg=[nth, before])


def draw_lasso(page: Page, polygon: list[Place]) -> None:
    """Draw straight from corner to corner: with whole pixels the polygon is exactly this one."""
    page.mouse.move(*polygon[0])
    page.mouse.down()
    for corner in [*polygon[1:], polygon[0]]:
        page.mouse.move(*corner)
    page.mouse.up()


def circle(center: Place, radius: float) -> list[Place]:
    """A polygon of whole pixels, which a mouse can follow."""
    angles = [2 * math.pi * step / 24 for step in range(24)]
    corners = [(center[0] + radius * math.cos(a), center[1] + radius * math.sin(a)) for a in angles]
    return [(round(x), round(y)) for x, y in corners]


def loneliest(places: dict[str, Place]) -> str:
    """The point whose nearest other is farthest: a click on it can mean no other."""

    def nearest(one: str) -> float:
        return min(math.dist(places[one], place) for key, place in places.items() if key != one)

    return max(places, key=nearest)


def is_inside(place: Place, polygon: list[Place]) -> bool:
    """Even-odd rule: a ray to the right crosses the polygon's edges an odd number of times."""
    x, y = place
    inside = False
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
