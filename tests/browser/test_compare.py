"""The Compare page over the digits: what a click on curve, ribbon, strip or cell shows."""

import re
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from browser import serve
from map_driver import (
    PATIENCE_MS,
    row_places,
    wait_for_count,
    wait_for_map,
    wait_for_python,
    wait_greyed,
)

from core.clusters.clustering import KMeansParams
from core.compare.changes import find_changes

LINK = "?source=digits&weights=embedded&k=6&k_from=4&k_to=8"


@pytest.fixture(scope="module")
def server(digits):
    with serve(digits.cache.path) as address:
        yield address


_BARE_PLACE = """(flow) => {
    const others = [...flow.parentElement.children].filter((one) => one !== flow);
    const {left, top, width, height} = flow.getBoundingClientRect();
    const found = [];
    for (let i = 1; i < 40; i += 1)
        for (let j = 1; j < 40; j += 1) {
            const place = new DOMPoint(left + (width * i) / 40, top + (height * j) / 40);
            const lies = (one) =>
                one.isPointInFill(place.matrixTransform(one.getScreenCTM().inverse()));
            if (lies(flow) && !others.some(lies)) found.push([place.x, place.y]);
        }
    return found[Math.floor(found.length / 2)];
}"""
"""A place of a flow over which no other one lies."""


@pytest.fixture
def compare(page):
    """Opens a part of the page, as a user comes to it: from Explore, before its map is drawn."""

    def opened(part):
        page.goto(f"/{LINK}&part={part}")
        page.get_by_role("link", name="Compare").click()
        page.get_by_role("radio", name=part).click(timeout=PATIENCE_MS)
        return page

    return opened


def clusters(study, k, **changed):
    return study.clusters(KMeansParams(k, **changed))


def wait_for_k(page, k):
    """Until the link says so; without its k it is 5."""
    page.wait_for_function(
        "k => (new URLSearchParams(location.search).get('k') ?? '5') === String(k)", arg=k
    )


def assert_selected(page, rows):
    """In the gallery as many, and on the map exactly these."""
    wait_for_count(page, len(rows))
    page.wait_for_function("() => document.querySelector('.groupsight-map .js-plotly-plot')?.data")
    wait_greyed(page, set(rows.tolist()))


def curve_points(page):
    return page.locator(".js-plotly-plot .subplot.xy .scatterlayer .point")


def wait_until_measured(page):
    # For a moment the page has it twice: where the progress moved it, and where it was.
    page.get_by_text("As a table").first.wait_for()
    page.get_by_text(re.compile("^Measuring")).wait_for(state="detached")
    page.wait_for_function(
        "() => document.querySelectorAll('.subplot.xy .scatterlayer .point').length === 5"
    )


def test_who_goes_on_at_once_takes_along_all_that_the_link_says(page):
    page.goto(f"/{LINK}&seed=7")
    page.get_by_role("link", name="Compare").click()  # the sidebar stands below, not drawn yet
    page.get_by_role("radio", name="Ribbon").click(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Show k = 8", exact=True).wait_for(timeout=PATIENCE_MS)
    told = parse_qs(urlsplit(page.url).query)
    assert {name: one for name, (one,) in told.items()} == {
        "source": "digits", "weights": "embedded", "k": "6", "k_from": "4", "k_to": "8",
        "seed": "7", "part": "Ribbon",
    }  # fmt: skip


def test_a_click_on_a_curve_loads_that_k(page):
    page.goto(f"/{LINK}")
    wait_for_map(page)
    page.get_by_role("link", name="Compare").click()
    wait_until_measured(page)  # which is the part that is shown at first
    place = curve_points(page).nth(1).bounding_box()
    page.mouse.click(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    wait_for_k(page, 5)
    page.get_by_role("link", name="Explore").click()
    wait_for_map(page)
    page.locator('.card[data-cluster="4"]').wait_for()
    assert page.locator(".card[data-cluster]").count() == 5


def test_the_curves_say_what_they_are_of(compare):
    page = compare("Measures")
    wait_until_measured(page)
    text = page.get_by_test_id("stMain").inner_text()
    assert "the silhouette of all 1,797 images" in text
    assert "stability from 3 seeds" in text


def widest_flow(study, ks):
    """Of all ways from each k to the next the one that most images took: their rows."""
    flows = []
    for before, after in pairwise(clusters(study, k) for k in ks):
        ends = np.stack([before, after])
        ways, counts = np.unique(ends, axis=1, return_counts=True)
        way = ways[:, counts.argmax(), None]
        flows.append(np.flatnonzero((ends == way).all(axis=0)))
    return max(flows, key=len)


def test_a_click_on_a_ribbon_selects_exactly_its_images(compare, digits):
    page = compare("Ribbon")
    page.locator(".flow").first.wait_for()  # the widest is drawn first, the thin ones above it
    page.mouse.click(*page.locator(".flow").first.evaluate(_BARE_PLACE))
    assert_selected(page, widest_flow(digits, range(4, 9)))


def test_a_click_on_a_node_selects_its_cluster(compare, digits):
    page = compare("Ribbon")
    page.locator('.node[data-column="0"][data-cluster="3"]').click()
    assert_selected(page, np.flatnonzero(clusters(digits, 4) == 3))


def test_a_column_of_the_ribbon_loads_its_k(compare):
    page = compare("Ribbon")
    page.get_by_role("button", name="Show k = 7", exact=True).click()
    wait_for_k(page, 7)


def test_a_strip_selects_the_images_that_were_reshuffled(compare, digits):
    page = compare("Step by step")
    changes = find_changes(clusters(digits, 5), clusters(digits, 6))
    most = changes.reshuffles[0]
    page.get_by_role("button", name=re.compile(rf"^Select {most.count} images")).first.click()
    assert_selected(page, most.rows)


def test_a_step_loads_its_k(compare):
    page = compare("Step by step")
    page.get_by_role("button", name=re.compile("^Show k = 8")).click()
    wait_for_k(page, 8)


def test_a_cell_selects_what_two_clusterings_share(compare, digits):
    page = compare("Two maps")
    page.get_by_label("Clusters (k)").nth(1).fill("8")
    page.keyboard.press("Enter")
    six, eight = clusters(digits, 6), clusters(digits, 8)
    table = np.zeros((6, 8), dtype=int)
    np.add.at(table, (six, eight), 1)
    row, column = np.unravel_index(table.argmax(), table.shape)
    page.locator('.contingency [data-row="0"][data-column="7"]').wait_for()  # the eighth cluster
    cell = page.locator(f'.contingency [data-row="{row}"][data-column="{column}"]')
    cell.click()
    wait_for_count(page, table[row, column])


def test_the_second_map_can_take_other_features(compare):
    page = compare("Two maps")
    page.get_by_test_id("stMain").get_by_label("Normalisation").click()
    page.get_by_role("option", name="none").click()
    page.get_by_text(re.compile("normalize none")).wait_for()
    page.get_by_text(re.compile("numbered by the clusters in common")).wait_for()
    page.wait_for_function(
        "() => new URLSearchParams(location.search).get('other_normalize') === 'none'"
    )
    page.locator('.groupsight-map[data-state="drawn"]').nth(1).wait_for()


def test_a_split_is_kept_and_undone(compare, digits):
    page = compare("Split and merge")
    page.get_by_role("button", name="Keep this split").click()
    page.get_by_text("At k = 6: cluster 0 split into 2.").wait_for()
    page.wait_for_function(
        "() => new URLSearchParams(location.search).get('edits') === '6:split-0-2'"
    )
    page.get_by_role("link", name="Explore").click()
    wait_for_map(page)
    page.locator('.card[data-cluster="6"]').wait_for()
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("radio", name="Split and merge").click()
    page.get_by_role("button", name="Undo the last").click()
    page.get_by_text("At k = 6").wait_for(state="detached")


def test_two_clusters_become_one(compare, digits):
    page = compare("Split and merge")
    page.get_by_role("button", name="Look at both").click()
    both = np.isin(clusters(digits, 6), [0, 1])
    wait_for_count(page, np.count_nonzero(both))
    page.get_by_role("button", name="Merge them").click()
    page.get_by_text("At k = 6: cluster 0 merged into 1.").wait_for()
    page.get_by_role("link", name="Explore").click()
    page.get_by_placeholder(re.compile("^Search by path")).wait_for()  # Compare has a Clear, too
    wait_for_python(page)
    page.get_by_role("button", name="Clear", exact=True).click()  # what is selected came along
    wait_for_map(page)
    page.locator('.card[data-cluster="5"]').wait_for()
    assert page.locator(".card[data-cluster]").count() == 5
    assert page.locator('.card[data-cluster="0"]').count() == 0


_COLORS = """() => {
    const {data} = document.querySelector(".groupsight-map .js-plotly-plot");
    const colors = [];
    for (const trace of data) {
        trace.customdata.forEach((row) => (colors[row] = `${trace.marker.color} ${trace.name}`));
    }
    return colors;
}"""


def test_another_k_recolours_only_what_moved_and_leaves_the_places(page, digits):
    page.goto(f"/{LINK}")
    wait_for_map(page)
    places, colors = row_places(page), page.evaluate(_COLORS)
    page.get_by_role("slider", name="Clusters (k)").first.focus()
    page.keyboard.press("ArrowRight")
    page.locator('.card[data-cluster="6"]').wait_for()
    page.wait_for_function(
        "() => document.querySelector('.groupsight-map .js-plotly-plot').data.length === 7"
    )
    stayed = clusters(digits, 6) == clusters(digits, 7)
    assert 0 < np.count_nonzero(~stayed) < len(stayed) / 2
    assert np.allclose(row_places(page), places, atol=1)
    colors_now = page.evaluate(_COLORS)
    same = [
        before.split()[0] == now.split()[0] for before, now in zip(colors, colors_now, strict=True)
    ]
    assert np.array_equal(np.array(same), stayed)


def test_images_are_coloured_and_sorted_by_restlessness(page):
    page.goto(f"/{LINK}&color=restlessness&sort=restlessness")
    wait_for_map(page)
    page.get_by_text("restlessness", exact=True).first.wait_for()
