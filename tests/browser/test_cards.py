"""The cluster cards alone: what they show, their order, renaming, choosing and opening."""

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

PAGE = "gallery_page.py"
HOSTILE = "<img src=x onerror=window.hacked=true> & 'more' \"text\""


@pytest.fixture
def cards(page):
    """Open the page with these options; cluster i of k holds the rows whose square is i mod k."""

    def open_with(options=""):
        page.goto(f"/?show=cards&{options}")
        page.locator(".card").first.wait_for()
        return page

    return open_with


def card(page, cluster):
    return page.locator(f'.card[data-cluster="{cluster}"]')


def shown(page):
    return page.locator(".card").evaluate_all(
        "cards => cards.map(one => Number(one.dataset.cluster))"
    )


def rename(page, cluster, text, key):
    card(page, cluster).locator(".name").click()
    field = page.get_by_label("New name")
    field.fill(text)
    field.press(key)


def test_a_card_says_what_python_published(cards):
    page = cards("n=20&k=5")
    # Rows with row² = 1 mod 5 are 1, 4, 6, 9, 11, 14, 16, 19.
    one = card(page, 1)
    assert one.locator(".name-text").inner_text() == "cluster 1"
    assert one.locator(".select").inner_text() == "8 · 40 %"
    rows = one.locator(".image").evaluate_all("all => all.map(one => Number(one.dataset.row))")
    assert rows == [1, 4, 6, 9, 11, 14, 11, 14, 16, 19]
    assert one.locator(".medoid img").get_attribute("src").endswith(f"/small/{id_of(1)}")
    texts = one.locator(".fact").all_inner_texts()
    assert [" ".join(text.split()) for text in texts] == [
        "tightness 0.80", "purity 51 %", "nearest flowers & <b>leaves</b>"
    ]  # fmt: skip
    assert page.get_by_text("8 of 20 images are in one cluster: split it.").is_visible()
    assert page.get_by_text("5 clusters").is_visible()


def test_in_a_narrow_column_a_card_has_room_for_its_name_and_five_images_on_a_line(cards):
    page = cards("n=20&k=5")
    page.set_viewport_size({"width": 300, "height": 900})
    one = card(page, 1)
    wait_until(page, lambda: one.locator(".medoid").bounding_box()["width"] < 60)
    name = one.locator(".name-text")
    assert name.evaluate("one => one.scrollWidth <= one.clientWidth")
    assert name.bounding_box()["width"] > 30
    for group in one.locator(".group").all():
        tops = {image.bounding_box()["y"] for image in group.locator(".image").all()}
        assert len(tops) == 1


def test_the_order_is_chosen_and_remembered(cards):
    page = cards("n=20&k=5")
    assert shown(page) == [0, 1, 2, 3, 4]
    page.get_by_text("Size", exact=True).click()
    # Sizes 4, 8, 0, 0, 8: the larger first, then by number.
    assert shown(page) == [1, 4, 0, 2, 3]
    page.get_by_text("Worst first").click()
    # Badness is a fourth of the number mod 4, and none for cluster 0.
    assert shown(page) == [3, 2, 1, 4, 0]
    page.reload()
    page.locator(".card").first.wait_for()
    assert shown(page) == [3, 2, 1, 4, 0]
    page.get_by_role("radio", name="Worst first").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert shown(page) == [0, 1, 2, 3, 4]


def test_a_new_name_reaches_python_and_all_cards(cards):
    page = cards("n=20&k=5")
    rename(page, 1, "  red \t shoes ", "Enter")
    wait_for_event(page, "rename", 1, "red shoes")
    assert card(page, 1).locator(".name-text").inner_text() == "red shoes"
    # It is the nearest cluster of cluster 0, and named so there.
    card(page, 0).locator(".fact", has_text="red shoes").wait_for()
    assert card(page, 1).locator(".name").evaluate("one => one.matches(':focus')")


def test_escape_keeps_the_name_and_an_empty_one_gives_it_up(cards):
    page = cards("n=20&k=5")
    rename(page, 1, "no", "Escape")
    assert card(page, 1).locator(".name-text").inner_text() == "cluster 1"
    rename(page, 2, "", "Enter")
    wait_for_event(page, "rename", 2, "")
    card(page, 2).locator(".name-text", has_text="cluster 2").wait_for()
    assert log_of(page) == [["rename", 2, ""]]


def test_a_name_is_kept_where_the_field_is_left(cards):
    page = cards("n=20&k=5")
    card(page, 1).locator(".name").click()
    page.get_by_label("New name").fill("left")
    page.get_by_text("5 clusters").click()
    wait_for_event(page, "rename", 1, "left")


def test_hostile_names_are_text(cards):
    page = cards("n=20&k=5")
    rename(page, 1, HOSTILE, "Enter")
    wait_for_event(page, "rename", 1, HOSTILE)
    card(page, 0).locator(".fact", has_text=HOSTILE).wait_for()
    assert card(page, 1).locator(".name-text").inner_text() == HOSTILE
    assert page.locator('img[src="x"]').count() == 0
    assert page.evaluate("window.hacked") is None


def test_a_click_beside_the_images_selects_the_cluster(cards):
    page = cards("n=20&k=5")
    box = card(page, 4).bounding_box()
    page.mouse.click(box["x"] + box["width"] - 8, box["y"] + box["height"] - 8)
    wait_for_event(page, "select", 4)
    assert "selected" in card(page, 4).get_attribute("class")
    card(page, 1).locator(".select").focus()
    page.keyboard.press("Enter")
    wait_for_event(page, "select", 1)
    page.locator('.card.selected[data-cluster="1"]').wait_for()
    assert page.locator(".card.selected").count() == 1


def test_an_image_points_rings_and_opens(cards):
    page = cards("n=20&k=5")
    point_from_the_map(page, 6)
    assert page.locator(".image.ringed").get_attribute("data-row") == "6"
    point_from_the_map(page, None)
    assert page.locator(".image.ringed").count() == 0
    record_signals(page)
    image = card(page, 1).locator('.image[data-row="9"]')
    image.hover()
    assert signals_of(page)[-1] == {"row": 9, "from": "cards"}
    image.click()
    wait_for_event(page, "open", 9)
    assert image.get_attribute("title") == "holiday/day 0/picture 000009.jpg\nlabel kind 0"


def test_a_hundred_clusters_load_only_the_pictures_in_view(cards, page):
    asked = set()
    page.on("request", lambda one: asked.add(one.url) if "/small/" in one.url else None)
    cards("n=3000&k=101")
    assert page.locator(".card").count() == 101
    wait_until(page, lambda: asked)
    page.wait_for_timeout(500)
    assert 0 < len(asked) < page.locator(".image").count() / 2
    last = card(page, 100)
    last.scroll_into_view_if_needed()
    picture = last.locator(".medoid img")
    wait_for_picture(picture)
    assert picture.get_attribute("src").endswith(id_of(10))


def test_dark_mode_changes_the_text(cards):
    wait_for_light_text(cards(), ".count")
