"""The steps alone: what they tell, unfolding, showing, selecting, opening, and their keys."""

import pytest
from map_driver import wait_for_picture, wait_until
from pages.serving import (
    id_of,
    log_of,
    point_from_the_map,
    record_signals,
    signals_of,
    wait_for_event,
    wait_for_light_text,
)

PAGE = "steps_page.py"
HOSTILE = "<img src=x onerror=window.hacked=true> & 'more' \"text\""


@pytest.fixture
def steps(page):
    """Open the page with these options: step i goes from i + 2 to i + 3 clusters."""

    def open_with(options=""):
        page.goto(f"/?{options}" if "wide" in options else f"/?wide=4&{options}")
        page.locator(".step:visible, .empty:visible").first.wait_for()
        return page

    return open_with


def step(page, at):
    return page.locator(".step").nth(at)


def strip(page, at_step, at):
    return step(page, at_step).locator(".strip").nth(at)


def wait_for_images(part):
    part.locator(".line .image").first.wait_for()


def rows_in(part):
    return part.locator(".line .image").evaluate_all(
        "all => all.map(one => Number(one.dataset.row))"
    )


def unfolded(page):
    return page.locator(".step").evaluate_all(
        """all => all.flatMap((one, at) =>
            one.querySelector(".fold")?.getAttribute("aria-expanded") === "true" ? [at] : [])"""
    )


def present(page):
    return page.locator(".step").evaluate_all(
        "all => all.flatMap((one, at) => one.getAttribute('aria-current') === 'step' ? [at] : [])"
    )


def status(page):
    return page.locator(".spoken").inner_text()


def focused(page):
    return page.evaluate(
        """() => {
            const inner = [...document.querySelectorAll("*")]
                .map(one => one.shadowRoot).find(one => one?.querySelector(".steps"));
            const { className, dataset } = inner.activeElement ?? { className: "", dataset: {} };
            return [className, dataset.row ?? null];
        }"""
    )


def record_packs(page):
    """The ids of the thumbnails that are asked for from here on."""
    asked = []

    def note(request):
        if "/test/packed/" in request.url:
            asked.extend(request.url.split("/")[-1].split(","))

    page.on("request", note)
    return asked


def test_the_steps_say_what_python_published(steps):
    page = steps("n=300&size=12&strips=3&present=1")
    assert page.locator(".step .title").all_inner_texts() == [
        "2 → 3 clusters", "3 → 4 clusters", "4 → 5 clusters", "5 → 6 clusters", "6 → 7 clusters",
    ]  # fmt: skip
    assert step(page, 1).locator(".sentences li").all_inner_texts() == [
        "cluster 0 split cleanly in two (97 %): cluster 0 and cluster 3",
        f"{HOSTILE} kept 88 % of its images",
        "36 images were reshuffled (12.0 %)",
    ]
    # Step 0 has nothing to unfold.
    assert step(page, 0).locator(".sentences").inner_text() == "nothing changed"
    assert step(page, 0).locator(".fold").count() == 0
    assert page.locator(".fold").count() == 4


def test_the_present_step_is_marked_and_unfolded(steps):
    page = steps("present=1")
    assert (present(page), unfolded(page)) == ([1], [1])
    assert step(page, 1).locator(".show").inner_text() == "k = 4 is shown"
    assert step(page, 2).locator(".show").inner_text() == "Show k = 5"
    assert page.locator(".strip").count() == 3


def test_a_strip_lies_between_the_medoids_of_both_clusters(steps):
    page = steps("n=300&size=12&strips=3&present=1")
    # Step 1 starts at row 37, its third strip 24 rows later; it goes from cluster 2 to 3.
    third = strip(page, 1, 2)
    third.scroll_into_view_if_needed()
    wait_for_images(third)
    assert rows_in(third) == list(range(61, 73))
    assert third.locator(".end-name").all_inner_texts() == ["flowers & <b>leaves</b>", HOSTILE]
    medoids = third.locator(".end .image")
    assert medoids.evaluate_all("all => all.map(one => one.dataset.row)") == ["2", "3"]
    left, right = (medoids.nth(at).bounding_box() for at in (0, 1))
    images = third.locator(".line .image").first.bounding_box()
    assert left["x"] + left["width"] < images["x"] < right["x"]
    assert third.get_attribute("aria-label") == (
        f"12 images went from flowers & <b>leaves</b> to {HOSTILE}"
    )
    color = "one => getComputedStyle(one.querySelector('.picture')).borderTopColor"
    assert medoids.first.evaluate(color) == "rgb(34, 136, 51)"


def test_a_thumbnail_is_that_of_its_row(steps, page):
    asked = record_packs(page)
    steps("n=300&size=12&strips=1&present=1")
    wait_for_images(strip(page, 1, 0))
    picture = page.locator('.line .image[data-row="40"] img')
    wait_for_picture(picture)
    assert id_of(40) in asked


def test_hostile_names_are_text(steps):
    page = steps("present=1")
    page.locator(".end-name", has_text="<img src=x").first.wait_for()
    assert page.locator('img[src="x"]').count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_cluster_without_a_medoid_has_an_empty_frame(steps):
    page = steps("present=4&strips=6&height=2000")
    # The sixth strip leaves cluster 5, which has no medoid.
    last = strip(page, 4, 5)
    last.scroll_into_view_if_needed()
    wait_for_images(last)
    assert last.locator(".end.before .image").count() == 0
    assert last.locator(".end.before .picture").is_visible()


def test_the_present_step_is_scrolled_to_in_the_list_alone(steps):
    page = steps("steps=60&present=40&strips=2&height=500")
    wait_for_images(strip(page, 40, 0))
    frame, shown = page.locator(".steps").bounding_box(), step(page, 40).bounding_box()
    assert frame["height"] == 500
    assert frame["y"] <= shown["y"] < frame["y"] + 300
    scrolled = page.evaluate(
        "[...document.querySelectorAll('*')].filter(one => one.scrollTop > 0).length"
    )
    assert scrolled == 0


def test_show_tells_python_and_the_mark_moves(steps):
    page = steps("present=1&steps=8&strips=1")
    button = step(page, 3).locator(".show")
    button.focus()
    button.scroll_into_view_if_needed()
    top = step(page, 3).bounding_box()["y"]
    page.keyboard.press("Enter")
    wait_for_event(page, "step", 3)
    page.locator('.step.present .show:has-text("k = 6 is shown")').wait_for()
    # What was asked for here moves nothing: the step stays under the pointer.
    assert (present(page), unfolded(page)) == ([3], [1, 3])
    assert abs(step(page, 3).bounding_box()["y"] - top) <= 1
    assert focused(page)[0] == "show"
    assert status(page) == "k = 6 is shown"
    page.keyboard.press("Enter")  # it is there already
    page.wait_for_timeout(300)
    assert log_of(page) == [["step", 3]]


def test_what_unfolded_by_itself_folds_by_itself(steps):
    page = steps("present=1&steps=5&strips=1")
    step(page, 2).locator(".show").click()
    page.locator('.show:has-text("k = 5 is shown")').wait_for()
    page.get_by_role("button", name="Next k").click()
    page.locator('.show:has-text("k = 6 is shown")').wait_for()
    assert (present(page), unfolded(page)) == ([3], [3])


def test_folding_keeps_the_title_where_it_is(steps):
    page = steps("present=1&steps=30&strips=20")
    wait_for_images(strip(page, 1, 0))
    page.locator(".steps").hover()
    page.mouse.wheel(0, 1500)
    wait_until(page, lambda: page.locator(".steps").evaluate("one => one.scrollTop") >= 1500)
    fold = step(page, 1).locator(".fold")
    top = fold.bounding_box()["y"]  # over its strips, at the top of the list
    assert abs(top - page.locator(".steps").bounding_box()["y"]) < 20
    fold.click()
    assert unfolded(page) == []
    assert abs(fold.bounding_box()["y"] - top) <= 1


def test_what_a_hand_unfolded_stays_unfolded(steps):
    page = steps("present=1&steps=5&strips=1")
    step(page, 2).locator(".fold").click()
    wait_for_images(strip(page, 2, 0))
    page.get_by_role("button", name="Next k").click()
    page.locator('.show:has-text("k = 5 is shown")').wait_for()
    page.get_by_role("button", name="Next k").click()
    page.locator('.show:has-text("k = 6 is shown")').wait_for()
    assert unfolded(page) == [2, 3]
    step(page, 2).locator(".fold").click()
    assert unfolded(page) == [3]
    assert step(page, 2).locator(".strip").count() == 0


def test_a_strips_images_are_selected_and_marked(steps):
    page = steps("present=2&strips=3&size=12")
    strip(page, 2, 1).locator(".select").click()
    wait_for_event(page, "strip", 2, 1)
    chosen = page.locator(".strip.chosen")
    chosen.wait_for()
    assert chosen.locator(".select").inner_text() == "12 images selected"
    assert chosen.evaluate("one => [...one.parentElement.children].indexOf(one)") == 1
    assert status(page) == "Selected: 12 images went from cluster 1 to flowers & <b>leaves</b>"
    strip(page, 2, 0).locator(".select").click()
    wait_for_event(page, "strip", 2, 0)
    strip(page, 2, 0).and_(page.locator(".chosen")).wait_for()
    assert chosen.count() == 1


@pytest.mark.parametrize(
    ("width", "options"),
    [
        (1500, "steps=30&present=1&strips=8&chosen=20,6&height=500"),
        (700, "wide=100&present=4&chosen=4,2"),  # its images, once drawn, make it higher
    ],
)
def test_what_is_chosen_elsewhere_unfolds_and_comes_into_view(steps, page, width, options):
    page.set_viewport_size({"width": width, "height": 900})
    steps(f"{options}&size=40")
    chosen = page.locator(".strip.chosen")
    wait_for_images(chosen)

    def is_in_view():
        frame, box = page.locator(".steps").bounding_box(), chosen.bounding_box()
        below = box["y"] + box["height"] - frame["y"] - frame["height"]
        return frame["y"] <= box["y"] and below <= 1

    wait_until(page, is_in_view)
    assert is_in_view()


def test_an_image_points_rings_and_opens(steps):
    page = steps("present=1&strips=1&size=12")
    wait_for_images(strip(page, 1, 0))
    point_from_the_map(page, 40)
    ringed = page.locator(".image.ringed")
    assert ringed.evaluate_all("all => all.map(one => one.dataset.row)") == ["40"]
    point_from_the_map(page, None)
    assert ringed.count() == 0
    record_signals(page)
    image = page.locator('.line .image[data-row="41"]')
    image.hover()
    assert signals_of(page)[-1] == {"row": 41, "from": "steps"}
    page.get_by_role("button", name="Next k").hover()
    assert signals_of(page)[-1] == {"row": None, "from": "steps"}
    image.click()
    wait_for_event(page, "open", 41)
    page.locator('.image.open[data-row="41"]').wait_for()
    assert image.get_attribute("aria-label") == "Open holiday/day 5/picture 000041.jpg"
    page.locator(".end.before .image").click()
    wait_for_event(page, "open", 0)


def test_everything_is_reached_by_keys(steps):
    page = steps("present=1&strips=1&size=12")
    wait_for_images(strip(page, 1, 0))
    step(page, 1).locator(".fold").focus()
    seen = []
    for _ in range(6):
        seen.append(focused(page))
        page.keyboard.press("Tab")
    # One stop for all images of the strip, whose first row is 37.
    assert seen == [
        ["fold", None], ["show", None], ["image", "0"], ["select", None], ["image", "37"],
        ["image", "1"],
    ]  # fmt: skip
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    record_signals(page)
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home"):
        page.keyboard.press(key)
    rows = [one["row"] for one in signals_of(page) if one["row"] is not None]
    assert rows == [38, 39, 38, 48, 37]
    columns = int(page.locator(".line").evaluate("one => one.style.getPropertyValue('--columns')"))
    page.keyboard.press("ArrowDown")
    assert focused(page) == ["image", str(min(48, 37 + columns))]
    page.keyboard.press("Enter")
    wait_for_event(page, "open", min(48, 37 + columns))
    page.keyboard.press("Escape")
    assert focused(page) == ["fold", None]
    assert signals_of(page)[-1]["row"] is None
    page.keyboard.press("Enter")
    assert unfolded(page) == []


def test_as_many_images_as_fit_and_then_more(steps):
    page = steps("n=3000&size=450&present=1&strips=1&height=3000")
    line = strip(page, 1, 0).locator(".line")
    wait_for_images(strip(page, 1, 0))
    columns = int(line.evaluate("one => one.style.getPropertyValue('--columns')"))
    shown = 2 * columns - 1
    assert rows_in(strip(page, 1, 0)) == list(range(37, 37 + shown))
    more = page.locator(".more")
    assert more.inner_text().split() == ["+", str(450 - shown), "more"]
    # Python sent 200 rows: the first 2 c - 1, and then those that are left of them.
    assert more.get_attribute("aria-label") == f"Show {200 - shown} more"
    more.click()
    assert rows_in(strip(page, 1, 0)) == list(range(37, 237))
    assert focused(page) == ["image", str(37 + shown)]
    assert status(page) == "200 of 450 images are shown"
    assert more.get_attribute("aria-label") == "Select all 450 images, to see the other 250"
    more.click()
    wait_for_event(page, "strip", 1, 0)


def test_copies_are_counted_but_not_missed(steps):
    page = steps("size=12&copies=3&present=1&strips=1")
    wait_for_images(strip(page, 1, 0))
    select = page.locator(".select")
    assert select.inner_text() == "Select 15 images"
    assert select.get_attribute("title") == "15 images, 3 of them copies of others"
    assert len(rows_in(strip(page, 1, 0))) == 12
    assert page.locator(".more").count() == 0


def test_a_single_image_is_one(steps):
    page = steps("steps=2&size=1&present=1&strips=1")
    wait_for_images(strip(page, 1, 0))
    assert page.locator(".select").inner_text() == "Select 1 image"


def test_a_narrow_column_holds_everything(steps):
    page = steps("wide=1000&present=1&size=40&strips=2")
    page.set_viewport_size({"width": 376, "height": 900})
    first = strip(page, 1, 0)
    page.wait_for_function(
        """() => [...document.querySelectorAll("*")].some(one => {
            const line = one.shadowRoot?.querySelector(".line");
            return line && Number(line.style.getPropertyValue("--columns")) < 7;
        })"""
    )
    list_ = page.locator(".steps")
    assert list_.bounding_box()["width"] < 360
    assert list_.evaluate("one => one.scrollWidth <= one.clientWidth")
    left, right = (first.locator(".end").nth(at).bounding_box() for at in (0, 1))
    images = first.locator(".line").bounding_box()
    assert left["x"] < right["x"]
    assert abs(left["y"] - right["y"]) < 2
    assert images["y"] > left["y"] + left["height"]
    columns = int(first.locator(".line").evaluate("one => one.style.getPropertyValue('--columns')"))
    assert len(rows_in(first)) == 2 * columns - 1


def test_in_a_page_from_right_to_left_k_still_grows_to_the_right(steps):
    page = steps("present=1")
    wait_for_images(strip(page, 1, 0))
    page.evaluate("document.documentElement.dir = 'rtl'")
    ends = strip(page, 1, 0).locator(".end")
    assert ends.nth(0).bounding_box()["x"] < ends.nth(1).bounding_box()["x"]


def test_without_steps_a_sentence_says_so(steps):
    page = steps("steps=0")
    assert page.locator(".empty").inner_text() == "No steps to show yet."
    assert not page.locator(".steps").is_visible()
    page.get_by_role("button", name="Add a step").click()
    page.locator(".step").wait_for()
    assert not page.locator(".empty").is_visible()
    assert page.locator(".sentences").inner_text() == "nothing changed"


def test_a_step_that_is_added_disturbs_nothing(steps):
    page = steps("present=1&steps=3&strips=1")
    wait_for_images(strip(page, 1, 0))
    page.evaluate(
        """() => {
            const steps = [...document.querySelectorAll("*")]
                .map(one => one.shadowRoot?.querySelector(".steps")).find(Boolean);
            window.kept = steps.querySelector(".line .image");
        }"""
    )
    step(page, 1).locator(".fold").click()
    step(page, 2).locator(".fold").click()
    wait_for_images(strip(page, 2, 0))
    image = strip(page, 2, 0).locator(".line .image").nth(3)
    handle = image.element_handle()
    image.evaluate("one => one.focus()")
    page.get_by_role("button", name="Add a step").evaluate("one => one.click()")
    step(page, 3).wait_for()
    assert handle.evaluate("one => one.isConnected && one.matches(':focus')")
    assert unfolded(page) == [2]  # the present one was folded by hand, and is no news


def test_of_many_only_what_is_seen_is_drawn(steps, page):
    asked = record_packs(page)
    steps("n=3000&steps=98&strips=400&size=30&present=50")
    wait_for_images(strip(page, 50, 0))
    wait_until(page, lambda: asked)
    page.wait_for_timeout(500)
    assert page.locator(".step").count() == 98
    assert page.locator(".strip").count() == 400
    assert 0 < len(asked) < 300
    last = strip(page, 50, 399)
    last.scroll_into_view_if_needed()
    wait_for_images(last)
    # 37 for each step, 30 for each strip, and around again after 3,000.
    assert rows_in(last)[0] == (37 * 50 + 30 * 399) % 3000
    assert page.locator(".image").count() < 500


def test_a_rerun_is_small(steps, page):
    frames = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda one: frames.append(len(one))),
    )
    steps("n=3000&steps=98&strips=100&size=30&present=50")
    wait_for_images(strip(page, 50, 0))
    frames.clear()
    strip(page, 50, 0).locator(".select").click()
    page.locator(".strip.chosen").wait_for()
    assert 0 < sum(frames) < 15_000  # most of it is the style sheet


def test_dark_mode_changes_the_text(steps):
    wait_for_light_text(steps(), ".steps")
