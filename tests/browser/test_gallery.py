"""The gallery alone: order, virtual scrolling, keys, marks, and its signals both ways."""

import hashlib
from itertools import chain

import pytest
from map_driver import wait_for_python, wait_until
from pages.gallery_page import content_of
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
def gallery(page):
    """Open the page with these options."""

    def open_with(options=""):
        page.goto(f"/?show=gallery&{options}")
        page.locator(".card, .empty:visible").first.wait_for()
        return page

    return open_with


def card(page, row):
    return page.locator(f'.card[data-row="{row}"]')


def sources(page):
    """The addresses of the pictures by their position."""
    cards = page.locator(".card:has(img)").evaluate_all(
        "cards => cards.map(card => [card.dataset.position, card.querySelector('img').src])"
    )
    return {int(position): source for position, source in cards}


def pictures(page):
    """What the images show by the row of their card: the SHA-256 of their bytes."""
    page.wait_for_function(
        """() => [...document.querySelectorAll("*")]
            .flatMap(one => [...(one.shadowRoot?.querySelectorAll(".card img") ?? [])])
            .every(image => image.src && image.complete)"""
    )
    digests = page.locator(".card:has(img)").evaluate_all(
        """async cards => Promise.all(cards.map(async card => {
            const bytes = await (await fetch(card.querySelector("img").src)).arrayBuffer();
            const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
            const hex = Array.from(digest, byte => byte.toString(16).padStart(2, "0")).join("");
            return [Number(card.dataset.row), hex];
        }))"""
    )
    return dict(digests)


def expected_pictures(rows):
    return {row: hashlib.sha256(content_of(id_of(row), "small")).hexdigest() for row in rows}


def record_requests(page):
    """The paths of the pictures that are asked for from here on."""
    paths = []

    def note(request):
        if "/test/" in request.url:
            paths.append(request.url.split("/test/")[1])

    page.on("request", note)
    return paths


def rows_shown(page):
    """The rows by their position."""
    cards = page.locator(".card").evaluate_all(
        "cards => cards.map(card => [card.dataset.position, card.dataset.row])"
    )
    return {int(position): int(row) for position, row in cards}


def choose_order(page, name):
    page.get_by_role("radio", name=name, exact=True).click()


def focused_row(page):
    card = page.locator(".card:focus")
    return int(card.get_attribute("data-row")) if card.count() else None


def scroll_top(page):
    return page.locator(".grid").evaluate("grid => grid.scrollTop")


def marked_rows(page):
    return set(
        page.locator('.card[aria-selected="true"]').evaluate_all(
            "cards => cards.map(card => Number(card.dataset.row))"
        )
    )


def test_images_come_in_the_order_of_the_content(gallery):
    page = gallery("n=60")
    shown = rows_shown(page)
    assert len(shown) >= 20
    assert all(row == at for at, row in shown.items())
    drawn = pictures(page)
    assert drawn == expected_pictures(drawn)
    choose_order(page, "backward")
    card(page, 59).and_(page.locator('[data-position="0"]')).wait_for()
    assert all(row == 59 - at for at, row in rows_shown(page).items())
    drawn = pictures(page)
    assert drawn == expected_pictures(drawn)


def test_thumbnails_come_by_the_pack_and_what_has_none_by_itself(page):
    asked = record_requests(page)
    page.goto("/?show=gallery&n=300")
    page.locator(".card").first.wait_for()
    pictures(page)
    rows = rows_shown(page).values()
    packs = [one.removeprefix("packed/").split(",") for one in asked if one.startswith("packed/")]
    assert sorted(chain(*packs)) == sorted(id_of(row) for row in rows)
    assert len(packs) == -(-len(rows) // 64)
    without = {id_of(row) for row in rows if bytes.fromhex(id_of(row))[5] % 16 == 0}
    assert without
    assert {one for one in asked if not one.startswith("packed/")} == {
        f"small/{one}" for one in without
    }


def test_scrolling_back_does_not_fetch_again(gallery):
    page = gallery("n=2000")
    first = pictures(page)
    asked = record_requests(page)
    page.locator(".grid").evaluate("grid => (grid.scrollTop = 5000)")
    card(page, 1).wait_for(state="detached")
    pictures(page)
    assert any(one.startswith("packed/") for one in asked)
    asked.clear()
    page.locator(".grid").evaluate("grid => (grid.scrollTop = 0)")
    card(page, 1).wait_for()
    again = pictures(page)
    assert again == expected_pictures(again)
    assert first.keys() <= again.keys()
    # What came alone is asked for again, of the browser's own cache.
    assert not [one for one in asked if one.startswith("packed/")]


def test_what_was_scrolled_past_is_not_fetched(gallery):
    page = gallery("n=100000")
    pictures(page)
    asked = record_requests(page)
    page.locator(".grid").evaluate(
        """async grid => {
            for (let step = 1; step <= 60; step++) {
                grid.scrollTop = 3000 * step;
                grid.dispatchEvent(new Event("scroll"));
                await Promise.resolve();
            }
        }"""
    )
    drawn = pictures(page)
    assert min(row for row in drawn if row) > 20_000 // 10
    packs = [one for one in asked if one.startswith("packed/")]
    assert 0 < len(packs) < 20


def test_a_pack_that_fails_gives_way_to_single_thumbnails(page):
    # An answer that is cut short: an error status would be logged, and fail the test.
    page.route("**/test/packed/*", lambda route: route.fulfill(body=b"short"))
    asked = record_requests(page)
    page.goto("/?show=gallery&n=60")
    page.locator(".card").first.wait_for()
    drawn = pictures(page)
    assert drawn == expected_pictures(drawn)
    assert {f"small/{id_of(row)}" for row in drawn} <= set(asked)


def test_whoever_waits_is_told_once_the_new_images_are_seen(gallery):
    page = gallery("n=60")
    page.evaluate(
        """() => addEventListener("groupsight:drawn", ({detail}) => {
            const images = [...document.querySelectorAll("*")]
                .flatMap(one => [...(one.shadowRoot?.querySelectorAll(".card img") ?? [])]);
            const seen = images.filter(image => image.complete && image.naturalWidth).length;
            window.drawn = [detail.from, images.length > 0, seen === images.length];
        })"""
    )
    choose_order(page, "backward")
    page.wait_for_function("() => window.drawn")
    assert page.evaluate("window.drawn") == ["gallery", True, True]


def test_only_the_pictures_seen_last_are_kept(page):
    page.goto("/?show=gallery&n=60")
    page.locator(".card").first.wait_for()
    module = next(
        name
        for name in page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
        if name.endswith("/gallery/kept.js")
    )
    kept = page.evaluate(
        """async module => {
            const { Kept } = await import(module);
            const revoked = [];
            const revoke = URL.revokeObjectURL;
            URL.revokeObjectURL = (address) => (revoked.push(address), revoke.call(URL, address));
            const kept = new Kept(2);
            const made = ["a", "b"].map((id) => kept.add(id, URL.createObjectURL(new Blob([id]))));
            kept.get("a");
            kept.add("c", "/somewhere");
            URL.revokeObjectURL = revoke;
            return {
                there: ["a", "b", "c"].map((id) => Boolean(kept.get(id))),
                revoked: revoked.map((address) => made.indexOf(address)),
            };
        }""",
        module,
    )
    assert kept == {"there": [True, False, True], "revoked": [1]}


def test_of_100_000_images_only_those_in_view_exist(gallery):
    page = gallery("n=100000")
    page.get_by_text("100,000 images").wait_for()
    assert page.locator(".card").count() < 100
    page.locator('.card[tabindex="0"]').focus()
    page.keyboard.press("End")
    card(page, 99_999).wait_for()
    assert focused_row(page) == 99_999
    assert pictures(page)[99_999] == expected_pictures([99_999])[99_999]
    assert page.locator(".card").count() < 100
    page.locator(".grid").evaluate("grid => (grid.scrollTop = grid.scrollHeight / 2)")
    card(page, 99_990).wait_for(state="detached")
    middle = page.locator(".card").evaluate_all(
        "cards => cards.map(card => Number(card.dataset.row)).sort((a, b) => a - b)"
    )
    # The active card stays, so that Tab finds it.
    assert 40_000 < middle[0] < middle[-2] < 60_000
    assert middle[-1] == 99_999
    assert len(middle) < 100


def test_a_rerun_sends_little_and_keeps_the_place(gallery):
    page = gallery("n=100000")
    received = []

    def keep(socket):
        socket.on("framereceived", lambda frame: received.append(len(frame)))

    page.on("websocket", keep)
    page.reload()
    page.locator(".card").first.wait_for()
    page.locator(".grid").evaluate("grid => (grid.scrollTop = 5000)")
    received.clear()
    page.get_by_role("button", name="Again").click()
    wait_until(page, lambda: received)
    wait_for_python(page)
    assert 0 < sum(received) < 30_000
    assert scroll_top(page) == 5000


def test_heights_beyond_what_a_browser_can_draw_reach_the_last_image(gallery):
    page = gallery("n=100000&wide=0.3")
    page.get_by_label("Size of the images in pixels").fill("256")
    # One column of some 290 pixels a line: 29 million pixels in all.
    page.locator('img[src*="/test/large/"]').first.wait_for()
    assert page.locator(".spacer").evaluate("one => one.offsetHeight") == 15_000_000
    page.locator('.card[tabindex="0"]').focus()
    page.keyboard.press("End")
    last = card(page, 99_999).bounding_box()
    grid = page.locator(".grid").bounding_box()
    assert grid["y"] <= last["y"]
    assert last["y"] + last["height"] <= grid["y"] + grid["height"] + 1
    page.keyboard.press("ArrowUp")
    above = card(page, 99_998).bounding_box()
    assert grid["y"] - 3 <= above["y"] < last["y"]
    assert page.locator(".card").count() < 20


def test_a_dragged_corner_shows_more(gallery):
    page = gallery("n=2000")
    before = page.locator(".card").count()
    page.locator(".grid").evaluate("grid => (grid.style.height = '800px')")
    page.wait_for_function(
        """before => [...document.querySelectorAll("*")]
            .some(one => one.shadowRoot?.querySelectorAll(".card").length > before + 12)""",
        arg=before,
    )
    assert page.locator(".grid").bounding_box()["height"] == 800
    page.get_by_role("button", name="Again").click()
    page.wait_for_timeout(300)
    assert page.locator(".grid").bounding_box()["height"] == 800


def test_another_order_starts_at_its_beginning(gallery):
    page = gallery("n=2000")
    page.locator(".grid").evaluate("grid => (grid.scrollTop = 5000)")
    choose_order(page, "every third")
    page.get_by_text("667 images").wait_for()
    card(page, 3).wait_for()
    assert scroll_top(page) == 0


def test_keys_walk_along_the_grid_and_open(gallery):
    page = gallery("n=2000")
    page.locator('.card[tabindex="0"]').focus()
    columns = page.locator(".card").evaluate_all(
        "cards => cards.filter(card => / 0px\\)/.test(card.style.transform)).length"
    )
    assert columns > 3
    for key, row in [
        ("ArrowRight", 1), ("ArrowDown", 1 + columns), ("ArrowLeft", columns), ("ArrowUp", 0),
        ("ArrowUp", 0), ("End", 1999), ("ArrowRight", 1999), ("Home", 0),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert focused_row(page) == row, key
    page.keyboard.press("PageDown")
    paged = focused_row(page)
    assert paged > columns
    assert paged % columns == 0
    assert page.locator('.card[tabindex="0"]').count() == 1
    page.keyboard.press("Enter")
    wait_for_event(page, "open", paged)
    assert card(page, paged).get_attribute("aria-current") == "true"
    page.keyboard.press("PageUp")
    assert focused_row(page) == 0


def test_a_click_opens_and_hover_points(gallery):
    page = gallery()
    record_signals(page)
    card(page, 8).hover()
    assert signals_of(page) == [{"row": 8, "from": "gallery"}]
    page.mouse.move(5, 5)
    assert signals_of(page)[-1] == {"row": None, "from": "gallery"}
    card(page, 9).click()
    wait_for_event(page, "open", 9)
    assert "open" in card(page, 9).get_attribute("class")


def test_the_map_rings_a_card_and_scrolls_only_if_asked(gallery):
    page = gallery("n=2000")
    point_from_the_map(page, 7)
    assert page.locator(".card.ringed").get_attribute("data-row") == "7"
    point_from_the_map(page, 1500)
    assert page.locator(".card.ringed").count() == 0
    assert scroll_top(page) == 0
    page = gallery("n=2000&follow")
    point_from_the_map(page, 1500)
    assert page.locator(".card.ringed").get_attribute("data-row") == "1500"
    assert scroll_top(page) > 5000
    point_from_the_map(page, None)
    assert page.locator(".card.ringed").count() == 0


def test_marks_by_mouse_reach_python_as_rows(gallery):
    page = gallery("order=backward")
    card(page, 297).click(modifiers=["Control"])
    card(page, 290).click(modifiers=["Shift"])
    card(page, 294).click(modifiers=["Control"])
    card(page, 285).hover()
    card(page, 285).locator(".box").click()
    expected = {297, 296, 295, 293, 292, 291, 290, 285}
    assert marked_rows(page) == expected
    page.get_by_text("8 marked").wait_for()
    assert log_of(page) == []
    page.get_by_role("button", name="Keep only these").click()
    wait_for_event(page, "mark", "keep", 8, sorted(expected))
    assert marked_rows(page) == set()


def test_marks_by_keys(gallery):
    page = gallery("n=5000")
    page.locator('.card[tabindex="0"]').focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert marked_rows(page) == {0, 2, 3}
    page.get_by_role("button", name="Remove these").click()
    wait_for_event(page, "mark", "remove", 3, [0, 2, 3])
    page.locator('.card[tabindex="0"]').focus()
    page.keyboard.press("Control+a")
    page.get_by_text("5,000 marked").wait_for()
    page.keyboard.press("Escape")
    page.get_by_text("5,000 images").wait_for()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Keep only these").click()
    wait_for_event(page, "mark", "keep", 5000, list(range(20)))


def test_marks_follow_their_images_into_another_order(gallery):
    page = gallery("n=60")
    card(page, 3).click(modifiers=["Control"])
    card(page, 4).click(modifiers=["Control"])
    choose_order(page, "every third")
    page.get_by_text("1 marked").wait_for()
    assert marked_rows(page) == {3}


def test_the_size_is_remembered_and_large_cards_have_names(gallery):
    page = gallery()
    assert not page.locator(".caption").first.is_visible()
    page.get_by_label("Size of the images in pixels").fill("200")
    page.locator('img[src*="/test/large/"]').first.wait_for()
    assert "/small/" not in "".join(sources(page).values())
    assert card(page, 1).locator(".caption").inner_text() == "picture 000001.jpg"
    assert card(page, 0).bounding_box()["width"] >= 200
    page.reload()
    page.locator('img[src*="/test/large/"]').first.wait_for()
    assert card(page, 0).bounding_box()["width"] >= 200


def test_names_are_text_and_what_does_not_load_shows_its_name(gallery):
    page = gallery("n=2000&height=2000")
    broken = next(row for row in range(2000) if bytes.fromhex(id_of(row))[4] % 64 == 0)
    missing = card(page, broken).locator(".missing")
    missing.wait_for()
    assert missing.inner_text() == f"picture {broken:06}.jpg"
    assert missing.is_visible()
    assert card(page, 3).get_attribute("title") == (
        "holiday/day 3/<img src=x onerror=window.hacked=true>.jpg\nlabel kind 0"
    )
    assert card(page, 5).get_attribute("title") == "holiday/day 5/picture 000005.jpg"
    assert page.evaluate("window.hacked") is None


def test_nothing_to_show_says_so(gallery):
    page = gallery("order=empty")
    assert page.locator(".empty").inner_text() == "No images here."
    assert not page.locator(".grid").is_visible()
    choose_order(page, "forward")
    card(page, 0).wait_for()
    assert not page.locator(".empty").is_visible()


def test_a_card_has_the_color_of_its_cluster(gallery):
    page = gallery("k=7")
    color = "picture => getComputedStyle(picture).borderTopColor"
    # Row 3 is in cluster 9 % 7 = 2, whose color is #228833.
    assert card(page, 3).locator(".picture").evaluate(color) == "rgb(34, 136, 51)"


def test_dark_mode_changes_the_text(gallery):
    wait_for_light_text(gallery(), ".count")
