"""Two maps beside each other in a browser: what is done on one, the other shows at once."""

import io
import json

import numpy as np
import pytest
from map_driver import (
    draw_lasso,
    is_inside,
    row_places,
    turn_wheel,
    view_range,
    wait_for_python,
    wait_for_size,
    wait_greyed,
    wait_until,
)
from pages import synthetic
from PIL import Image

PAGE = "pair_app.py"
COUNT = 2_000
DATA = synthetic.make(COUNT, 2)
LEFT, RIGHT = 0, 1
REST_MS = 600
"""For so long a map must rest before it tells of its zoom."""
CAMERAS = """() => [...document.querySelectorAll(".js-plotly-plot")].map((plot) => {
    const camera = plot._fullLayout.scene._scene.getCamera();
    return ["eye", "center", "up"].flatMap((part) => Object.values(camera[part]).slice(0, 3));
})"""
COUNT_REDRAWS = """() => {
    window.redraws = [0, 0];
    document.querySelectorAll(".js-plotly-plot").forEach((plot, nth) =>
        plot.on("plotly_afterplot", () => window.redraws[nth]++));
}"""

LATE = """() => {
    const {setTimeout} = window;
    const later = (ms) => (ms > 50 && ms <= 400 ? 5_000 : ms);
    window.setTimeout = (act, ms, ...rest) => setTimeout(act, later(ms), ...rest);
}"""


@pytest.fixture
def pair(page):
    def open_with(query="", maps=2):
        page.goto(f"/?n={COUNT}&{query}")
        wait_drawn(page, maps)
        wait_for_python(page)
        return page

    return open_with


def wait_drawn(page, maps):
    page.locator('.groupsight-map[data-state="drawn"]').nth(maps - 1).wait_for()
    wait_for_size(page)


def stage(page, nth):
    return page.locator(".groupsight-map-stage").nth(nth)


def spot(page, nth, x, y):
    """A whole pixel at these parts of a map's width and height."""
    box = stage(page, nth).bounding_box()
    return round(box["x"] + x * box["width"]), round(box["y"] + y * box["height"])


def known(page):
    """What Python knows."""
    return json.loads(page.locator("code").text_content())


def wait_log(page, length):
    page.wait_for_function(
        "n => JSON.parse(document.querySelector('code').textContent).log.length >= n", arg=length
    )
    page.wait_for_timeout(REST_MS + 400)  # whatever else might come
    return known(page)["log"]


def wait_for_zoom(page, nth):
    """Until Python knows the zoom as it is now; what it was told until then."""

    def told():
        log = known(page)["log"]
        return log and log[-1][2] == pytest.approx(view_range(page, nth), rel=1e-5)

    wait_until(page, told)
    return wait_log(page, 1)


def picture(page, nth):
    """What is drawn of the points and over them, as numbers."""
    box = page.locator(".groupsight-map-overlay").nth(nth).bounding_box()
    shot = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
    return np.asarray(shot, dtype=float)


def difference(page):
    return float(np.abs(picture(page, LEFT) - picture(page, RIGHT)).mean())


def assert_alike(page):
    """Both come to show the same picture."""
    wait_until(page, lambda: difference(page) < 0.5)
    assert difference(page) < 0.5


def zoom_in(page, nth, turns=6):
    turn_wheel(page, spot(page, nth, 0.4, 0.5), turns, nth)


def wait_alike(page):
    page.wait_for_function(
        """() => {
            const [one, other] = [...document.querySelectorAll(".js-plotly-plot")].map((plot) =>
                [...plot._fullLayout.xaxis.range, ...plot._fullLayout.yaxis.range]);
            return one.every((value, place) => Math.abs(value - other[place]) < 1e-6);
        }"""
    )


def drag_and_hold(page, nth):
    page.get_by_role("button", name="Move the map").nth(nth).click()
    page.mouse.move(*spot(page, nth, 0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*spot(page, nth, 0.65, 0.4), steps=6)


def test_while_one_is_dragged_the_other_shows_the_same_without_being_drawn_anew(pair):
    page = pair("grouping=whole")
    assert_alike(page)
    before = picture(page, RIGHT)
    page.evaluate("() => { Plotly.relayout = () => new Promise(() => {}); }")
    drag_and_hold(page, LEFT)
    page.locator(".groupsight-map-ahead").wait_for()
    assert_alike(page)
    assert np.abs(picture(page, RIGHT) - before).mean() > 5
    page.mouse.up()


def test_in_the_end_the_other_is_drawn_anew(pair):
    page = pair("grouping=whole")
    drag_and_hold(page, LEFT)
    page.mouse.up()
    wait_alike(page)
    page.locator(".groupsight-map-ahead").wait_for(state="detached")
    assert_alike(page)


def test_both_lead_and_nothing_goes_to_and_fro(pair):
    page = pair()
    page.evaluate(COUNT_REDRAWS)
    zoom_in(page, LEFT)
    wait_alike(page)
    first = view_range(page, LEFT)
    assert first[1] - first[0] < 15
    log = wait_for_zoom(page, LEFT)  # a hand that pauses is told of in between
    assert {(side, what) for side, what, _ in log} == {("left", "zoom")}
    told = log[-1]
    # Nor does Python's echo, which is rounded, move any of them.
    for nth in (LEFT, RIGHT):
        assert view_range(page, nth) == pytest.approx(told[2], rel=1e-5)
        assert view_range(page, nth) != pytest.approx(told[2], rel=1e-9)

    def is_at_rest():
        redraws = page.evaluate("window.redraws")
        page.wait_for_timeout(1_000)
        return page.evaluate("window.redraws") == redraws

    wait_until(page, is_at_rest)
    assert is_at_rest()
    stage(page, RIGHT).focus()
    page.keyboard.press("0")
    wait_alike(page)
    assert view_range(page, LEFT)[1] - view_range(page, LEFT)[0] > 20
    assert wait_log(page, len(log) + 1) == [*log, ["right", "zoom", None]]


def test_of_two_sizes_the_smaller_shows_all_that_the_larger_does(pair):
    page = pair("ratio=2")
    zoom_in(page, LEFT)
    log = wait_for_zoom(page, LEFT)
    assert {event[0] for event in log} == {"left"}
    x0, x1, y0, y1 = view_range(page, LEFT)
    assert x1 - x0 < 20

    def same_middle():
        u0, u1, v0, v1 = view_range(page, RIGHT)
        return [v0 + v1, u0 + u1] == pytest.approx([y0 + y1, x0 + x1])

    wait_until(page, same_middle)
    assert same_middle()
    u0, u1, _, _ = view_range(page, RIGHT)
    assert u0 <= x0 + 1e-6
    assert u1 >= x1 - 1e-6
    assert view_range(page, LEFT) == [x0, x1, y0, y1]


def test_the_hand_goes_on_from_what_it_sees(pair):
    """A drag on the other map right after the first, before it would be drawn anew."""
    page = pair()
    page.evaluate(LATE)
    for nth in (LEFT, RIGHT):
        page.get_by_role("button", name="Move the map").nth(nth).click()
    x0 = view_range(page)[0]
    for nth in (LEFT, RIGHT):
        page.mouse.move(*spot(page, nth, 0.4, 0.5))
        page.mouse.down()
        page.mouse.move(*spot(page, nth, 0.5, 0.5), steps=3)
        page.mouse.up()
    wait_alike(page)
    area = page.locator(".groupsight-map-overlay").first.bounding_box()["width"]
    moved = 2 * 0.1 * stage(page, LEFT).bounding_box()["width"]
    width = view_range(page)[1] - view_range(page)[0]
    assert x0 - view_range(page)[0] == pytest.approx(moved / area * width, rel=0.02)


def test_a_map_that_comes_later_shows_what_the_other_does(pair):
    page = pair("zooms=0&right=0", maps=1)
    zoom_in(page, LEFT)
    page.get_by_text("Right").click()
    wait_drawn(page, 2)
    wait_alike(page)
    assert view_range(page, RIGHT)[1] - view_range(page, RIGHT)[0] < 15


def test_the_point_under_the_pointer_is_ringed_on_the_other(pair):
    page = pair()
    places = row_places(page, LEFT)
    row = int(np.linalg.norm(DATA.coordinates - [0, 6], axis=1).argmin())
    page.mouse.move(*places[row])
    ring = page.locator(".groupsight-map").nth(RIGHT).locator("circle.pointed").last
    ring.wait_for()
    named = int(ring.get_attribute("data-row"))
    box = ring.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert middle == pytest.approx(row_places(page, RIGHT)[named], abs=1)
    card = page.locator(".groupsight-map-card:popover-open")
    assert card.get_attribute("data-row") == str(named)
    assert card.count() == 1
    page.mouse.move(*spot(page, LEFT, 0.05, 0.95))
    ring.wait_for(state="detached")


def polygon_on(page, nth):
    corners = [(0.2, 0.2), (0.75, 0.3), (0.7, 0.6), (0.25, 0.5)]
    return [spot(page, nth, *corner) for corner in corners]


def inside(page, nth, polygon):
    places = row_places(page, nth)
    return {row for row, place in enumerate(places) if is_inside(place, polygon)}


def test_a_lasso_greys_out_the_rest_on_both_before_python_answers(pair):
    page = pair()
    page.evaluate("WebSocket.prototype.send = () => {}")
    polygon = polygon_on(page, LEFT)
    expected = inside(page, LEFT, polygon)
    assert 100 < len(expected) < 1_900
    draw_lasso(page, polygon)
    wait_greyed(page, expected, LEFT)
    wait_greyed(page, expected, RIGHT)
    assert page.get_by_text(f"{len(expected):,} selected.").count() == 2
    assert known(page)["rows"] == 0


def test_python_is_told_once_of_a_selection_and_of_its_end(pair):
    page = pair()
    polygon = polygon_on(page, RIGHT)
    expected = inside(page, RIGHT, polygon)
    draw_lasso(page, polygon)
    assert wait_log(page, 1) == [["right", len(expected), None]]
    wait_greyed(page, expected, LEFT)
    stage(page, LEFT).press("Escape")
    assert wait_log(page, 2)[1:] == [["left", 0, None]]
    wait_greyed(page, None, RIGHT)


def test_shift_on_one_adds_to_what_was_drawn_on_the_other(pair):
    page = pair()
    first = polygon_on(page, LEFT)
    expected = inside(page, LEFT, first)
    draw_lasso(page, first)
    second = [spot(page, RIGHT, *at) for at in [(0.5, 0.6), (0.9, 0.6), (0.9, 0.9), (0.5, 0.9)]]
    expected |= inside(page, RIGHT, second)
    page.keyboard.down("Shift")
    draw_lasso(page, second)
    page.keyboard.up("Shift")
    wait_greyed(page, expected, LEFT)
    wait_greyed(page, expected, RIGHT)


def test_a_selection_that_python_ends_ends_on_both(pair):
    page = pair()
    draw_lasso(page, polygon_on(page, LEFT))
    wait_log(page, 1)
    page.get_by_role("button", name="Clear").click()
    wait_greyed(page, None, LEFT)
    wait_greyed(page, None, RIGHT)


def test_the_legend_hides_a_group_on_its_own_map_alone(pair):
    page = pair()
    page.locator(".legendtoggle").nth(3).click()
    page.wait_for_function(
        "() => document.querySelector('.js-plotly-plot').data[3].visible === 'legendonly'"
    )
    page.wait_for_timeout(500)
    visible = "() => document.querySelectorAll('.js-plotly-plot')[1].data.map(one => one.visible)"
    assert page.evaluate(visible) == [True] * 10


def test_without_a_link_each_is_on_its_own(pair):
    page = pair("link=&zooms=0")
    before = view_range(page, RIGHT)
    zoom_in(page, LEFT)
    places = row_places(page, LEFT)
    area = page.locator(".groupsight-map-overlay").first.bounding_box()
    seen = [place for place in places if area["x"] + 60 < place[0] < area["x"] + 300]
    page.mouse.move(*seen[0])
    page.locator(".groupsight-map-card:popover-open").wait_for()
    assert page.locator(".groupsight-map").nth(RIGHT).locator(".pointed").count() == 0
    draw_lasso(page, polygon_on(page, LEFT))
    wait_log(page, 1)
    assert view_range(page, RIGHT) == before
    wait_greyed(page, None, RIGHT)


def test_however_quickly_they_change_there_are_two(pair):
    """Streamlit ends draws that the next ones overtook, though their map is still in use."""
    page = pair()
    for turn in range(30):
        page.emulate_media(color_scheme="light" if turn % 2 else "dark")
        page.get_by_role("radio", name="split" if turn % 4 < 2 else "whole").click()
    wait_for_python(page)
    wait_drawn(page, 2)
    assert page.locator(".groupsight-map").count() == 2


def test_in_space_the_other_turns_with_it(pair):
    page = pair("dimensions=3")
    page.get_by_role("button", name="Move the map").nth(RIGHT).click()
    before = page.evaluate(CAMERAS)
    page.mouse.move(*spot(page, RIGHT, 0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*spot(page, RIGHT, 0.7, 0.6), steps=5)

    def turned_alike(since):
        left, right = page.evaluate(CAMERAS)
        moved = np.abs(np.subtract(left, since[LEFT])).max()
        return moved > 0.1 and left == pytest.approx(right, abs=1e-6)

    wait_until(page, lambda: turned_alike(before))
    assert turned_alike(before)  # still held
    page.mouse.up()
    held = page.evaluate(CAMERAS)
    page.mouse.wheel(0, 300)
    wait_until(page, lambda: turned_alike(held))
    assert turned_alike(held)
    log = wait_log(page, 1)
    assert {event[0] for event in log} == {"right"}


def test_without_webgl_the_other_follows_too(pair):
    page = pair("svg=1")
    zoom_in(page, LEFT)
    wait_alike(page)
    assert page.locator(".groupsight-map-ahead").count() == 0
    log = wait_for_zoom(page, LEFT)
    assert {side for side, _, _ in log} == {"left"}
    assert log[-1][2] == pytest.approx(view_range(page, RIGHT), rel=1e-5)


LONG = "a very long name for a group of photographs of boats and "


def test_the_legend_cuts_names_to_its_room(pair):
    page = pair(f"names={LONG}")
    for nth in (LEFT, RIGHT):
        assert_fits(page, nth)
    texts = page.locator(".legendtext").all_text_contents()
    assert texts[0].startswith("a very long name")
    assert all(text.rpartition("… (")[2].endswith(")") for text in texts)


def test_where_there_is_room_the_legend_writes_more(pair):
    page = pair(f"names={LONG}&link=")
    narrow = page.locator(".legendtext").first.text_content()
    assert_fits(page, LEFT)
    page.set_viewport_size({"width": 2600, "height": 1000})
    wide = page.locator(".legendtext").first
    wait_until(page, lambda: len(wide.text_content()) > len(narrow) + 10)
    assert len(wide.text_content()) > len(narrow) + 10
    assert_fits(page, LEFT)


RIGHTMOST = """(plot) => Math.max(...[...plot.querySelectorAll(".legendtext")].map((text) =>
    text.getBoundingClientRect().right - plot.getBoundingClientRect().right))"""


def assert_fits(page, nth):
    """Every line of the legend comes to end on the map."""
    plot = page.locator(".js-plotly-plot").nth(nth)
    wait_until(page, lambda: plot.evaluate(RIGHTMOST) <= 0)
    assert plot.evaluate(RIGHTMOST) <= 0
