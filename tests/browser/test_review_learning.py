"""Fit again and the list of decisions over the digits, as a person goes through them."""

import re

import numpy as np
import pytest
from browser import serve
from map_driver import selected_rows, wait_for_count, wait_for_map

from core.clusters.clustering import KMeansParams
from core.export.export import as_csv
from core.journal.deciding import Deciding
from core.journal.decisions import Decision, Kind
from core.journal.journal import Journal
from core.journal.journal_csv import find_paths, tabulate_journal

TEN = KMeansParams(10)
LINK = "/?source=digits&weights=embedded&k=10"
FIT = "Fit again with what was learned"
N_MOVED = 40


@pytest.fixture(scope="module")
def server(digits):
    with serve(digits.cache.path) as address:
        yield address


@pytest.fixture(scope="module")
def ada(digits):
    """She puts forty digits into the cluster that most of their label are in."""
    mine = Deciding(digits, author="ada")
    clusters = digits.clusters(TEN)
    labels = np.array([digits.images.by_id[one][0].label for one in digits.images.ids])
    common = [_most_common(labels[clusters == one]) for one in range(10)]
    wrong = [row for row, label in enumerate(labels) if common[clusters[row]] != label]
    for row in [one for one in wrong if labels[one] in common][:N_MOVED]:
        mine.move(TEN, [row], to=common.index(labels[row]), seen=mine.state.seq)
    return mine


def _most_common(labels):
    names, counts = np.unique(labels, return_counts=True)
    return names[counts.argmax()]


@pytest.fixture
def review(page, ada):
    """Opens a part of the page under ada's name."""

    def opened(part):
        page.goto(LINK)
        wait_for_map(page)
        page.get_by_role("link", name="Review").click()
        name = page.get_by_label("Your name", exact=True)
        name.fill("ada")
        name.press("Enter")
        page.get_by_role("radio", name=part).click()
        page.locator(".deck").wait_for(state="hidden")  # its buttons have the names of others
        return page

    return opened


def find_followers(ada):
    """The rows that a fit by core moves besides those that were decided."""
    decided = [one.image for one in ada.corrected(TEN).applied]
    moved = np.flatnonzero(ada.corrected(TEN).labels != ada.refit(TEN).refit.labels)
    return np.setdiff1d(moved, decided)


def test_what_followed_is_shown_kept_and_undone(review, ada):
    followed, n_rows = find_followers(ada), len(ada.study.journal.rows)
    page = review("Fit again")
    page.get_by_role("button", name=FIT).click()
    words = f"Learned from {N_MOVED} images moved by hand and 0 kept: {len(followed)} more"
    page.get_by_text(words).wait_for()
    page.locator('.groupsight-map[data-state="drawn"]').nth(1).wait_for()
    page.get_by_role("radio", name=f"All {len(followed)} that followed").click()
    wait_for_count(page, len(followed))
    for nth in (0, 1):
        page.wait_for_function(
            "([nth, count]) => document.querySelectorAll('.groupsight-map .js-plotly-plot')[nth]"
            "?.data.flatMap(one => one.selectedpoints ?? []).length === count",
            arg=[nth, len(followed)],
        )
        assert selected_rows(page, nth) == set(followed.tolist())
    after = ada.refit(TEN).refit.labels
    page.get_by_role("button", name="Keep this result").click()
    page.get_by_role("button", name=f"Move {len(followed)} images").click()
    kept = page.get_by_text(f"{len(followed)} images were moved as the new fit has them")
    kept.wait_for()
    assert len(ada.study.journal.rows) == n_rows + len(followed)
    assert np.array_equal(ada.corrected(TEN).labels, after)
    page.get_by_role("button", name="Undo").click()
    kept.wait_for(state="hidden")  # the words of the fit may stand below it all the while
    page.get_by_text(words).wait_for()
    assert np.array_equal(find_followers(ada), followed)


def test_who_comes_back_finds_the_fit_again(review, ada):
    page = review("Fit again")
    page.get_by_text(re.compile("^Learned from|^Fit again with")).first.wait_for()
    if page.get_by_role("button", name=FIT).count():  # where this test runs alone
        page.get_by_role("button", name=FIT).click()
    page.get_by_text("Learned from").wait_for()
    review("Fit again")  # in a new session
    page.get_by_text("Learned from").wait_for()
    assert page.get_by_role("button", name=FIT).count() == 0
    assert f"{len(find_followers(ada))} more" in page.get_by_text("Learned from").inner_text()


def click_line(page, at):
    """Click on a line of the list, where it says what was decided."""
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    page.mouse.click(box["x"] + 150, box["y"] + 36 + 44 * (at + 0.5))


def test_a_click_on_a_decision_opens_its_image(page, review, ada):
    row = int(np.flatnonzero(ada.corrected(TEN).labels == 4)[0])
    image = ada.study.images.ids[row]
    ada.tag([row], "curly", seen=ada.state.seq)
    fetched = []
    page.on("response", lambda one: fetched.append(one.url) if one.ok else None)
    review("Decisions")
    page.get_by_role("button", name="Redo").wait_for()
    for _ in range(600):  # until the list has its picture
        if any(url.endswith(f"/thumbnail/{image}") for url in fetched):
            break
        page.wait_for_timeout(100)
    assert any(url.endswith(f"/thumbnail/{image}") for url in fetched)
    click_line(page, 0)
    page.locator(f'.stage img[src$="/image/{image}"]').wait_for()
    page.get_by_text("tagged 'curly' by ada").wait_for()
    page.get_by_role("button", name="Undo everything back to here").click()
    page.get_by_text("No image has a tag").wait_for()
    assert ada.state.tags == {}


def test_decisions_are_undone_and_done_again(review, ada):
    page, n_rows = review("Decisions"), len(ada.study.journal.rows)
    before = ada.corrected(TEN).labels
    page.get_by_role("button", name="Undo the last of mine").click()
    page.get_by_text(f"of {n_rows + 1}, the newest first").wait_for()
    assert np.count_nonzero(ada.corrected(TEN).labels != before) == 1
    page.get_by_role("button", name="Redo").click()
    page.get_by_text(f"of {n_rows + 2}, the newest first").wait_for()
    assert np.array_equal(ada.corrected(TEN).labels, before)


def test_the_journal_is_taken_away_as_core_writes_it(review, ada, tmp_path):
    page = review("Decisions")
    with page.expect_download() as download:
        page.get_by_role("button", name="Decisions (CSV)").click()
    target = tmp_path / "decisions.csv"
    download.value.save_as(target)
    study = ada.study
    table = tabulate_journal(study.journal.rows, find_paths(study.images))
    assert target.read_bytes() == as_csv(table)


def test_another_journal_is_taken_over(review, ada, tmp_path):
    study, n_rows = ada.study, len(ada.study.journal.rows)
    bob = Journal(tmp_path / "bob.sqlite", "digits", study.images.ids)
    page = review("Decisions")
    for row in (0, 1):
        image = study.images.ids[row]
        bob.append([Decision(Kind.TAG, image, text="smudged")], author="bob")
    data = as_csv(tabulate_journal(bob.rows, find_paths(study.images)))
    page.locator('input[type="file"]').set_input_files(
        {"name": "bob.csv", "mimeType": "text/csv", "buffer": data}
    )
    page.get_by_text("2 rows by bob: 2 are new here").wait_for()
    page.get_by_role("button", name="Take over 2 decisions").click()
    page.get_by_text("2 rows added, 0 known, 0 refused").wait_for()
    assert len(study.journal.rows) == n_rows + 2
    page.get_by_role("radio", name="smudged · 2").click()
    wait_for_count(page, 2)
