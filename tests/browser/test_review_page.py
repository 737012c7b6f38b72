"""The review queue over the digits: decided by keys, kept in the journal, seen by others."""

import re
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from browser import serve
from map_driver import draw_lasso, row_places, wait_for_map
from playwright.sync_api import expect

from core.cache import Cache
from core.clusters.clustering import KMeansParams
from core.journal.decisions import Handmade, Kind
from core.recipe import StudyParams
from core.review.reviewing import Review
from core.study import open_study

TEN = KMeansParams(10)
LINK = "/?source=digits&weights=embedded&k=10"
PATIENCE_MS = 60_000
DEAF_MS = 600
"""After Python has put another card before a hand, keys that were on their way mean nothing."""
_IS_WHOLE = """text => {
    const {left, right} = text.getBoundingClientRect();
    for (let around = text; around; around = around.parentElement) {
        const {overflowX} = getComputedStyle(around);
        const box = around.getBoundingClientRect();
        if (overflowX !== "visible" && (box.left > left + 1 || box.right < right - 1)) return false;
        if (around.scrollWidth > around.clientWidth + 1 && overflowX === "hidden") return false;
    }
    return true;
}"""
"""Whether nothing around a text cuts it off."""


@pytest.fixture(scope="module")
def study(digits, tmp_path_factory):
    """The digits over a cache of their own, beside which their journal lies."""
    path = tmp_path_factory.mktemp("review") / "cache.sqlite"
    with closing(sqlite3.connect(digits.cache.path)) as old, closing(sqlite3.connect(path)) as new:
        old.backup(new)
    with Cache(path) as cache:
        yield open_study(StudyParams("digits", weights="embedded"), cache)


@pytest.fixture(scope="module")
def server(study):
    with serve(study.cache.path) as address:
        yield address


@pytest.fixture(scope="module")
def order(study):
    """The rows of the images, the worst fit first."""
    return Review(study, TEN).misfit.worst_first()


@pytest.fixture
def reload_page(chromium, server):
    """Opens an address in a browser of its own.

    Streamlit looks for its server beneath the address of a page first, which is logged as an error:
    so this is no tab of `new_tab`.
    """
    context = chromium.new_context(viewport={"width": 1500, "height": 1000}, base_url=server)
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE_MS)

    def opened(address):
        tab.goto(address)
        wait_for_map(tab)
        return tab

    yield opened
    context.close()


@pytest.fixture
def review(new_tab):
    """Opens the queue in a tab, as a user comes to it: from Explore."""

    def opened():
        tab = new_tab()
        tab.goto(LINK)
        wait_for_map(tab)
        tab.get_by_role("link", name="Review").click()
        tab.locator(".deck .foot").wait_for()
        return tab

    return opened


@pytest.fixture(autouse=True)
def fresh(study):
    """What a test leaves behind is undone: the queue begins with nothing decided."""
    yield
    for author, actions in study.journal.state.undoable.items():
        for _ in actions:
            study.journal.undo(author=author)


def path_of(study, row):
    return study.images.by_id[study.images.ids[row]][0].path


def wait_for_card(tab, study, row):
    expect(tab.locator(".deck")).to_contain_text(path_of(study, row), timeout=PATIENCE_MS)


def wait_until_kept(tab):
    """Until Python has acknowledged all that was decided."""
    expect(tab.locator(".deck .saving")).to_be_hidden(timeout=PATIENCE_MS)


def wait_for_progress(tab, words):
    expect(tab.locator(".deck .progress-words")).to_contain_text(words, timeout=PATIENCE_MS)


def press(tab, key):
    tab.keyboard.press(key)


def test_in_a_narrow_window_nothing_to_choose_from_is_cut(review):
    page = review()
    page.set_viewport_size({"width": 1024, "height": 900})
    for words in ("Decisions", "Grid", "Filters", "Next not reviewed"):
        text = page.locator(".stMain").get_by_text(words, exact=True).first
        assert text.evaluate(_IS_WHOLE), words


def test_ten_decisions_by_keys_are_in_the_journal(review, reload_page, study, order):
    tab, before = review(), len(study.journal.rows)
    clusters, rivals = study.clusters(TEN), study.fit(TEN).rivals
    wait_for_card(tab, study, order[0])
    elsewhere = 2 if clusters[order[4]] != 2 else 3
    for place, keys in enumerate(["m", "k", "x", "n", str(elsewhere), "tk", "k", "k", "x"]):
        wait_for_card(tab, study, order[place])
        for key in keys:
            press(tab, key)
            if key == "t":
                tab.get_by_role("combobox", name="Tag").fill("odd  one")
                press(tab, "Enter")
                tab.locator(".deck").get_by_text("odd one", exact=True).wait_for()
    wait_for_card(tab, study, order[9])
    wait_until_kept(tab)
    rows = study.journal.rows[before:]
    expected = [
        (Kind.MOVE, 0, int(rivals[order[0]])),
        (Kind.KEEP, 1, int(clusters[order[1]])),
        (Kind.EXCLUDE, 2, None),
        (Kind.MOVE, 3, "new"),
        (Kind.MOVE, 4, elsewhere),
        (Kind.TAG, 5, None),
        (Kind.KEEP, 5, int(clusters[order[5]])),
        (Kind.KEEP, 6, int(clusters[order[6]])),
        (Kind.KEEP, 7, int(clusters[order[7]])),
        (Kind.EXCLUDE, 8, None),
    ]
    ids = study.images.ids
    assert [(row.decision.kind, row.decision.image, target_of(row)) for row in rows] == [
        (kind, ids[order[place]], target) for kind, place, target in expected
    ]
    assert rows[5].decision.text == "odd one"
    assert len({row.action for row in rows}) == 10
    wait_for_progress(tab, "9 of 1,797")

    again = reload_page(tab.url)
    wait_for_card(again, study, order[9])
    wait_for_progress(again, "9 of 1,797")
    for left in range(9, -1, -1):
        again.wait_for_timeout(DEAF_MS)
        press(again, "z")
        wait_until_kept(again)
        assert len(study.journal.state.undoable.get(rows[0].author, ())) == left
    wait_for_progress(again, "0 of 1,797")
    wait_for_card(again, study, order[0])
    state = study.journal.state
    assert (state.placements, state.exclusions, state.tags) == ({}, {}, {})


def target_of(row):
    target = row.decision.target
    if target is None:
        return None
    return "new" if isinstance(target, Handmade) else target.number


def test_a_hand_that_is_faster_than_python_loses_nothing(review, study, order):
    tab, before = review(), len(study.journal.rows)
    wait_for_card(tab, study, order[0])
    for _ in range(20):
        press(tab, "k")
    wait_until_kept(tab)
    wait_for_card(tab, study, order[20])
    kept = [row.decision.image for row in study.journal.rows[before:]]
    assert kept == [study.images.ids[row] for row in order[:20]]


def test_others_see_what_was_decided_and_cannot_overwrite_it_unseen(review, study, order):
    one, other = review(), review()
    for tab in (one, other):
        wait_for_card(tab, study, order[0])
    press(one, "k")
    wait_until_kept(one)
    press(other, "x")
    expect(other.locator(".deck .warning")).to_contain_text("confirmed in", timeout=PATIENCE_MS)
    wait_until_kept(other)
    wait_for_card(other, study, order[0])
    assert study.journal.state.exclusions == {}
    wait_for_progress(other, "1 of 1,797")  # what the other one decided
    other.wait_for_timeout(DEAF_MS)
    press(other, "x")
    wait_until_kept(other)
    assert set(study.journal.state.exclusions) == {study.images.ids[order[0]]}


def test_marked_images_are_decided_in_one_go(review, study, order):
    tab, before = review(), len(study.journal.rows)
    tab.get_by_role("radio", name="Grid").click()
    for row in order[:3].tolist():
        tab.locator(f'.card[data-row="{row}"]').click(modifiers=["Control"])
    tab.get_by_role("button", name="Exclude", exact=True).click()
    tab.get_by_text("3 of 1,797 reviewed").wait_for()
    rows = study.journal.rows[before:]
    assert {row.decision.image for row in rows} == {study.images.ids[row] for row in order[:3]}
    assert len({row.action for row in rows}) == 1
    tab.get_by_role("button", name="Undo", exact=True).click()
    tab.get_by_text("0 of 1,797 reviewed").wait_for()
    assert study.journal.state.exclusions == {}


def test_a_selection_on_the_map_is_decided_in_one_go(review, study):
    tab, before = review(), len(study.journal.rows)
    wait_for_map(tab)
    places = np.array(row_places(tab))
    left, top = places.min(axis=0) - 5
    right, bottom = np.median(places, axis=0)
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    draw_lasso(tab, [(round(x), round(y)) for x, y in corners])
    popover = tab.get_by_role("button", name=re.compile(r"Decide for the [\d,]+ selected"))
    count = int(re.sub(r"\D", "", popover.inner_text()))
    assert count > 100
    popover.click()
    tab.get_by_role("button", name="Keep where they are").click()
    wait_for_progress(tab, f"{count:,} of 1,797")
    rows = study.journal.rows[before:]
    assert len(rows) == count
    assert len({row.action for row in rows}) == 1


def test_only_images_of_a_label_are_in_the_queue(review, study, order):
    tab = review()
    tab.get_by_role("button", name="Filters").click()
    tab.get_by_role("combobox", name=re.compile("Label")).fill("5")
    press(tab, "Enter")
    fives = [row for row in order.tolist() if study.labels[row] == "5"]
    wait_for_progress(tab, f"0 of {len(fives)}")
    wait_for_card(tab, study, fives[0])
    assert "queue_label=5" in tab.url


def test_the_card_is_ringed_on_the_map(review, study, order):
    tab = review()
    for place in (0, 1):
        wait_for_card(tab, study, order[place])
        ring = f'.groupsight-map-ring.opened[data-row="{order[place]}"]'
        tab.locator(ring).first.wait_for()
        press(tab, "j")
