"""The map alone in a browser, over images that never were; rows are their numbers."""

import json
from itertools import combinations

import numpy as np
import pytest
from map_driver import (
    circle,
    draw_lasso,
    is_inside,
    row_places,
    selected_rows,
    turn_wheel,
    view_range,
    wait_for_map,
    wait_for_picture,
    wait_for_python,
    wait_for_size,
    wait_greyed,
    wait_until,
)
from pages import synthetic

PAGE = "map_app.py"
COUNT = 2_000
DATA = synthetic.make(COUNT, 2)
CARD = ".groupsight-map-card"
STAGE = ".groupsight-map-stage"


@pytest.fixture
def shown(page):
    return open_map(page, f"n={COUNT}")


def open_map(page, query):
    page.goto(f"/?{query}")
    wait_for_map(page)
    wait_for_python(page)
    return page


def known(page):
    """What Python knows."""
    return json.loads(page.locator("code").text_content())


def wait_known(page, **expected):
    page.wait_for_function(
        """(expected) => {
            const known = JSON.parse(document.querySelector("code").textContent);
            return Object.entries(expected).every(
                ([key, value]) => JSON.stringify(known[key]) === JSON.stringify(value));
        }""",
        arg=expected,
    )


def wait_selected(page, rows):
    wait_known(page, rows=sorted(rows))
    # The points are repainted after Python was told.
    wait_greyed(page, (set(rows) or None))


def inside(places, polygon):
    return {row for row, place in enumerate(places) if is_inside(place, polygon)}


def stage_box(page):
    return page.locator(STAGE).bounding_box()


def point(page, x, y):
    """A whole pixel at these parts of the map's width and height."""
    box = stage_box(page)
    return round(box["x"] + x * box["width"]), round(box["y"] + y * box["height"])


def bow_tie(page):
    """Crosses itself and runs over several clusters: the even-odd rule leaves out the middle."""
    corners = [(0.15, 0.3), (0.7, 0.75), (0.7, 0.3), (0.15, 0.75), (0.4, 0.9), (0.5, 0.2)]
    return [point(page, *corner) for corner in corners]


def nearest_row(places, target):
    return int(np.linalg.norm(np.array(places) - target, axis=1).argmin())


def middle_of_cluster_5(page):
    row = nearest_row(DATA.coordinates.tolist(), (-8, 0))
    x, y = row_places(page)[row]
    return round(x), round(y)


def lonely_row(places, box):
    """A point that a click can only mean alone, away from the border."""
    spots = np.array(places)
    gaps = np.linalg.norm(spots[:, None] - spots[None], axis=2) + np.eye(len(spots)) * 1e9
    border = 60
    low = np.array([box["x"], box["y"]]) + border
    high = np.array([box["x"] + box["width"], box["y"] + box["height"]]) - border
    inner = ((spots > low) & (spots < high)).all(axis=1)
    return int(np.where(inner, gaps.min(axis=1), 0).argmax())


def loaded_bytes(image):
    """The bytes of an image element, once it is decoded."""
    wait_for_picture(image)
    return bytes(
        image.evaluate(
            "async image => [...new Uint8Array(await (await fetch(image.src)).arrayBuffer())]"
        )
    )


def zoom_in(page, place, turns):
    turn_wheel(page, place, turns)
    settle(page)


def settle(page):
    """Until Python has heard of the zoom as it is now."""
    wait_until(page, lambda: known(page)["zoom"] == pytest.approx(view_range(page), rel=1e-4))
    assert known(page)["zoom"] == pytest.approx(view_range(page), rel=1e-4)


def test_hover_shows_the_image_under_the_pointer_and_what_is_known_of_it(shown):
    places = row_places(shown)
    row = lonely_row(places, stage_box(shown))
    shown.mouse.move(*places[row])
    image = shown.locator(f"{CARD} img")
    assert loaded_bytes(image) == synthetic.thumbnail(DATA.ids[row])
    # What is known of it comes after the map is drawn.
    shown.locator(CARD, has_text=DATA.names[row]).wait_for()
    text = shown.locator(CARD).inner_text()
    assert f"cluster {DATA.clusters[row]}" in text
    if DATA.labels[row] is not None:
        assert f"label {DATA.labels[row]}" in text
    if np.isfinite(DATA.fit[row]):
        assert f"fit {round(100 * float(DATA.fit[row]))} %" in text
    box = stage_box(shown)
    shown.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    shown.locator(CARD).wait_for(state="hidden")


def test_the_card_stays_on_the_screen(shown):
    shown.set_viewport_size({"width": 900, "height": 700})
    wait_for_size(shown)
    spots = np.array(row_places(shown))
    visible = np.flatnonzero(spots[:, 1] < 690)
    for row in (visible[spots[visible, 0].argmax()], visible[spots[visible, 1].argmax()]):
        shown.mouse.move(*spots[row].tolist())
        shown.locator(f"{CARD}[data-row='{row}'] img").wait_for()
        box = shown.locator(CARD).bounding_box()
        assert 0 <= box["x"] <= 900 - box["width"]
        assert 0 <= box["y"] <= 700 - box["height"]


def test_hover_prefetches_the_neighbours(shown):
    asked = []
    shown.on("request", lambda request: asked.append(request.url))
    places = row_places(shown)
    row = nearest_row(places, point(shown, 0.3, 0.7))
    shown.mouse.move(*places[row])
    near = np.linalg.norm(np.array(places) - places[row], axis=1).argsort()[1:6]
    expected = {DATA.ids[one] for one in near}
    wait_until(shown, lambda: expected <= {url.rpartition("/")[2] for url in asked})
    assert expected <= {url.rpartition("/")[2] for url in asked}


def test_a_lasso_takes_exactly_what_lies_inside(shown):
    polygon = bow_tie(shown)
    expected = inside(row_places(shown), polygon)
    assert len({int(DATA.clusters[row]) for row in expected}) > 3
    draw_lasso(shown, polygon)
    wait_selected(shown, expected)


def test_a_lasso_after_zooming_takes_only_what_is_in_view(shown):
    zoom_in(shown, point(shown, 0.3, 0.5), 8)
    polygon = bow_tie(shown)
    places = row_places(shown)
    expected = inside(places, polygon)
    assert 10 < len(expected) < 200
    draw_lasso(shown, polygon)
    wait_selected(shown, expected)


def test_a_box_takes_what_lies_inside_and_shift_and_alt_change_the_selection(shown):
    places = row_places(shown)
    shown.get_by_role("button", name="Box").click()

    def drag(start, end, key=None):
        if key:
            shown.keyboard.down(key)
        shown.mouse.move(*start)
        shown.mouse.down()
        shown.mouse.move(*end, steps=4)
        shown.mouse.up()
        if key:
            shown.keyboard.up(key)
        return inside(places, [start, (end[0], start[1]), end, (start[0], end[1])])

    first = drag(point(shown, 0.2, 0.3), point(shown, 0.4, 0.6))
    wait_selected(shown, first)
    more = drag(point(shown, 0.5, 0.6), point(shown, 0.7, 0.9), "Shift")
    wait_selected(shown, first | more)
    less = drag(point(shown, 0.3, 0.4), point(shown, 0.6, 0.8), "Alt")
    assert less & (first | more)
    wait_selected(shown, (first | more) - less)
    shown.locator(STAGE).press("Escape")
    wait_selected(shown, set())


def test_a_drag_to_no_area_and_escape_while_drawing_choose_nothing(shown):
    start = point(shown, 0.2, 0.4)
    shown.mouse.move(*start)
    shown.mouse.down()
    shown.mouse.move(*point(shown, 0.5, 0.5))
    shown.keyboard.press("Escape")
    shown.mouse.move(*point(shown, 0.2, 0.8))
    shown.mouse.up()
    # Had something been chosen, Python would know of it before this.
    shown.get_by_text("Edges").click()
    shown.locator(".groupsight-map-edge").nth(3).wait_for(state="attached")
    assert known(shown)["rows"] == []
    wait_greyed(shown, None)


def test_a_click_selects_and_opens(shown):
    places = row_places(shown)
    row = lonely_row(places, stage_box(shown))
    shown.evaluate(
        "addEventListener('groupsight:open', ({detail}) => (window.opened = detail.row))"
    )
    shown.mouse.click(*places[row])
    wait_known(shown, rows=[row], opened=row)
    shown.locator(f".groupsight-map-ring.opened[data-row='{row}']").first.wait_for()
    assert shown.evaluate("window.opened") == row
    wait_greyed(shown, {row})


def test_a_group_that_the_legend_hides_is_neither_hovered_nor_selected(shown):
    shown.locator(".legendtoggle").nth(3).click()
    shown.wait_for_function(
        "() => document.querySelector('.js-plotly-plot').data[3].visible === 'legendonly'"
    )
    name = shown.locator(".groupsight-map-names").get_by_text("cluster 3", exact=True)
    name.wait_for(state="detached")
    polygon = bow_tie(shown)
    expected = {row for row in inside(row_places(shown), polygon) if DATA.clusters[row] != 3}
    draw_lasso(shown, polygon)
    wait_known(shown, rows=sorted(expected))
    assert name.count() == 0


def test_the_legend_counts(shown):
    counts = np.bincount(DATA.clusters).tolist()
    texts = shown.locator(".legendtext").all_text_contents()
    assert texts == [f"cluster {number} ({size})" for number, size in enumerate(counts)]


def choose_color(page, name):
    page.get_by_role("combobox").click()
    page.get_by_role("option", name=name).click()


def test_another_color_keeps_selection_and_zoom(shown):
    zoom_in(shown, point(shown, 0.3, 0.5), 5)
    polygon = bow_tie(shown)
    expected = inside(row_places(shown), polygon)
    draw_lasso(shown, polygon)
    wait_selected(shown, expected)
    before = view_range(shown)
    choose_color(shown, "label")
    shown.locator(".legendtext", has_text="<b>bird</b>").wait_for()
    wait_greyed(shown, expected)
    assert view_range(shown) == pytest.approx(before)
    choose_color(shown, "fit")
    shown.locator(".legendtext", has_text="no value (182)").wait_for()
    wait_greyed(shown, expected)
    assert view_range(shown) == pytest.approx(before)


def test_a_selection_made_in_python_is_drawn_and_the_zoom_stays(shown):
    zoom_in(shown, point(shown, 0.3, 0.5), 5)
    before = view_range(shown)
    shown.get_by_role("button", name="Select cluster 3").click()
    expected = np.flatnonzero(DATA.clusters == 3).tolist()
    wait_known(shown, rows=expected)
    shown.get_by_text(f"{len(expected)} selected").wait_for()
    wait_greyed(shown, set(expected))
    assert view_range(shown) == before


def test_a_signal_rings_a_point_without_touching_points_or_zoom(shown):
    zoom_in(shown, point(shown, 0.3, 0.5), 5)
    places = row_places(shown)
    row = nearest_row(places, point(shown, 0.4, 0.5))
    before = view_range(shown)
    shown.evaluate(
        """row => {
            window.redraws = 0;
            const plot = document.querySelector(".js-plotly-plot");
            plot.on("plotly_afterplot", () => window.redraws++);
            const detail = {row, from: "gallery"};
            dispatchEvent(new CustomEvent("groupsight:point", {detail}));
        }""",
        row,
    )
    box = shown.locator(f"circle.pointed[data-row='{row}']").first.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert middle == pytest.approx(places[row], abs=1)
    shown.wait_for_timeout(300)
    assert shown.evaluate("window.redraws") == 0
    assert view_range(shown) == before


def test_a_point_outside_the_view_is_pointed_to_from_the_border(shown):
    zoom_in(shown, point(shown, 0.2, 0.5), 8)
    far = nearest_row(DATA.coordinates.tolist(), (8, 0))
    shown.evaluate(
        "row => dispatchEvent(new CustomEvent('groupsight:point', "
        "{detail: {row, from: 'gallery'}}))",
        far,
    )
    shown.locator(f"path.pointed[data-row='{far}']").first.wait_for(state="attached")


def test_zoomed_in_the_points_are_thumbnails_that_do_not_cover_each_other(shown):
    zoom_in(shown, middle_of_cluster_5(shown), 26)
    images = shown.locator(".groupsight-map-thumbnails img")
    images.first.wait_for()
    rows = [int(row) for row in images.evaluate_all("all => all.map(one => one.dataset.row)")]
    x0, x1, y0, y1 = view_range(shown)
    x, y = DATA.coordinates.T
    expected = np.flatnonzero((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)).tolist()
    assert 5 < len(expected) <= 60
    assert sorted(rows) == expected
    assert loaded_bytes(images.first) == synthetic.thumbnail(DATA.ids[rows[0]])
    boxes = [image.bounding_box() for image in images.all()]
    for one, other in combinations(boxes, 2):
        apart_x = abs(one["x"] - other["x"]) >= one["width"]
        apart_y = abs(one["y"] - other["y"]) >= one["height"]
        assert apart_x or apart_y
    area = stage_box(shown)
    for box in boxes:
        assert area["x"] <= box["x"] <= area["x"] + area["width"] - box["width"]
        assert area["y"] <= box["y"] <= area["y"] + area["height"] - box["height"]


def test_a_thumbnail_is_hovered_and_clicked_as_its_point(shown):
    zoom_in(shown, middle_of_cluster_5(shown), 26)
    image = shown.locator(".groupsight-map-thumbnails img").nth(3)
    row = int(image.get_attribute("data-row"))
    box = image.bounding_box()
    shown.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    shown.locator(f"{CARD}[data-row='{row}']").wait_for()
    shown.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait_known(shown, opened=row)


def test_of_a_sample_all_images_are_counted_selected_and_seen_from_near(page):
    open_map(page, f"n={COUNT}&every=4")
    page.get_by_text("every 4th shown. Zoom in to see all").wait_for()
    places = row_places(page)  # of the points; the others have none
    drawn = [row for row, place in enumerate(places) if place is not None]
    assert drawn == list(range(0, COUNT, 4))
    test_the_legend_counts(page)
    polygon = bow_tie(page)
    draw_lasso(page, polygon)
    wait_known(page, rows=sorted(inside(all_places(places), polygon)))
    row = nearest_row(DATA.coordinates.tolist(), (-8, 0))
    zoom_in(page, tuple(map(round, all_places(places)[row])), 26)
    images = page.locator(".groupsight-map-thumbnails img")
    images.first.wait_for()
    rows = images.evaluate_all("all => all.map(one => Number(one.dataset.row))")
    assert any(one % 4 for one in rows)


def all_places(places):
    """Where all rows lie on the screen, from the places of every fourth; others are None."""
    x, y = np.array(places[::4]).T
    across, down = (
        np.poly1d(np.polyfit(axis, seen, 1))
        for axis, seen in zip(DATA.coordinates[::4].T.astype(float), (x, y), strict=True)
    )
    return list(zip(across(DATA.coordinates[:, 0]), down(DATA.coordinates[:, 1]), strict=True))


def test_names_lie_at_the_medians_of_their_clusters(shown):
    places = np.array(row_places(shown))
    names = shown.locator(".groupsight-map-names span")
    assert names.count() == synthetic.N_CLUSTERS
    for name in names.all():
        number = int(name.inner_text().split()[1])
        box = name.bounding_box()
        middle = np.array([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
        expected = np.median(places[DATA.clusters == number], axis=0)
        assert np.linalg.norm(middle - expected) < 3


def test_the_zoom_reaches_python_and_comes_back_from_a_link(shown):
    zoom_in(shown, point(shown, 0.3, 0.5), 6)
    zoom = known(shown)["zoom"]
    assert zoom == pytest.approx(view_range(shown), rel=1e-4)
    link = ",".join(str(one) for one in zoom)
    open_map(shown, f"n={COUNT}&zoom={link}")
    assert view_range(shown) == pytest.approx(zoom, rel=1e-3)
    shown.get_by_role("button", name="Reset the zoom").click()
    shown.wait_for_function(
        "() => document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range[0] < -12"
    )


def test_points_are_drawn_as_densely_as_the_screen_has_pixels(new_tab):
    page = new_tab()
    open_map(page, f"n={COUNT}")
    wait_for_density(page, 1)
    rows = inside(row_places(page), bow_tie(page))
    draw_lasso(page, bow_tie(page))
    wait_selected(page, rows)
    zoom_in(page, point(page, 0.5, 0.5), 4)
    before = view_range(page)
    zoom_page(page, 2)
    wait_for_density(page, 2)
    wait_for_size(page)
    after = view_range(page)
    assert after == pytest.approx(before, abs=0.01 * (before[1] - before[0]))
    assert selected_rows(page) == set(rows)
    zoom_in(page, point(page, 0.5, 0.5), 2)  # and Python still hears of it
    assert known(page)["zoom"][0] > after[0]


def test_in_space_points_are_drawn_densely_enough_for_smooth_edges(page):
    open_in_space(page)
    assert page.evaluate("window.devicePixelRatio") == 1
    wait_for_density(page, 2)


def zoom_page(page, factor):
    """As the browser's own zoom does: more pixels of the screen for each of the page."""
    metrics = {"width": 1399, "height": 899, "deviceScaleFactor": factor, "mobile": False}
    page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", metrics)
    page.wait_for_function("factor => window.devicePixelRatio === factor", arg=factor)


def wait_for_density(page, density):
    """Until so many pixels of the canvas lie along one of the page."""
    page.wait_for_function(
        """density => {
            const all = document.querySelectorAll(".groupsight-map .js-plotly-plot canvas");
            return all.length && [...all].every(
                ({width, clientWidth}) => Math.abs(width - density * clientWidth) <= density);
        }""",
        arg=density,
    )


def test_space_and_drag_the_middle_button_and_the_pan_mode_move_the_map(shown):
    def moved_by(drag):
        before = view_range(shown)
        shown.mouse.move(*point(shown, 0.5, 0.5))
        drag()
        shown.mouse.move(*point(shown, 0.6, 0.6), steps=4)
        shown.mouse.up()
        shown.mouse.up(button="middle")
        wait_until(shown, lambda: view_range(shown)[0] < before[0], patience_s=10)
        settle(shown)
        return view_range(shown)[0] - before[0]

    width = view_range(shown)[1] - view_range(shown)[0]
    shown.locator(STAGE).focus()
    shown.keyboard.down(" ")
    assert moved_by(shown.mouse.down) < -0.05 * width
    shown.keyboard.up(" ")
    assert moved_by(lambda: shown.mouse.down(button="middle")) < -0.05 * width
    shown.locator(STAGE).press("p")
    assert shown.get_by_role("button", name="Move the map").get_attribute("aria-pressed") == "true"
    assert moved_by(shown.mouse.down) < -0.05 * width
    wait_greyed(shown, None)
    shown.mouse.move(*row_places(shown)[nearest_row(row_places(shown), point(shown, 0.5, 0.5))])
    shown.locator(f"{CARD} img").wait_for()


def test_the_keys_walk_from_point_to_point_open_select_and_zoom(shown):
    stage = shown.locator(STAGE)
    stage.focus()
    places = np.array(row_places(shown))
    stage.press("ArrowRight")
    first = int(shown.locator("circle.focused").first.get_attribute("data-row"))
    stage.press("ArrowLeft")
    second = int(shown.locator("circle.focused").first.get_attribute("data-row"))
    assert places[second][0] < places[first][0]
    assert DATA.names[second] in shown.locator(".groupsight-map-live").text_content()
    stage.press("Enter")
    wait_known(shown, opened=second, rows=[])
    stage.press(" ")
    wait_selected(shown, {second})
    stage.press(" ")
    wait_selected(shown, set())
    before = view_range(shown)
    stage.press("+")
    settle(shown)
    assert view_range(shown)[1] - view_range(shown)[0] < 0.8 * (before[1] - before[0])
    stage.press("0")
    wait_known(shown, zoom=None)
    assert view_range(shown) == pytest.approx(before)


def test_dark_mode_is_followed_at_once(shown):
    def text_color():
        return shown.locator(".legendtext").first.evaluate("one => getComputedStyle(one).fill")

    light = text_color()
    before = view_range(shown)
    shown.emulate_media(color_scheme="dark")
    shown.wait_for_function(
        "() => getComputedStyle(document.querySelector('.legendtext')).fill"
        ".match(/\\d+/g).slice(0, 3).every(value => Number(value) > 200)"
    )
    assert text_color() != light
    assert view_range(shown) == before


def test_edges_lead_from_the_open_image_to_others(shown):
    shown.get_by_text("Edges").click()
    lines = shown.locator(".groupsight-map-edge")
    lines.nth(3).wait_for(state="attached")
    places = row_places(shown)
    area = shown.locator(".groupsight-map-overlay").bounding_box()
    end = [float(lines.first.get_attribute(name)) for name in ("x2", "y2")]
    assert end == pytest.approx([places[1][0] - area["x"], places[1][1] - area["y"]], abs=1)


def test_in_space_a_lasso_selects_and_the_rest_stays(page):
    open_in_space(page)
    box = stage_box(page)
    draw_lasso(page, circle(point(page, 0.43, 0.5), box["height"] * 0.48))
    page.wait_for_function("() => JSON.parse(document.querySelector('code').textContent).count")
    everything = known(page)["count"]
    assert everything > 0.9 * COUNT
    draw_lasso(page, circle(point(page, 0.43, 0.5), box["height"] * 0.2))
    page.wait_for_function(
        "most => JSON.parse(document.querySelector('code').textContent).count < most",
        arg=everything,
    )

    def drawn():
        return page.evaluate(
            "() => document.querySelector('.js-plotly-plot').data.map(one => one.customdata.length)"
        )

    # The points are repainted after Python was told.
    wait_until(page, lambda: sum(drawn()[:10]) == known(page)["count"])
    assert sum(drawn()[:10]) == known(page)["count"]
    assert sum(drawn()) == COUNT


def open_in_space(page):
    open_map(page, f"n={COUNT}&dimensions=3")
    # The camera comes some frames after the points.
    page.evaluate(FRAMES, 15)


FRAMES = """async (count) => {
    for (let nth = 0; nth < count; nth++) await new Promise(requestAnimationFrame);
}"""


def test_in_space_hover_finds_the_point_that_is_seen_there(page):
    open_in_space(page)
    names = page.locator(".groupsight-map-names span", has_text="cluster 7")
    box = names.bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(f"{CARD} img").wait_for()
    assert "cluster" in page.locator(CARD).inner_text()


def test_without_webgl_the_map_is_drawn_in_svg_and_says_so(page):
    page.add_init_script(
        """const original = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
            return kind.includes("webgl") ? null : original.call(this, kind, ...more);
        };"""
    )
    page.goto(f"/?n={COUNT}")
    page.get_by_text("This browser has no WebGL").wait_for()
    assert page.locator(".scatterlayer .point").count() == COUNT
    polygon = bow_tie(page)
    expected = inside(row_places(page), polygon)
    draw_lasso(page, polygon)
    wait_selected(page, expected)


def test_svg_draws_a_sample_of_what_is_too_much(page):
    open_map_svg(page, 5_200)
    page.get_by_text("5,000 of the 5,200 images are shown").wait_for()
    assert page.locator(".scatterlayer .point").count() == 5_000


def open_map_svg(page, count):
    page.goto(f"/?n={count}&svg=1")
    page.locator('.groupsight-map[data-state="drawn"]').wait_for()


def test_what_cannot_be_fetched_is_said_in_the_place_of_the_map(chromium, server):
    tab = chromium.new_page()
    tab.route("**/groupsight/*/content/**", lambda route: route.fulfill(status=404))
    tab.goto(f"{server}/?n={COUNT}")
    tab.get_by_role("alert").filter(has_text="The map could not be drawn").wait_for()
    tab.close()


def test_a_screen_reader_is_told_what_this_is(shown):
    stage = shown.get_by_role("application")
    assert stage.get_attribute("aria-label") == "Map of 2,000 images in 10 clusters"
    for name in ("Lasso", "Box", "Move the map", "Zoom in", "Zoom out", "Show everything"):
        assert shown.get_by_role("button", name=name).count() == 1
