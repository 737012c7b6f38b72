"""One user's way through the demo: map, lasso, gallery, another k, the CSV."""

import csv

import numpy as np
import pytest
from map_driver import circle, draw_lasso, is_inside, loneliest, point_places, wait_for_map

from core.images import identify
from core.sources import open_source

DEMO = "/?source=digits&weights=embedded&k=10"


@pytest.fixture(scope="session")
def digit_ids():
    digits = open_source("digits")
    return [identify(digits.read(position)) for position in range(len(digits.entries))]


@pytest.fixture
def demo(page):
    page.goto(DEMO)
    wait_for_map(page)
    return page


def lasso_some(page):
    """Draw around an island of the map; give back the ids inside, found independently."""
    places = point_places(page)
    polygon = circle(*island(np.array(list(places.values()))))
    draw_lasso(page, polygon)
    return {one for one, place in places.items() if is_inside(place, polygon)}


def island(places):
    """Center and radius of a circle with 20 to 110 points in it and the widest empty rim.

    The wider the rim, the less a pixel's rounding of the line can change what is inside.
    """
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    reach = np.sort(distances, axis=1)[:, 20:112]
    rims = np.diff(reach, axis=1)
    center, rank = np.unravel_index(rims.argmax(), rims.shape)
    return tuple(places[center].tolist()), float(reach[center, rank : rank + 2].mean())


def shown_ids(page):
    return set(page.locator(".card").evaluate_all("cards => cards.map(card => card.dataset.id)"))


def set_k(page, keys):
    page.locator("input[type=range]").first.focus()
    for key in keys:
        page.keyboard.press(key)


def test_extraction_shows_progress_survives_a_reload_and_ends_in_the_map(page, digit_ids):
    page.goto(DEMO)
    page.get_by_text("images a second").wait_for()
    page.reload()
    page.get_by_text("of 1,797 images").wait_for()
    wait_for_map(page)
    assert set(point_places(page)) == set(digit_ids)


def test_a_lasso_fills_the_gallery_with_exactly_the_images_inside(demo):
    expected = lasso_some(demo)
    assert 20 < len(expected) <= 120
    demo.get_by_text(f"{len(expected):,} images:").wait_for()
    demo.locator(".card").nth(len(expected) - 1).wait_for()
    assert shown_ids(demo) == expected


def test_a_thumbnail_is_the_image_it_stands_for(demo, digit_ids):
    lasso_some(demo)
    card = demo.locator(".card").first
    card.wait_for()
    image = card.locator("img")
    image.evaluate("image => image.decode()")
    path = image.get_attribute("src")
    assert path.endswith(card.get_attribute("data-id"))
    # The title names the digit's row in scikit-learn's order.
    row = int(card.get_attribute("title").split("/")[1][:4])
    assert digit_ids[row] == card.get_attribute("data-id")


def test_a_click_on_a_card_opens_the_image(demo):
    lasso_some(demo)
    card = demo.locator(".card").nth(2)
    name = card.get_attribute("title").split("\n")[0]
    card.click()
    demo.get_by_role("img", name=name).first.wait_for()
    opened = demo.locator(f'img[src$="/image/{card.get_attribute("data-id")}"]')
    opened.evaluate("image => image.decode()")
    assert opened.evaluate("image => image.naturalWidth") == 8
    demo.get_by_role("button", name="Close").click()
    opened.wait_for(state="detached")


def test_a_click_on_a_point_opens_its_image(demo):
    places = point_places(demo)
    lonely = loneliest(places)
    demo.mouse.move(*places[lonely])
    demo.wait_for_timeout(300)
    demo.mouse.click(*places[lonely])
    demo.locator(f'img[src$="/image/{lonely}"]').wait_for()


def test_another_k_regroups_and_keeps_the_selection_and_the_link(demo):
    expected = lasso_some(demo)
    demo.get_by_text(f"{len(expected):,} images:").wait_for()
    before = point_places(demo)
    set_k(demo, ["ArrowRight"])
    demo.get_by_text("cluster 10 (").wait_for()
    wait_for_map(demo)
    assert "k=11" in demo.url
    assert demo.get_by_text(f"{len(expected):,} images:").count() == 1
    assert set(point_places(demo)) == set(before)


def test_the_csv_holds_one_row_an_image_and_its_cluster(demo, tmp_path):
    with demo.expect_download() as download:
        demo.get_by_role("button", name="Clusters (CSV)").click()
    target = tmp_path / "clusters.csv"
    download.value.save_as(target)
    assert "embedded-67d99a16" in download.value.suggested_filename
    rows = list(csv.DictReader(target.read_text().splitlines()))
    assert len(rows) == 1_797
    assert set(rows[0]) == {"path", "ImageID", "label", "cluster"}
    assert {row["cluster"] for row in rows} == {str(number) for number in range(10)}


def test_the_data_page_keeps_the_view(demo):
    demo.get_by_role("link", name="Data").click()
    demo.get_by_text("How the features were made").wait_for()
    assert "source=digits" in demo.url
    demo.go_back()
    wait_for_map(demo)


def test_dark_mode_changes_the_page_and_keeps_the_map(demo):
    demo.emulate_media(color_scheme="dark")
    demo.wait_for_function(
        "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor"
        ".match(/\\d+/g).slice(0, 3).every(value => Number(value) < 60)"
    )
    wait_for_map(demo)
    assert len(point_places(demo)) == 1_797
