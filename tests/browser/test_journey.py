"""One user's way through the demo: opening it, an image, the CSV, the data page."""

import csv

import pytest
from browser import serve
from map_driver import loneliest, point_places, wait_for_map

from core.images import identify
from core.sources import open_source

DEMO = "/?source=digits&weights=embedded&k=10"


@pytest.fixture(scope="module")
def server(digits):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GROUPSIGHT_PRELOAD")
        yield from _serve(digits)


def _serve(digits):
    with serve(digits.cache.path) as address:
        yield address


@pytest.fixture(scope="module")
def digit_ids():
    digits = open_source("digits")
    return [identify(digits.read(position)) for position in range(len(digits.entries))]


@pytest.fixture
def demo(page):
    page.goto(DEMO)
    wait_for_map(page)
    return page


def test_a_newcomer_opens_the_demo_with_one_click(page, digit_ids):
    page.goto("/")
    page.get_by_role("button", name="Try 1,797 handwritten digits").click()
    wait_for_map(page)
    page.get_by_text("10 clusters").wait_for()
    assert set(point_places(page)) == set(digit_ids)
    # The names in the link are the choice: who gets it sees the same.
    for part in ("source=digits", "weights=embedded", "k=10"):
        page.wait_for_url(lambda url, part=part: part in url)


def test_a_click_on_a_point_opens_its_image(demo):
    places = point_places(demo)
    lonely = loneliest(places)
    demo.mouse.move(*places[lonely])
    demo.mouse.click(*places[lonely])
    demo.locator(f'.stage img[src$="/image/{lonely}"]').wait_for()
    demo.get_by_text("1 image:").wait_for()
    assert demo.locator(".grid .card").count() == 1


def test_the_csv_holds_one_row_an_image_and_its_cluster(demo, tmp_path):
    demo.get_by_role("button", name="Take away").click()
    with demo.expect_download() as download:
        demo.get_by_role("button", name="Download the CSV").click()
    target = tmp_path / "clusters.csv"
    download.value.save_as(target)
    assert "embedded-67d99a16" in download.value.suggested_filename
    rows = list(csv.DictReader(target.read_text().splitlines()))
    assert len(rows) == 1_797
    assert {"path", "ImageID", "label", "cluster", "fit", "x", "y"} <= set(rows[0])
    assert {row["cluster"] for row in rows} == {str(number) for number in range(10)}


def test_the_data_page_keeps_the_view(demo):
    demo.get_by_role("link", name="Data").click()
    demo.get_by_text("How the features were made").wait_for()
    assert "source=digits" in demo.url
    demo.go_back()
    wait_for_map(demo)
