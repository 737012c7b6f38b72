"""Inside VGG over the digits: why an image is where it is, what clusters share, other layers."""

import re

import numpy as np
import pytest
from browser import serve
from map_driver import PATIENCE_MS, wait_for_map
from sklearn.metrics import adjusted_rand_score

from core.clusters.clustering import KMeansParams
from core.recipe import StudyParams
from core.study import open_study

K = KMeansParams(6)


@pytest.fixture(scope="module")
def server(digits):
    with serve(digits.cache.path) as address:
        yield address


@pytest.fixture
def inside(page):
    """Opens a part of the page, as a user comes to it: from Explore."""
    page.set_default_timeout(PATIENCE_MS)

    def opened(part):
        page.goto("/?source=digits&weights=embedded&k=6")
        wait_for_map(page)
        page.get_by_role("link", name="Inside VGG").click()
        page.get_by_role("radio", name=part).click()
        return page

    return opened


def read_row(page, digits):
    """The row of the image that is explained, by the path in the sentence on it."""
    sentence = page.get_by_text("from its centre").inner_text()
    (row,) = (
        row
        for row, image in enumerate(digits.images.ids)
        if sentence.startswith(f"{digits.images.by_id[image][0].path} ")
    )
    return row


def clusters_of(tiles, clusters):
    """The clusters of the images of some tiles."""
    rows = tiles.evaluate_all("all => all.map(one => Number(one.dataset.row))")
    return set(clusters[rows].tolist()) if rows else set()


def wait_until(page, holds):
    for _ in range(PATIENCE_MS // 100):
        if holds():
            return
        page.wait_for_timeout(100)
    assert holds()


def wait_for_image(page, digits, row):
    """Until the link says that this image is open."""
    image = digits.images.ids[row][:16]
    page.wait_for_function(
        "image => new URLSearchParams(location.search).get('image') === image", arg=image
    )


def test_the_parts_of_a_heat_map_sum_to_what_the_distances_say(inside, digits):
    page = inside("Why here?")
    page.locator(".panel .layer").nth(2).wait_for()
    row = read_row(page, digits)
    texts = page.locator(".panel .text").all_inner_texts()[1:]
    values, fit = digits.reduction.values, digits.fit(K)
    from_mean = float(np.square(values[row] - values.mean(axis=0)).sum())
    own, rival = (from_mean - float(one[row]) ** 2 for one in (fit.own, fit.rival))
    for text, expected in zip(texts, (own, rival, own - rival), strict=True):
        summed, whole = map(float, re.findall(r"-?\d[\d.]*(?:e-\d+)?", text))
        assert summed == whole
        # The network is in float32 here, the features are as they were computed.
        assert summed == pytest.approx(expected, abs=0.02 * max(abs(own), abs(rival)))
    page.get_by_text(f"{fit.own[row]:.3g} from its centre").wait_for()


def test_the_slider_fades_the_colours(inside):
    page = inside("Why here?")
    layer = page.locator(".panel .layer").first
    layer.wait_for()
    slider = page.get_by_role("slider", name="Colour over the image")
    slider.fill("0")
    assert layer.evaluate("one => getComputedStyle(one).opacity") == "0"
    slider.press("ArrowRight")
    assert layer.evaluate("one => getComputedStyle(one).opacity") == "0.05"


def test_a_click_on_a_neighbour_opens_it(inside, digits):
    page = inside("Why here?")
    page.locator("button.tile").first.wait_for()
    nearest = int(digits.neighbors(15).indices[read_row(page, digits), 1])
    page.locator(f'button.tile[data-row="{nearest}"]').first.click()
    wait_for_image(page, digits, nearest)
    page.get_by_text(f"{digits.fit(K).own[nearest]:.3g} from its centre").wait_for()


def test_another_cluster_shows_patches_of_its_own_images(inside, digits):
    page = inside("Clusters")
    clusters = digits.clusters(K)
    shown = page.locator("button.tile[aria-current]")
    shown.wait_for()
    other = (int(clusters[int(shown.get_attribute("data-row"))]) + 1) % 6
    page.locator(f'button.tile[data-row="{digits.medoids(K)[other]}"]').first.click()
    page.get_by_text(f"Where they are like cluster {other}").wait_for()
    patches = page.locator('section.group[aria-label^="Channel"] button.tile')
    wait_until(page, lambda: clusters_of(patches, clusters) == {other})
    patches.first.press("Enter")
    wait_for_image(page, digits, int(patches.first.get_attribute("data-row")))


def test_a_variant_is_measured_and_stands_beside_the_present_on_two_maps(inside, digits):
    page = inside("Layers compared")
    page.locator('[class*="st-key-Compare-PCA-PCA-to-16"] button').click()
    two_maps = page.get_by_role("link", name="Two maps")
    two_maps.wait_for()
    few = open_study(StudyParams("digits", weights="embedded", reduce=16), digits.cache)
    expected = adjusted_rand_score(digits.cluster(K).labels, few.cluster(K).labels)
    page.get_by_text(f"{expected:.3f}", exact=True).first.wait_for()
    two_maps.click()
    page.get_by_text(f"Adjusted Rand index {expected:.3f}").wait_for()
    page.wait_for_function(
        """() => {
            const link = new URLSearchParams(location.search);
            return link.get("other_reduce") === "16" && link.get("source") === "digits";
        }"""
    )
