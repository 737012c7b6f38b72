"""What a hand does on the map: where its points are, and drawing around them."""

import math

from browser import MAP_IS_DRAWN
from playwright.sync_api import Page

_PIXELS = """() => {
    const map = document.querySelector(".js-plotly-plot");
    const box = map.getBoundingClientRect();
    const {xaxis, yaxis} = map._fullLayout;
    const places = {};
    for (const trace of map._fullData) {
        for (let i = 0; i < trace.customdata.length; i++) {
            places[trace.customdata[i]] = [
                box.left + xaxis._offset + xaxis.l2p(trace.x[i]),
                box.top + yaxis._offset + yaxis.l2p(trace.y[i]),
            ];
        }
    }
    return places;
}"""
PATIENCE_MS = 240_000
"""Extraction on a busy machine with two cores takes its time; what is ready does not wait."""

Place = tuple[float, float]


def wait_for_map(page: Page) -> None:
    page.wait_for_function(MAP_IS_DRAWN, timeout=PATIENCE_MS)


def point_places(page: Page) -> dict[str, Place]:
    """Where each image's point is on the screen, by id."""
    return {key: (x, y) for key, (x, y) in page.evaluate(_PIXELS).items()}


def draw_lasso(page: Page, polygon: list[Place]) -> None:
    page.mouse.move(*polygon[0])
    page.mouse.down()
    for corner in [*polygon[1:], polygon[0]]:
        page.mouse.move(*corner, steps=6)
    page.mouse.up()


def circle(center: Place, radius: float) -> list[Place]:
    angles = [2 * math.pi * step / 24 for step in range(24)]
    return [(center[0] + radius * math.cos(a), center[1] + radius * math.sin(a)) for a in angles]


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
