"""A folder of one's own in the browser: stopping, going on, and what cannot be read."""

from urllib.parse import urlencode

import numpy as np
import pytest
from map_driver import point_places, wait_for_map
from PIL import Image

COUNT = 2_000
"""Many enough that one can press Stop before they are done."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Many images that all differ, and one that is cut off in the middle."""
    target = tmp_path_factory.mktemp("own") / "images"
    target.mkdir()
    generator = np.random.default_rng(0)
    for number in range(COUNT):
        blocks = generator.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(blocks).resize((320, 240)).save(target / f"{number:03}.jpg")
    whole = (target / "000.jpg").read_bytes()
    (target / "broken <b>.jpg").write_bytes(whole[: len(whole) // 2])
    return target


def test_stop_keeps_what_is_done_and_go_on_finishes(page, folder):
    page.goto(f"/?{urlencode({'source': folder, 'weights': 'embedded'})}")
    page.get_by_text("images a second").wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("What is done is kept").wait_for()
    page.get_by_role("button", name="Go on").click()
    wait_for_map(page)
    assert len(point_places(page)) == COUNT
    page.get_by_text("1 image is left out").click()
    page.get_by_test_id("stDataFrame").wait_for()


def test_a_user_types_a_folder_that_is_not_there(page):
    page.goto("/")
    page.get_by_label("Images", exact=True).fill("/no/such/folder")
    page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    page.get_by_text("no such folder or CSV file").wait_for()
