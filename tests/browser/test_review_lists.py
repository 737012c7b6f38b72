"""The lists of the Review page over the digits: labels, outliers, duplicates, honest map."""

import json
import re
import sqlite3
from contextlib import closing
from urllib.parse import urlencode

import numpy as np
import pytest
from browser import serve
from map_driver import PATIENCE_MS, wait_for_map, wait_greyed
from PIL import Image
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from sklearn.manifold import trustworthiness
from sklearn.metrics.cluster import contingency_matrix

from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.projection import UMAPParams
from core.recipe import StudyParams
from core.study import open_study

GALLERY = """() => {
    for (const one of document.querySelectorAll("*")) {
        const grid = one.shadowRoot?.querySelector(".grid");
        if (grid) return [...grid.querySelectorAll(".card")].sort((a, b) =>
            a.dataset.position - b.dataset.position);
    }
    return [];
}"""
CROSSES = """() => {
    const trace = document.querySelector(".js-plotly-plot")?.data
        .find(({name}) => name?.startsWith("excluded"));
    return [...(trace?.customdata ?? [])].sort((a, b) => a - b);
}"""


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """24 images of noise; 3 and 7 also twice as large, 3 also as a copy, one with a wild name."""
    target = tmp_path_factory.mktemp("twins") / "images"
    target.mkdir()
    generator = np.random.default_rng(0)
    for number in range(24):
        blocks = generator.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        image = Image.fromarray(blocks).resize((96, 96), Image.Resampling.BICUBIC)
        image.save(target / f"{number:02}.png")
        if number in {3, 7}:
            image.resize((192, 192), Image.Resampling.BICUBIC).save(target / f"{number:02} big.png")
    (target / "copy <b> of 3.png").write_bytes((target / "03.png").read_bytes())
    return target


@pytest.fixture(scope="module")
def server(digits, twins, tmp_path_factory):
    """Over a copy of the digits' cache: the journal beside it is of these tests alone."""
    cache = tmp_path_factory.mktemp("lists") / "cache.sqlite"
    with (
        closing(sqlite3.connect(digits.cache.path)) as known,
        closing(sqlite3.connect(cache)) as to,
    ):
        known.backup(to)
    with Cache(cache) as one:  # here, where all that takes long to load is loaded already
        study = open_study(StudyParams(str(twins), weights="embedded"), one)
        study.extract()
        study.clusters(KMeansParams(2))
        study.project(UMAPParams())
    with serve(cache) as address:
        yield address


@pytest.fixture
def review(page):
    """Opens a part of the page; of the digits unless another source is named."""

    def opened(part, source="digits", k=10, **more):
        link = {"source": source, "weights": "embedded", "k": k, "review": part, **more}
        page.goto(f"/?{urlencode(link)}")
        wait_for_map(page)
        page.get_by_role("link", name="Review").click()
        page.get_by_role("radio", name=part).click()
        for choice in more.values():
            page.get_by_role("radio", name=choice).click()
        return page

    return opened


def listed(page):
    """The rows in view, in their order; the list holds more than are drawn."""
    return page.evaluate(f"() => ({GALLERY})().map((card) => Number(card.dataset.row))")


def wait_for_list(page, rows):
    """Until the list begins with these rows."""
    page.wait_for_function(
        f"rows => {{ const cards = ({GALLERY})(); return cards.length >= rows.length &&"
        " rows.every((row, i) => Number(cards[i].dataset.row) === row); }",
        arg=[int(row) for row in rows],
    )


def card(page, row):
    return page.locator(f'.grid .card[data-row="{row}"]')


def wait_for_crosses(page, rows):
    page.wait_for_function(
        f"rows => JSON.stringify(({CROSSES})()) === rows",
        arg=json.dumps(rows, separators=(",", ":")),
    )


def farthest(study, n_neighbors=14):
    """Rows by the distance to the 14th nearest, by brute force, and these distances."""
    values = study.reduction.values.astype(np.float64)
    away = np.sort(cdist(values, values), axis=1)[:, n_neighbors]
    return np.argsort(-away, kind="stable"), away


def test_a_cell_selects_exactly_its_images(review, digits):
    page = review("Labels")
    clusters = digits.clusters(KMeansParams(10))
    labels = np.array(digits.labels)  # the digits have no copies
    page.locator("tbody th").nth(9).wait_for()
    sizes = page.locator("tbody th .size").all_inner_texts()
    assert sorted(int(size) for size in sizes) == sorted(np.bincount(clusters).tolist())
    cell = page.locator("tbody td:not(.empty)").first
    said = cell.get_attribute("aria-label")
    _, cluster, label = re.match(r"(\d+) images?: .* of cluster (\d+), .* of (\d)", said).groups()
    rows = np.flatnonzero((clusters == int(cluster)) & (labels == label))
    assert cell.inner_text() == str(len(rows))
    cell.click()
    wait_greyed(page, set(rows.tolist()))
    page.get_by_text(f"{len(rows)} selected images").wait_for()
    column = page.locator(f'thead th[aria-label^="{label},"]')
    column.click()
    wait_greyed(page, set(np.flatnonzero(labels == label).tolist()))


def test_matched_cells_stand_out_on_the_diagonal(review, digits):
    page = review("Labels")
    table = contingency_matrix(digits.clusters(KMeansParams(10)), digits.labels)
    n_matched = np.count_nonzero(table[linear_sum_assignment(table, maximize=True)])
    cells = page.locator("td.matched")
    cells.nth(n_matched - 1).wait_for()
    places = cells.evaluate_all("all => all.map(({dataset: {row, column}}) => [row, column])")
    assert places == [[str(one)] * 2 for one in range(n_matched)]


def test_the_farthest_image_comes_first(review, digits):
    page = review("Outliers")
    order, away = farthest(digits)
    wait_for_list(page, order[:8])
    assert card(page, order[0]).locator(".caption").inner_text() == f"{away[order[0]]:#.3g}"
    card(page, order[0]).click()
    page.get_by_text(f"Its 14th nearest image is {away[order[0]]:.3g} away").wait_for()


def test_what_is_excluded_turns_grey_and_undo_brings_it_back(review, digits):
    page = review("Outliers")
    order, _ = farthest(digits)
    first, second = order[:2].tolist()
    wait_for_list(page, order[:3])
    for row in (first, second):
        card(page, row).click(modifiers=["Control"])
    page.get_by_role("button", name="Exclude", exact=True).click()
    wait_for_crosses(page, sorted([first, second]))
    page.locator(f'.card.excluded[data-row="{first}"]').wait_for()
    wait_for_list(page, order[:3])  # they stay where they were
    review("Outliers")  # as after a restart
    page.locator(f'.card.excluded[data-row="{second}"]').wait_for()
    page.get_by_role("button", name="Undo: 2 images excluded").click()
    wait_for_crosses(page, [])
    page.wait_for_function(
        f"() => ({GALLERY})().every((one) => !one.classList.contains('excluded'))"
    )


def test_marked_images_are_tagged_with_what_was_typed(review, digits):
    page = review("Outliers")
    order, _ = farthest(digits)
    wait_for_list(page, order[:3])
    page.get_by_label("Tag", exact=True).fill("odd <b>one</b>")
    page.get_by_label("Tag", exact=True).press("Enter")
    card(page, order[0]).click()
    card(page, order[0]).click(modifiers=["Control"])
    page.get_by_role("button", name="Tag “odd <b>one</b>”").click()
    page.get_by_text("Tags: odd <b>one</b>.").wait_for()
    page.get_by_role("button", name="tagged 'odd <b>one</b>'").click()
    page.get_by_text("Tags: odd").wait_for(state="detached")


def test_the_numbers_of_the_map_are_those_of_scikit_learn(review, digits):
    page = review("Honest map")
    values, places = digits.reduction.values, digits.project(UMAPParams()).coordinates
    trust = trustworthiness(values, places, n_neighbors=14)
    continuity = trustworthiness(places, values, n_neighbors=14)
    page.get_by_text(f"Trustworthiness {trust:.3f}:").wait_for(timeout=PATIENCE_MS)
    page.get_by_text(f"Continuity {continuity:.3f}:").wait_for()


def test_who_only_looks_misplaced_is_listed(review, digits):
    page = review("Honest map")
    clusters = digits.clusters(KMeansParams(10))
    values, places = digits.reduction.values, digits.project(UMAPParams()).coordinates

    def at_home(points):
        near = np.argsort(cdist(points, points), axis=1, kind="stable")[:, 1:15]
        return (clusters[near] == clusters[:, None]).mean(axis=1)

    misplaced = np.flatnonzero((at_home(places) < 0.5) & (at_home(values) > 0.5))
    assert len(misplaced)
    page.get_by_text(re.compile(rf"^{len(misplaced)} images? looks? misplaced")).wait_for()
    page.wait_for_function(f"() => ({GALLERY})().length > 0")
    assert set(listed(page)) <= set(misplaced.tolist())


def rows_of(folder, *names):
    """Rows are the places of the distinct images in the order of their paths."""
    files = sorted(one.name for one in folder.iterdir() if not one.name.startswith("copy"))
    return [files.index(name) for name in names]


def test_the_smaller_ones_of_a_group_are_excluded_at_once(review, twins):
    page = review("Duplicates", source=twins, k=2)
    page.get_by_text("4 images in 2 groups").wait_for()
    three, seven = rows_of(twins, "03.png", "07.png")
    page.get_by_role("button", name="Exclude the others of all 2 groups shown (2 images)").click()
    wait_for_crosses(page, sorted([three, seven]))
    page.locator(f'.tile.excluded[data-row="{three}"]').wait_for()
    page.get_by_role("button", name="Undo: 2 images excluded").click()
    wait_for_crosses(page, [])


def test_another_image_may_stay(review, twins):
    page = review("Duplicates", source=twins, k=2)
    (three,) = rows_of(twins, "03.png")
    (big,) = rows_of(twins, "03 big.png")
    page.locator(f'.tile[data-row="{three}"] input').check()
    group = page.locator(".group").filter(has=page.locator(f'.tile[data-row="{three}"]'))
    group.get_by_role("button", name="Exclude the other", exact=True).click()
    wait_for_crosses(page, [big])
    group.get_by_role("button", name="Include all again").click()
    wait_for_crosses(page, [])


def test_exact_copies_are_listed_with_their_files(review, twins):
    page = review("Duplicates", source=twins, k=2, duplicates="Exact copies")
    page.locator(".paths").wait_for()
    assert page.locator(".paths .path").all_inner_texts() == ["03.png", "copy <b> of 3.png"]
    assert page.locator(".tile input").count() == 0


def test_the_list_of_duplicates_can_be_taken_away(review, twins, tmp_path):
    page = review("Duplicates", source=twins, k=2)
    with page.expect_download() as download:
        page.get_by_role("button", name="Duplicates (CSV)").click()
    download.value.save_as(tmp_path / "list.csv")
    lines = (tmp_path / "list.csv").read_text().splitlines()
    assert lines[0] == "group,path,id,copies,nearest,distance"
    assert [line.split(",")[1] for line in lines[1:]] == [
        "03 big.png", "03.png", "copy <b> of 3.png", "07 big.png", "07.png",
    ]  # fmt: skip
