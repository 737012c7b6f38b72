"""The ribbon alone: what is drawn and stands out, what Python is told, where the keys lead."""

import re
from itertools import pairwise

import pytest
from map_driver import wait_for_picture
from pages.serving import log_of, record_signals, signals_of, wait_for_event

PAGE = "ribbon_page.py"
HOSTILE = "<img src=x onerror=window.hacked=true> & a name far too long for its box"
HINT = "Point at a cluster or a ribbon to see where its images go; a click shows them."
# The flows of the small page as they are drawn, the widest first: column, from, to, images.
FLOWS = [
    (0, 0, 0, 60), (1, 0, 1, 31), (0, 1, 2, 30), (1, 2, 2, 30), (1, 0, 0, 29), (0, 1, 1, 10),
    (1, 1, 1, 9), (1, 1, 2, 1),
]  # fmt: skip


@pytest.fixture
def ribbon(page):
    """Open the page with these options."""

    def open_with(options=""):
        page.goto(f"/?{options}")
        page.locator(".node").first.wait_for()
        return page

    return open_with


def node(page, column, cluster):
    return page.locator(f'.node[data-column="{column}"][data-cluster="{cluster}"]')


def title(page, column):
    return page.locator(".title").nth(column)


def words(page):
    return page.locator(".status .words").inner_text()


def box_of(page, column, cluster):
    return node(page, column, cluster).locator(".box").bounding_box()


def bands(page):
    """Of each flow in the order of drawing: where it begins, where it ends, how high it is."""
    paths = page.locator(".flow").evaluate_all("all => all.map(one => one.getAttribute('d'))")
    top = page.locator("svg.flows").bounding_box()["y"]
    left = page.locator("svg.flows").bounding_box()["x"]
    found = []
    for path in paths:
        # M x0 y0 C m y0 m y1 x1 y1 V y1+height C …
        x0, y0, _, _, _, _, x1, y1, end = map(float, re.findall(r"[-.\d]+", path)[:9])
        found.append((left + x0, top + y0, left + x1, top + y1, end - y1))
    return found


def middle_of(page, flow):
    """Half-way along a ribbon: both curves are half-way there."""
    x0, y0, x1, y1, height = bands(page)[FLOWS.index(flow)]
    return (x0 + x1) / 2, (y0 + y1 + height) / 2


def lit(page):
    """The nodes that stand out."""
    return page.locator(".node.lit").evaluate_all(
        "all => all.map(one => [Number(one.dataset.column), Number(one.dataset.cluster)])"
    )


def focused(page):
    return page.locator(".ribbon").evaluate(
        "one => one.getRootNode().activeElement?.getAttribute('aria-label')"
    )


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_heights_are_in_proportion_to_images(ribbon):
    page = ribbon()
    scale = box_of(page, 0, 0)["height"] / 60
    assert scale > 4
    sizes = {(0, 1): 40, (1, 1): 10, (1, 2): 30, (2, 1): 40, (2, 0): 29, (2, 2): 31}
    for (column, cluster), size in sizes.items():
        assert box_of(page, column, cluster)["height"] == pytest.approx(size * scale, abs=0.1)


def test_nodes_stand_in_the_given_order_without_touching(ribbon):
    page = ribbon()
    drawn = [box_of(page, 2, cluster) for cluster in (1, 0, 2)]
    for above, below in pairwise(drawn):
        assert above["y"] + above["height"] < below["y"]
    assert page.locator(".title").all_inner_texts() == ["k = 2", "k = 3", "k = 4"]


def test_ribbons_fill_their_nodes_exactly(ribbon):
    page = ribbon()
    drawn = dict(zip(FLOWS, bands(page), strict=True))
    scale = box_of(page, 0, 0)["height"] / 60
    assert [band[4] for band in drawn.values()] == pytest.approx(
        [flow[3] * scale for flow in FLOWS], abs=0.05
    )
    # From cluster 0 of k = 3 first to cluster 1, which is above: the two lie one below the other.
    left = box_of(page, 1, 0)
    first, second = drawn[1, 0, 1, 31], drawn[1, 0, 0, 29]
    assert first[0] == pytest.approx(left["x"] + left["width"], abs=0.1)
    assert first[1] == pytest.approx(left["y"], abs=0.1)
    assert second[1] == pytest.approx(first[1] + first[4], abs=0.1)
    assert second[1] + second[4] == pytest.approx(left["y"] + left["height"], abs=0.1)
    # Into cluster 1 of k = 4: of cluster 0, then of cluster 1.
    right = box_of(page, 2, 1)
    above, below = drawn[1, 0, 1, 31], drawn[1, 1, 1, 9]
    assert above[2] == pytest.approx(right["x"], abs=0.1)
    assert above[3] == pytest.approx(right["y"], abs=0.1)
    assert below[3] == pytest.approx(above[3] + above[4], abs=0.1)
    assert below[3] + below[4] == pytest.approx(right["y"] + right["height"], abs=0.1)


def test_ribbons_have_the_colour_of_their_source(ribbon):
    page = ribbon()
    colors = page.locator(".flow").evaluate_all("all => all.map(one => one.getAttribute('fill'))")
    palette = ["#4477AA", "#EE7733", "#228833"]
    assert colors == [palette[source] for _, source, _, _ in FLOWS]


def test_medoids_have_their_pictures(ribbon):
    page = ribbon()
    picture = node(page, 0, 0).locator("img")
    wait_for_picture(picture)
    assert picture.bounding_box()["width"] == picture.bounding_box()["height"] == 108
    assert node(page, 1, 2).locator("img").count() == 0


def test_an_empty_cluster_keeps_its_place(ribbon):
    page = ribbon()
    empty = node(page, 1, 3)
    assert "without" in empty.get_attribute("class")
    assert empty.get_attribute("aria-label") == "cluster 3 (k = 3): no images"
    assert empty.bounding_box()["height"] == pytest.approx(17, abs=0.1)
    empty.click()
    wait_for_event(page, "node", 1, 3)


def test_hostile_names_are_text_and_cut(ribbon):
    page = ribbon()
    named = node(page, 2, 1)
    assert named.locator(".name").inner_text() == HOSTILE
    assert named.get_attribute("title") == f"{HOSTILE}\n40 images"
    cut = named.locator(".name").evaluate("one => one.scrollWidth > one.clientWidth")
    assert cut
    named.hover()
    assert words(page).startswith(HOSTILE)
    assert page.locator('img[src="x"]').count() == 0
    assert page.evaluate("window.hacked") is None


def test_the_pointer_on_a_node_shows_what_is_connected(ribbon):
    page = ribbon()
    assert words(page) == HINT
    record_signals(page)
    node(page, 1, 1).hover()
    assert words(page) == (
        "cluster 1 (k = 3): 10 images · from k = 2: cluster 1 (10)"
        f" · to k = 4: {HOSTILE} (9), cluster 2 (1)"
    )
    assert lit(page) == [[0, 1], [1, 1], [2, 1], [2, 2]]
    assert page.locator(".front .bright").count() == 3
    assert signals_of(page)[-1] == {"row": 9, "from": "ribbon"}
    node(page, 1, 2).hover()
    assert signals_of(page)[-1] == {"row": None, "from": "ribbon"}
    page.mouse.move(5, 5)
    assert lit(page) == []
    assert words(page) == HINT


def test_the_pointer_on_a_ribbon_shows_its_ends(ribbon):
    page = ribbon()
    page.mouse.move(*middle_of(page, (0, 1, 2, 30)))
    assert words(page) == (
        "30 images: cluster 1 (k = 2) → cluster 2 (k = 3) · 75 % of the left, 100 % of the right"
    )
    assert lit(page) == [[0, 1], [1, 2]]
    page.mouse.move(*middle_of(page, (1, 1, 2, 1)))
    assert words(page) == (
        "1 image: cluster 1 (k = 3) → cluster 2 (k = 4) · 10 % of the left, 3 % of the right"
    )


def test_where_ribbons_cross_the_thinner_is_meant(ribbon):
    page = ribbon()
    x, y = middle_of(page, (1, 1, 1, 9))
    _, y0, _, y1, height = bands(page)[FLOWS.index((1, 0, 0, 29))]
    assert (y0 + y1) / 2 < y < (y0 + y1) / 2 + height
    page.mouse.move(x, y)
    assert words(page).startswith("9 images: cluster 1 (k = 3)")


def test_a_click_on_a_node_chooses_it(ribbon):
    page = ribbon()
    node(page, 1, 1).click()
    wait_for_event(page, "node", 1, 1)
    page.mouse.move(5, 5)
    assert "chosen" in node(page, 1, 1).get_attribute("class")
    assert lit(page) == [[0, 1], [1, 1], [2, 1], [2, 2]]
    page.get_by_role("button", name="Again").click()
    assert words(page).startswith("cluster 1 (k = 3): 10 images")
    assert page.locator(".node.chosen").count() == 1


def test_a_click_on_a_ribbon_chooses_it_until_escape(ribbon):
    page = ribbon()
    page.mouse.click(*middle_of(page, (1, 0, 1, 31)))
    wait_for_event(page, "flow", 1, 0, 1)
    page.mouse.move(5, 5)
    assert page.locator(".front .chosen").count() == 1
    assert words(page).startswith("31 images: cluster 0 (k = 3) → ")
    page.keyboard.press("Escape")
    wait_for_event(page, "clear")
    assert page.locator(".front path").count() == 0
    assert words(page) == HINT
    # Nothing is chosen: there is nothing to be cleared.
    page.keyboard.press("Escape")
    title(page, 2).click()
    wait_for_event(page, "column", 2)
    assert log_of(page) == [["flow", 1, 0, 1], ["clear"], ["column", 2]]


def test_a_button_clears_the_choice(ribbon):
    page = ribbon()
    clear = page.get_by_role("button", name="Clear the choice")
    assert not clear.is_visible()
    node(page, 0, 0).click()
    wait_for_event(page, "node", 0, 0)
    clear.click()
    wait_for_event(page, "clear")
    assert not clear.is_visible()


def test_between_ribbons_nothing_is_chosen(ribbon):
    page = ribbon()
    x0, y0, x1, y1, _ = bands(page)[0]
    page.mouse.click((x0 + x1) / 2, (y0 + y1) / 2 - 8)
    node(page, 0, 0).click()
    wait_for_event(page, "node", 0, 0)
    assert log_of(page) == [["node", 0, 0]]


def test_a_title_loads_its_column(ribbon):
    page = ribbon("current=0")
    assert title(page, 0).get_attribute("aria-current") == "true"
    title(page, 2).click()
    wait_for_event(page, "column", 2)
    page.locator('.title.current[aria-label="Show k = 4"]').wait_for()
    assert page.locator(".title.current").count() == 1
    band = page.locator(".band").bounding_box()
    assert band["x"] == pytest.approx(node(page, 2, 0).bounding_box()["x"], abs=0.1)


def test_one_tab_reaches_the_ribbon_and_the_arrows_go_on(ribbon):
    page = ribbon("current=1")
    assert page.locator('.ribbon [tabindex="0"]').count() == 1
    # From the field before it there is no other way in.
    node(page, 1, 0).focus()
    press(page, "ArrowDown")
    assert focused(page) == "cluster 1 (k = 3): 10 images"
    press(page, "ArrowRight")
    # Nine of its ten images are there, in the first node.
    assert focused(page) == f"{HOSTILE} (k = 4): 40 images"
    press(page, "ArrowLeft")
    assert focused(page) == "cluster 0 (k = 3): 60 images"
    press(page, "End")
    assert focused(page) == "cluster 3 (k = 3): no images"
    press(page, "ArrowLeft")
    assert focused(page) == "cluster 1 (k = 2): 40 images"
    press(page, "Home", "ArrowLeft", "ArrowUp")
    assert focused(page) == "Show k = 2"
    press(page, "ArrowRight", "Enter")
    wait_for_event(page, "column", 1)
    press(page, "ArrowDown", "Enter")
    wait_for_event(page, "node", 1, 0)
    assert page.locator('.ribbon [tabindex="0"]').count() == 1


def test_the_keys_step_through_the_ribbons_of_a_node(ribbon):
    page = ribbon()
    node(page, 1, 1).focus()
    press(page, "Shift+ArrowDown")
    assert focused(page).startswith("9 images: cluster 1 (k = 3)")
    assert page.locator(".front .focused").count() == 1
    press(page, "ArrowDown")
    assert focused(page).startswith("1 image: cluster 1 (k = 3)")
    press(page, "ArrowDown")
    assert focused(page).startswith("10 images: cluster 1 (k = 2)")
    press(page, "ArrowDown", "ArrowUp")
    assert focused(page).startswith("10 images: cluster 1 (k = 2)")
    press(page, "Enter")
    wait_for_event(page, "flow", 0, 1, 1)
    press(page, "ArrowRight")
    assert focused(page) == "cluster 1 (k = 3): 10 images"
    press(page, "Escape")
    wait_for_event(page, "clear")


def test_the_focus_is_seen_and_pointed_at(ribbon):
    page = ribbon()
    record_signals(page)
    node(page, 0, 0).focus()
    press(page, "ArrowDown")
    outline = node(page, 0, 1).evaluate("one => getComputedStyle(one).outlineStyle")
    assert outline == "solid"
    assert signals_of(page)[-1] == {"row": 8, "from": "ribbon"}
    assert lit(page) == [[0, 1], [1, 1], [1, 2]]
    assert page.get_by_text("Shift ↓ ribbons").is_visible()


def test_the_focus_stays_when_the_ribbon_is_drawn_anew(ribbon):
    page = ribbon()
    node(page, 1, 0).focus()
    page.get_by_label("Changed").evaluate("one => one.click()")
    page.wait_for_function(
        """() => [...document.querySelectorAll("*")].some(
            one => one.shadowRoot?.querySelectorAll(".title").length === 2)"""
    )
    # The column that was the second is the first now.
    assert focused(page) == "cluster 0 (k = 3): 60 images"
    assert page.locator('.ribbon [tabindex="0"]').count() == 1
    assert node(page, 0, 0).get_attribute("tabindex") == "0"


def test_a_choice_is_found_again_in_another_ribbon(ribbon):
    page = ribbon()
    page.mouse.click(*middle_of(page, (0, 1, 2, 30)))
    wait_for_event(page, "flow", 0, 1, 2)
    assert page.locator(".front .chosen").count() == 1
    page.get_by_label("Changed").evaluate("one => one.click()")
    # In its first column now is what was in the second one: one image goes from 1 to 2.
    page.locator(".words", has_text="1 image: cluster 1 (k = 3)").wait_for()
    assert page.locator(".front .chosen").count() == 1


def test_thousands_of_ribbons_keep_their_widths(ribbon):
    page = ribbon("data=many&columns=20&n=4000")
    drawn = page.locator(".flow").evaluate_all(
        """all => all.map(one => ({
            d: one.getAttribute("d"), stroke: Number(one.getAttribute("stroke-width") ?? 0)}))"""
    )
    assert len(drawn) > 2000
    total = 0
    for one in drawn:
        numbers = list(map(float, re.findall(r"[-.\d]+", one["d"])[:9]))
        height = numbers[8] - numbers[7]
        assert height > 0
        # However few they are, they leave a trace on the screen.
        assert height + one["stroke"] >= 0.39
        total += height
    boxes = page.locator(".node .box").evaluate_all(
        "all => all.map(one => parseFloat(one.style.height))"
    )
    last = page.locator('.node[data-column="19"] .box').evaluate_all(
        "all => all.map(one => parseFloat(one.style.height))"
    )
    assert total == pytest.approx(sum(boxes) - sum(last), rel=0.01)
    # Two lines of text never lie over each other.
    tops = page.locator('.node[data-column="3"]').evaluate_all(
        "all => all.map(one => [one.offsetTop, one.offsetHeight])"
    )
    assert len(tops) == 20
    assert all(low + high <= next_[0] for (low, high), next_ in pairwise(tops))


def test_many_columns_scroll_to_the_current_one(ribbon):
    page = ribbon("data=many&columns=20&k=4&current=15")
    frame, current = page.locator(".frame"), title(page, 15)
    view, box = frame.bounding_box(), current.bounding_box()
    assert view["x"] <= box["x"] <= view["x"] + view["width"] - box["width"]
    assert {"more-left", "more-right"} <= set(frame.get_attribute("class").split())
    node(page, 19, 0).focus()
    press(page, "ArrowDown")
    shown = node(page, 19, 1).bounding_box()
    assert shown["x"] + shown["width"] <= view["x"] + view["width"] + 0.5


def test_titles_stay_when_many_clusters_scroll(ribbon):
    page = ribbon("data=many&columns=3&k=60&n=6000")
    before = title(page, 1).bounding_box()
    node(page, 1, 0).focus()
    press(page, "End")
    last = node(page, 1, 59).bounding_box()
    frame = page.locator(".frame").bounding_box()
    assert last["y"] + last["height"] <= frame["y"] + frame["height"]
    assert title(page, 1).bounding_box() == before


def test_it_follows_the_width_of_the_page(ribbon):
    page = ribbon()
    page.set_viewport_size({"width": 1000, "height": 800})
    page.wait_for_function(
        """() => {
            const root = [...document.querySelectorAll("*")]
                .map(one => one.shadowRoot).find(one => one?.querySelector(".ribbon"));
            const end = [...root.querySelectorAll(".node")].at(-1).getBoundingClientRect().right;
            return end < 1000 && !root.querySelector(".frame.more-right");
        }"""
    )
    right = box_of(page, 2, 1)
    assert bands(page)[1][2] == pytest.approx(right["x"], abs=0.1)


def test_a_single_column_and_a_single_cluster(ribbon):
    page = ribbon("data=one")
    assert page.locator(".node").count() == 3
    assert page.locator(".flow").count() == 0
    node(page, 0, 2).hover()
    assert words(page) == "cluster 2 (k = 4): 31 images"
    page = ribbon("data=whole")
    page.mouse.move(*((bands(page)[0][0] + 50), bands(page)[0][1] + 50))
    assert words(page).startswith("100 images: cluster 0 (k = 1) → cluster 0 (k = 1, seed 2)")


def test_nothing_to_compare_is_said(page):
    page.goto("/?data=none")
    page.get_by_text("No clusterings to compare yet.").wait_for()
    assert not page.locator(".frame").is_visible()


def test_dark_mode_is_followed(ribbon):
    page = ribbon()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        """() => {
            const ribbon = [...document.querySelectorAll("*")]
                .map(one => one.shadowRoot?.querySelector(".ribbon")).find(Boolean);
            const color = getComputedStyle(ribbon).color.match(/\\d+/g).slice(0, 3);
            return ribbon.matches(".dark") && color.every(c => c > 180);
        }"""
    )
