"""The inspector alone: the image, its facts, its neighbours, and going back and forth."""

import pytest
from pages.serving import (
    id_of,
    log_of,
    point_from_the_map,
    record_signals,
    signals_of,
    wait_for_event,
    wait_for_light_text,
)

PAGE = "gallery_page.py"


@pytest.fixture
def inspector(page):
    """Open the page, where row 4 of 300 is open, with these options."""

    def open_with(options=""):
        page.goto(f"/?show=inspector&{options}")
        page.locator(".facts").wait_for()
        return page

    return open_with


def image(page):
    return page.locator(".stage img")


def wait_for_image(page, row):
    page.locator(f'.stage img[src$="/full/{id_of(row)}"]').wait_for()


def facts(page):
    return dict(
        zip(
            page.locator("dt").all_inner_texts(),
            page.locator("dd").all_inner_texts(),
            strict=True,
        )
    )


def test_the_image_and_its_facts_are_those_of_the_row(inspector):
    page = inspector("k=7")
    wait_for_image(page, 4)
    assert image(page).evaluate("image => image.decode().then(() => image.naturalWidth)") == 900
    assert page.locator(".title").inner_text() == "picture 000004.jpg"
    assert page.get_by_text("5 of 300").is_visible()
    shown = facts(page)
    assert shown["Path"] == "/data/holiday/day 4/picture 000004.jpg"
    # 16 % 7 = 2, which was named so.
    assert shown["Cluster"] == "flowers & <b>leaves</b>"
    swatch = page.locator(".swatch").evaluate("one => getComputedStyle(one).backgroundColor")
    assert swatch == "rgb(34, 136, 51)"


def test_the_thumbnail_stands_in_until_the_image_is_there(inspector):
    page = inspector()
    wait_for_image(page, 4)
    # Small enough to be whole before the image is asked for; then the image is let through.
    page.evaluate(
        """() => {
            window.seen = [];
            const image = [...document.querySelectorAll("*")]
                .map(one => one.shadowRoot?.querySelector(".stage img")).find(Boolean);
            new MutationObserver(() => seen.push(image.src))
                .observe(image, {attributes: true, attributeFilter: ["src"]});
        }"""
    )
    page.get_by_role("button", name="Next").click()
    wait_for_image(page, 5)
    seen = page.evaluate("window.seen")
    assert [source.split("/test/")[1] for source in seen] == [
        f"small/{id_of(5)}", f"full/{id_of(5)}"
    ]  # fmt: skip


def test_buttons_and_keys_go_back_and_forth_along_the_order(inspector):
    page = inspector("order=backward")
    page.get_by_text("296 of 300").wait_for()
    page.get_by_role("button", name="Next").click()
    wait_for_event(page, "open", 3)
    wait_for_image(page, 3)
    page.get_by_role("button", name="Previous").focus()
    page.keyboard.press("ArrowLeft")
    wait_for_event(page, "open", 4)
    page.keyboard.press("ArrowRight")
    wait_for_event(page, "open", 3)
    page.get_by_role("button", name="Again").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("]")
    wait_for_event(page, "open", 2)
    page.keyboard.press("[")
    wait_for_event(page, "open", 3)
    assert [row for _, row in log_of(page)] == [3, 4, 3, 2, 3]


def test_a_key_held_down_ends_where_it_was_released(inspector):
    page = inspector()
    page.evaluate(
        """() => {
            window.titles = [];
            const title = [...document.querySelectorAll("*")]
                .map(one => one.shadowRoot?.querySelector(".title")).find(Boolean);
            new MutationObserver(() => titles.push(title.textContent))
                .observe(title, {childList: true});
        }"""
    )
    page.get_by_role("button", name="Next").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.get_by_text("11 of 300").wait_for()
    wait_for_event(page, "open", 10)
    page.locator(".inspector:not(.waiting)").wait_for()
    assert facts(page)["Path"].endswith("picture 000010.jpg")
    # Answers to the earlier presses brought none of their images back.
    titles = page.evaluate("window.titles")
    assert titles == sorted(titles)
    assert len(set(titles)) == 6
    wait_for_image(page, 10)


def test_brackets_stay_text_in_a_text_field(inspector):
    page = inspector()
    field = page.get_by_label("A text field")
    field.focus()
    page.keyboard.type("a[b]")
    assert field.input_value() == "a[b]"
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert log_of(page) == []
    assert page.get_by_text("5 of 300").is_visible()


def test_the_way_ends_at_both_ends(inspector):
    page = inspector("n=5")
    assert page.get_by_role("button", name="Next").is_disabled()
    page.keyboard.press("]")
    for row in (3, 2, 1, 0):
        page.keyboard.press("[")
        wait_for_event(page, "open", row)
    assert page.get_by_role("button", name="Previous").is_disabled()
    page.keyboard.press("[")
    assert len(log_of(page)) == 4


def test_neighbours_open_point_and_are_ringed(inspector):
    page = inspector("order=every third")
    neighbors = page.locator(".neighbor")
    assert [one.split()[-1] for one in neighbors.all_inner_texts()][:3] == [
        "0.125",
        "0.25",
        "0.375",
    ]
    rows = neighbors.evaluate_all("all => all.map(one => Number(one.dataset.row))")
    assert rows == list(range(5, 15))
    assert neighbors.nth(2).locator("img").get_attribute("src").endswith(id_of(7))
    point_from_the_map(page, 6)
    assert page.locator(".neighbor.ringed").get_attribute("data-row") == "6"
    record_signals(page)
    neighbors.nth(3).hover()
    assert signals_of(page)[-1] == {"row": 8, "from": "inspector"}
    neighbors.nth(3).click()
    wait_for_event(page, "open", 8)
    wait_for_image(page, 8)
    page.get_by_text("not among the 100").wait_for()
    # One's place on the way is not lost.
    page.get_by_role("button", name="Next").click()
    wait_for_event(page, "open", 0)


def test_the_switch_draws_and_erases_the_edges(inspector):
    page = inspector()
    switch = page.get_by_role("switch", name="Draw them on the map")
    switch.click()
    wait_for_event(page, "edges", True)
    assert switch.is_checked()
    switch.click()
    wait_for_event(page, "edges", False)


def test_escape_closes_and_so_does_the_button(inspector):
    page = inspector()
    page.get_by_role("button", name="Next").focus()
    page.keyboard.press("Escape")
    wait_for_event(page, "open", None)
    page.locator(".inspector").wait_for(state="detached")
    page = inspector()
    page.get_by_role("button", name="Close").click()
    wait_for_event(page, "open", None)


def test_the_path_is_copied(inspector, chromium):
    page = inspector()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy path").click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "/data/holiday/day 4/picture 000004.jpg"
    page.get_by_role("button", name="Copy path").wait_for()


def test_without_a_clipboard_the_path_is_copied_the_old_way(inspector):
    page = inspector()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.get_by_role("button", name="Copy path").click()
    page.get_by_role("button", name="Copied").wait_for()
    field = page.get_by_label("A text field")
    field.focus()
    page.keyboard.press("Control+v")
    assert field.input_value() == "/data/holiday/day 4/picture 000004.jpg"


def test_a_click_shows_all_pixels_around_the_place(inspector):
    page = inspector()
    wait_for_image(page, 4)
    stage = page.locator(".stage")
    box = stage.bounding_box()
    stage.click(position={"x": box["width"] / 2, "y": box["height"] * 0.9})
    assert image(page).bounding_box()["width"] == 900
    assert stage.evaluate("one => one.scrollTop") > 450
    stage.click()
    assert image(page).bounding_box()["width"] <= box["width"]


def test_tiny_images_are_enlarged_with_sharp_pixels(inspector):
    page = inspector("tiny")
    tiny = page.locator(f'.stage img[src$="/tiny/{id_of(4)}"].tiny')
    tiny.wait_for()
    assert tiny.evaluate("one => getComputedStyle(one).imageRendering") == "pixelated"
    assert tiny.bounding_box()["height"] > 200


def test_hostile_names_are_text(inspector):
    page = inspector("order=backward")
    page.get_by_role("button", name="Next").click()
    wait_for_event(page, "open", 3)
    page.get_by_text("/data/holiday/day 3/<img src=x onerror=window.hacked=true>.jpg").wait_for()
    assert page.evaluate("window.hacked") is None


def test_dark_mode_changes_the_text(inspector):
    wait_for_light_text(inspector(), ".title")
