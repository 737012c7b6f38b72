"""A folder of one's own in the browser: progress, stopping, going on, and what cannot be read."""

from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from browser import serve
from map_driver import PATIENCE_MS, point_places, wait_for_map
from PIL import Image
from playwright.sync_api import expect

from core.images import identify

COUNT = 200
HELD = Path(__file__).with_name("pages") / "held_dashboard.py"


@pytest.fixture(scope="module")
def go(tmp_path_factory):
    """Extraction goes on while this file is there."""
    return tmp_path_factory.mktemp("go") / "go"


@pytest.fixture(scope="module")
def server(tmp_path_factory, go):
    cache = tmp_path_factory.mktemp("server") / "cache.sqlite"
    with serve(cache, program=(str(HELD), str(go))) as address:
        yield address


@pytest.fixture
def folder(tmp_path, go):
    """Images that all differ, also from those of the other tests, and that are not extracted."""
    go.unlink(missing_ok=True)
    target = tmp_path / "images"
    target.mkdir()
    generator = np.random.default_rng(list(tmp_path.name.encode()))
    for number in range(COUNT):
        save(target / f"{number:03}.jpg", generator.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    return target


def save(file, blocks):
    Image.fromarray(blocks).resize((160, 120)).save(file)


def open_folder(page, folder):
    link = {"source": folder, "weights": "embedded", "batch_size": 20}
    page.goto(f"/?{urlencode(link)}")
    page.get_by_text("images a second").wait_for(timeout=PATIENCE_MS)


def test_extraction_shows_progress_survives_a_reload_and_ends_in_the_map(page, folder, go):
    open_folder(page, folder)
    page.reload()
    page.get_by_text(f"of {COUNT} images").wait_for()
    page.get_by_text("images a second").wait_for()
    go.touch()
    wait_for_map(page)
    assert set(point_places(page)) == {identify(file.read_bytes()) for file in folder.iterdir()}


def test_stop_keeps_what_is_done_and_go_on_finishes(page, folder, go):
    whole = (folder / "000.jpg").read_bytes()
    (folder / "broken <b>.jpg").write_bytes(whole[: len(whole) // 2])
    open_folder(page, folder)
    page.get_by_role("button", name="Stop").click()
    go.touch()
    page.get_by_text("What is done is kept").wait_for()
    page.get_by_role("button", name="Go on").click()
    wait_for_map(page)
    assert len(point_places(page)) == COUNT
    page.get_by_text("1 image is left out").click()
    page.get_by_test_id("stDataFrame").wait_for()


def test_open_reads_a_folder_again_that_has_changed(page, new_tab, folder, go):
    go.touch()
    other, link = new_tab(), f"/?{urlencode({'source': folder, 'weights': 'embedded', 'k': 3})}"
    for tab in (page, other):
        tab.goto(link)
        wait_for_map(tab)
    for number in range(5):
        save(folder / f"new {number}.jpg", np.full((6, 8, 3), 50 * number, dtype=np.uint8))
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    page.get_by_text(f"{COUNT + 5} images ·").wait_for()
    wait_for_map(page)
    assert set(point_places(page)) == {identify(file.read_bytes()) for file in folder.iterdir()}
    other.get_by_title("Select these images").first.click()  # of the folder as it was
    other.get_by_role("button", name="Clear").wait_for()
    other.get_by_text(f"{COUNT} images ·").wait_for()
    for tab in (page, other):
        tab.reload()
        tab.get_by_text(f"{COUNT + 5} images ·").wait_for()


def test_a_user_types_a_folder_that_is_not_there(page):
    page.goto("/")
    page.get_by_label("Images", exact=True).fill("/no/such/folder")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    page.get_by_text("no such folder or CSV file").wait_for()


@pytest.fixture
def small(tmp_path, folder, go):
    """Fewer images than the slider of k has steps as long as nothing is known of them."""
    go.touch()
    target = tmp_path / "small"
    target.mkdir()
    for file in sorted(folder.iterdir())[:22]:
        file.rename(target / file.name)
    return target


def expect_k(page, k):
    expect(page.get_by_role("slider", name="Clusters (k)")).to_have_value(k)


def wait_for_link(page, *told):
    page.wait_for_function("told => told.every(one => location.search.includes(one))", arg=told)


def test_a_small_folder_begins_with_the_usual_k_and_its_link_keeps_another(page, small):
    page.goto(f"/?{urlencode({'source': small, 'weights': 'embedded'})}")
    wait_for_map(page)
    expect_k(page, "5")
    expect(page.get_by_text("K-Means k 5")).to_be_visible()
    page.get_by_role("slider", name="Clusters (k)").press("Home")
    wait_for_link(page, "k=1")
    page.reload()
    wait_for_map(page)
    expect_k(page, "1")


def test_a_longer_slider_keeps_its_k(page, folder, go):
    go.touch()
    page.goto(f"/?{urlencode({'source': folder, 'weights': 'embedded', 'k': 7})}")
    wait_for_map(page)
    page.get_by_text("Values of k to compare").click()
    last = page.get_by_role("spinbutton", name="To")
    last.fill("70")
    last.press("Enter")
    slider = page.get_by_role("slider", name="Clusters (k)")
    expect(slider).to_have_attribute("max", "70")
    expect_k(page, "7")
    slider.press("End")
    wait_for_link(page, "k=70", "k_to=70")
    page.reload()
    expect_k(page, "70")
