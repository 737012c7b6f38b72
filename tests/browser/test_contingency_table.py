"""The contingency table alone in a browser: what it says, and how cells are chosen."""

import numpy as np
import pytest
from contrast import LEAST, contrasts
from map_driver import wait_until
from pages.serving import log_of, wait_for_event
from pages.tables import HOSTILE, SMALL, large

PAGE = "contingency_page.py"
SHARE = "cell => getComputedStyle(cell).getPropertyValue('--share')"
COUNT_MARKED = """() => [...document.querySelectorAll("*")]
    .map((one) => one.shadowRoot?.querySelector("table")).find(Boolean)
    .querySelectorAll('[aria-selected="true"]').length"""


@pytest.fixture
def table(page):
    def open_with(options=""):
        page.goto(f"/?{options}")
        page.locator("tbody th").first.wait_for()
        return page

    return open_with


def cell(page, row, column):
    """Of the places in the table; -1 are the headings."""
    return page.locator(f'[data-row="{row}"][data-column="{column}"]')


def focused(page):
    return page.evaluate(
        """() => {
            const {row, column} = [...document.querySelectorAll("*")]
                .map((one) => one.shadowRoot?.activeElement).find(Boolean).dataset;
            return [Number(row), Number(column)];
        }"""
    )


def marked(page):
    cells = page.locator('[aria-selected="true"]')
    places = cells.evaluate_all("all => all.map(({dataset: {row, column}}) => [row, column])")
    return [(int(row), int(column)) for row, column in places]


def test_it_says_what_python_published(table):
    page = table()
    for row, line in enumerate(SMALL.tolist()):
        for column, count in enumerate(line):
            assert cell(page, row, column).inner_text() == (f"{count:,}" if count else "")
    sizes = [cell(page, row, -1).locator(".size").inner_text() for row in range(3)]
    assert sizes == ["40", "6", "1,200"]
    sizes = [cell(page, -1, column).locator(".size").inner_text() for column in range(4)]
    assert sizes == ["30", "15", "1,201", "0"]
    assert page.locator(".corner").inner_text().split("\n") == ["k = 4 →", "k = 3 ↓"]
    assert page.get_by_role("grid", name="k = 3 by k = 4").count() == 1
    mark = cell(page, 0, -1).locator(".symbol path")
    assert mark.get_attribute("fill") == "#EE3377"  # of cluster 7


def test_a_cell_says_its_shares_of_both(table):
    page = table()
    said = [cell(page, *place).get_attribute("aria-label") for place in [(0, 1), (2, 2), (0, 2)]]
    assert said == [
        "10 images: 25 % of flowers, 67 % of cluster 2",
        "1,200 images: 100 % of cluster 3, > 99 % of cluster 3",
        "none of flowers in cluster 3",
    ]
    assert cell(page, 1, 2).get_attribute("aria-label").startswith("1 image: 17 % of <img")
    assert cell(page, 0, 1).get_attribute("title").split("\n")[0] == "10 images"


def test_the_tint_is_the_share_of_the_row(table):
    page = table()

    def tint(row, column):
        return cell(page, row, column).evaluate("cell => getComputedStyle(cell).backgroundColor")

    shares = {(0, 0): 30 / 40, (0, 1): 10 / 40, (1, 1): 5 / 6, (2, 2): 1}
    read = {place: float(cell(page, *place).evaluate(SHARE)) for place in shares}
    assert read == pytest.approx(shares)
    assert len({tint(*place) for place in shares}) == len(shares)
    assert tint(0, 2) == tint(1, 0) == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_count_can_be_read(table, page, scheme):
    page.emulate_media(color_scheme=scheme)
    table()  # with one cell that is its whole row
    cells = page.locator("tbody td:not(.empty)")

    # The colours of the page come a little after its text.
    wait_until(page, lambda: len(contrasts(cells)) == 5 and min(contrasts(cells)) >= LEAST)
    assert len(contrasts(cells)) == 5
    assert min(contrasts(cells)) >= LEAST


def test_a_click_on_a_cell_chooses_it_alone(table):
    page = table()
    cell(page, 0, 1).click()
    wait_for_event(page, "cell", 7, 2)
    assert marked(page) == [(0, 1)]
    cell(page, 1, 2).click()
    wait_for_event(page, "cell", 0, 3)
    assert marked(page) == [(1, 2)]


def test_a_click_on_a_heading_chooses_all_of_it(table):
    page = table()
    cell(page, 0, -1).click()
    wait_for_event(page, "row", 7)
    assert marked(page) == [(0, -1)]
    assert page.locator(".in-row").count() == 5
    cell(page, -1, 2).click()
    wait_for_event(page, "column", 3)
    assert marked(page) == [(-1, 2)]
    assert page.locator(".in-column").count() == 4
    assert page.locator(".in-row").count() == 0


def test_where_nothing_is_nothing_can_be_chosen(table):
    page = table()
    cell(page, 0, 2).click(force=True)
    cell(page, -1, 3).click(force=True)
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert log_of(page) == []
    assert marked(page) == []


def test_python_may_choose_something_else(table):
    page = table()
    cell(page, 0, 1).click()
    wait_for_event(page, "cell", 7, 2)
    page.get_by_role("button", name="Forget").click()
    page.wait_for_function(f"() => ({COUNT_MARKED})() === 0")


def test_the_keys_walk_choose_and_clear(table):
    page = table()
    page.get_by_role("button", name="Forget").focus()
    page.keyboard.press("Shift+Tab")
    assert focused(page) == [0, 0]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    wait_for_event(page, "cell", 7, 2)
    assert focused(page) == [0, 1]
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    wait_for_event(page, "cell", 0, 2)
    page.keyboard.press("Escape")
    wait_for_event(page, "clear")
    assert marked(page) == []
    page.keyboard.press("Escape")  # nothing is left to clear
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    assert focused(page) == [-1, 1]
    page.keyboard.press("Enter")
    wait_for_event(page, "column", 2)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")  # not into the corner
    assert focused(page) == [-1, 0]
    page.keyboard.press("Control+End")
    assert focused(page) == [2, 3]
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    wait_for_event(page, "row", 3)
    assert [event for event in log_of(page) if event == ["clear"]] == [["clear"]]


def test_only_one_cell_is_reached_by_tab(table):
    page = table("rows=12&columns=12")
    assert page.locator('td[tabindex="0"], th[tabindex="0"]').count() == 1
    cell(page, 5, 6).click()
    assert page.locator('td[tabindex="0"], th[tabindex="0"]').count() == 1
    assert focused(page) == [5, 6]


def test_the_headings_of_what_is_pointed_at_stand_out(table):
    page = table()
    cell(page, 1, 2).hover()
    assert "pointed" in cell(page, 1, -1).get_attribute("class")
    assert "pointed" in cell(page, -1, 2).get_attribute("class")
    assert page.locator(".pointed").count() == 2
    page.get_by_role("button", name="Forget").hover()
    assert page.locator(".pointed").count() == 0


def test_names_are_text(table):
    page = table()
    assert cell(page, 1, -1).locator(".name").inner_text() == HOSTILE
    assert HOSTILE in cell(page, 1, 1).get_attribute("title")
    cell(page, 1, 1).hover()
    assert page.locator("img").count() == 0
    assert page.evaluate("window.hacked") is None


def test_of_fifty_by_fifty_the_headings_stay_in_view(table):
    page = table("rows=50&columns=50")
    frame = page.locator(".frame")
    box = frame.bounding_box()
    assert box["height"] <= 750
    assert box["width"] <= 1500
    cell(page, 0, 0).focus()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
    assert focused(page) == [40, 40]
    here = cell(page, 40, 40).bounding_box()
    row, column = cell(page, 40, -1).bounding_box(), cell(page, -1, 40).bounding_box()
    assert row["x"] == pytest.approx(box["x"] + 1)
    assert column["y"] == pytest.approx(box["y"] + 1)
    assert here["x"] >= row["x"] + row["width"] - 1
    assert here["y"] >= column["y"] + column["height"] - 1
    assert here["y"] + here["height"] <= box["y"] + box["height"]
    counts = large(50, 50)
    assert cell(page, 40, 40).inner_text() == f"{counts[40, 40]:,}"
    # Walking back, the cell does not end up behind the headings.
    for _ in range(30):
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowLeft")
    here = cell(page, 10, 10).bounding_box()
    row, column = cell(page, 10, -1).bounding_box(), cell(page, -1, 10).bounding_box()
    assert here["x"] >= row["x"] + row["width"] - 1
    assert here["y"] >= column["y"] + column["height"] - 1


def test_clusters_meet_labels(table):
    page = table("show=labels")
    assert cell(page, -1, 0).inner_text().split() == ["cat", "30"]
    assert cell(page, -1, 0).locator(".symbol").count() == 0
    cell(page, 1, 1).click()
    wait_for_event(page, "cell", 1, 1)
    assert np.count_nonzero(SMALL) == page.locator("tbody td:not(.empty)").count()


def test_nothing_to_compare_is_said(page):
    page.goto("/?rows=0&columns=3")
    page.get_by_text("There is nothing to compare.").wait_for()
    assert page.locator("table").count() == 0


def test_what_cannot_be_fetched_is_said(chromium, server):
    tab = chromium.new_page()
    tab.route("**/groupsight/*/content/**", lambda route: route.fulfill(status=404))
    tab.goto(f"{server}/")
    tab.get_by_role("alert").filter(has_text="The table could not be drawn").wait_for()
    tab.close()
