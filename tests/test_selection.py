"""The desk of a session: what it keeps, what its link says, and what a link can bring back."""

from types import SimpleNamespace

import pytest

from core.cache import Cache
from core.images import ImageRecord, ImageSet
from dashboard import arrivals, selection
from dashboard.arrivals import arrive
from dashboard.selection import Desk, forget_selection, leave

# Their first sixteen digits differ; the first eight of B and C do not.
A, B, C = "a" * 64, "b" * 64, "b" * 8 + "c" * 56


def images_of(*ids):
    return ImageSet("folder", tuple(ImageRecord(f"{one[:9]}.jpg", None, one) for one in ids))


IMAGES = images_of(A, B, C)
OTHERS = images_of(C, A)


class Session(dict):
    """What a script finds in st.session_state: a dictionary that has attributes, too."""

    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


@pytest.fixture
def browser(monkeypatch):
    """A tab: `link` is what stands in its address; `reload` makes a fresh session of it."""

    class Tab:
        def __init__(self):
            self.link, self.by_history = {}, False
            monkeypatch.setattr(selection, "came_by_history", lambda: self.by_history)

        def open(self, link):
            self.link = dict(link)
            self.state = Session()
            fake = SimpleNamespace(session_state=self.state, query_params=self.link)
            for module in (selection, arrivals):
                monkeypatch.setattr(module, "st", fake)

        def show(self, page, link=None):
            """By a click on its name; with a link by the browser's back or forward."""
            self.by_history = link is not None
            self.link.clear()  # by Streamlit, since no widget is bound to any of this
            self.link.update(link or {})
            if arrive(page):
                leave()

        def reload(self):
            self.open(self.link)

    tab = Tab()
    tab.open({})
    return tab


@pytest.fixture
def desk(browser, cache):
    return Desk(IMAGES, cache)


def rows(desk):
    return desk.now.rows.tolist()


def test_at_first_nothing_is_selected_and_the_link_says_nothing(desk, browser):
    assert (rows(desk), desk.now.opened, desk.now.edges, desk.now.zoom) == ([], None, False, None)
    assert browser.link == {}


def test_rows_are_kept_ascending_and_each_once(desk):
    desk.select([2, 0, 2])
    assert rows(desk) == [0, 2]


def test_only_a_selection_made_elsewhere_tells_the_map_to_follow(desk):
    before = desk.now.revision
    desk.select([0], drawn=True)
    assert desk.now.revision == before
    desk.select([1])
    assert desk.now.revision == before + 1


def test_the_next_run_finds_everything(desk, cache):
    desk.select([1, 2])
    desk.open(0)
    desk.draw_edges(drawn=True)
    desk.zoom((0.0, 1.0, -2.5, 3.0))
    revision = desk.now.revision
    again = Desk(IMAGES, cache)  # a change of k, say: the set of images is the same
    assert (rows(again), again.now.opened, again.now.edges) == ([1, 2], 0, True)
    assert again.now.zoom == (0, 1, -2.5, 3)
    assert again.now.revision == revision


def test_a_fresh_session_reads_the_link(desk, browser, cache):
    desk.select([0, 2])
    desk.open(2)
    desk.zoom((0.123456789, 1.0, -2.5, 3e-7))
    assert set(browser.link) == {"selection", "image", "zoom"}
    assert browser.link["image"] == C[:16]
    browser.reload()
    fresh = Desk(IMAGES, cache)
    assert (rows(fresh), fresh.now.opened) == ([0, 2], 2)
    assert fresh.now.zoom == pytest.approx((0.123456789, 1, -2.5, 3e-7), rel=1e-5)


def test_the_cache_file_is_what_a_selection_comes_back_from(desk, browser, cache, tmp_path):
    desk.select([0, 2])
    cache.close()
    browser.reload()
    with Cache(cache.path) as later:
        assert rows(Desk(IMAGES, later)) == [0, 2]
    browser.reload()
    with Cache(tmp_path / "another.sqlite") as empty:
        assert rows(Desk(IMAGES, empty)) == []


def test_what_is_as_usual_leaves_the_link(desk, browser):
    desk.select([1])
    desk.open(1)
    desk.zoom((0.0, 1.0, 0.0, 1.0))
    desk.select([])
    desk.open(None)
    desk.zoom(None)
    assert browser.link == {}
    assert (rows(desk), desk.now.opened, desk.now.zoom) == ([], None, None)


def test_the_rest_of_the_link_is_left_alone(browser, cache):
    browser.open({"k": "7"})
    desk = Desk(IMAGES, cache)
    desk.select([1])
    desk.select([])
    assert browser.link == {"k": "7"}


def test_with_other_images_all_is_forgotten(desk, browser, cache):
    desk.select([1])
    desk.open(1)
    desk.draw_edges(drawn=True)
    desk.zoom((0.0, 1.0, 0.0, 1.0))
    revision = desk.now.revision
    other = Desk(OTHERS, cache)
    assert (rows(other), other.now.opened, other.now.edges, other.now.zoom) == (
        [], None, False, None
    )  # fmt: skip
    assert other.now.revision > revision
    assert browser.link == {}


def test_the_link_of_other_images_selects_nothing(desk, browser, cache):
    desk.select([0, 1])
    browser.reload()
    assert rows(Desk(OTHERS, cache)) == []


def test_an_image_is_found_by_its_digits_in_another_set(browser, cache):
    browser.open({"image": C[:16]})
    assert Desk(IMAGES, cache).now.opened == 2
    browser.open({"image": C[:16]})
    assert Desk(OTHERS, cache).now.opened == 0


@pytest.mark.parametrize(
    "link",
    [
        {"selection": "0123456789abcdef", "image": "0123456789abcdef", "zoom": "a,b"},
        {"selection": "", "image": "", "zoom": ""},
        {"selection": "../../x", "image": "<b>", "zoom": "1,nan,2,3"},
        {"selection": "%00", "image": A + A, "zoom": "1,,2"},
        {"image": "b", "zoom": "1e999,0,0,0"},  # digits too few to mean one image
    ],
)
def test_rubbish_in_the_link_is_ignored(browser, cache, link):
    browser.open(link)
    desk = Desk(IMAGES, cache)
    assert (rows(desk), desk.now.opened, desk.now.zoom) == ([], None, None)


def test_before_another_source_is_opened_all_is_forgotten(desk, browser, cache):
    desk.select([1], drawn=True)
    desk.open(1)
    revision = desk.now.revision
    forget_selection()
    assert browser.link == {}
    # It may be the same source once more: the map then still shows what was drawn on it.
    again = Desk(IMAGES, cache)
    assert (rows(again), again.now.opened) == ([], None)
    assert again.now.revision > revision


def test_equal_selections_have_equal_links(desk, browser, cache):
    desk.select([0, 2])
    first = browser.link["selection"]
    desk.select([1])
    assert browser.link["selection"] != first
    desk.select([2, 0], drawn=True)
    assert browser.link["selection"] == first


def test_back_and_forth_show_what_the_link_says(desk, browser):
    desk.select([0, 2])
    before = dict(browser.link)
    desk.select([1])
    desk.open(1)
    desk.zoom((0.0, 1.0, 0.0, 1.0))
    after, revision = dict(browser.link), desk.now.revision

    def go(link):
        browser.link.clear()
        browser.link.update(link)
        desk.follow_link()

    go(before)
    assert (rows(desk), desk.now.opened, desk.now.zoom) == ([0, 2], None, None)
    assert desk.now.revision > revision  # the map has to follow
    go(after)
    assert (rows(desk), desk.now.opened, desk.now.zoom) == ([1], 1, (0, 1, 0, 1))


def test_a_run_without_any_change_of_the_link_changes_nothing(desk, browser):
    desk.select([0, 2], drawn=True)
    desk.draw_edges(drawn=True)
    kept = desk.now
    browser.link["k"] = "7"
    desk.follow_link()
    assert desk.now is kept


def test_after_another_page_the_link_is_written_anew(desk, browser, cache):
    desk.select([0, 2])
    desk.open(2)
    desk.zoom((0.0, 1.0, 0.0, 1.0))
    written = dict(browser.link)
    leave()
    browser.link.clear()  # by Streamlit, since no widget is bound to them
    again = Desk(IMAGES, cache)
    again.follow_link()
    assert browser.link == written
    assert (rows(again), again.now.opened) == ([0, 2], 2)
    kept = again.now
    again.follow_link()
    assert again.now is kept


def test_leaving_a_page_on_which_nothing_was_open_is_no_error(browser):
    leave()
    assert browser.state == {}


@pytest.fixture
def explored(desk, browser):
    """Explore with an image open and others selected."""
    browser.show("")
    desk.follow_link()
    desk.select([0, 2])
    desk.open(2)
    return desk


def test_the_open_image_goes_along_to_another_page_and_into_its_link(explored, browser, cache):
    written = dict(browser.link)
    browser.show("inside")
    there = Desk(IMAGES, cache)
    there.follow_link()
    assert (rows(there), there.now.opened) == ([0, 2], 2)
    assert browser.link == written
    there.open(1)
    browser.show("")
    explored.follow_link()
    assert (explored.now.opened, browser.link["image"]) == (1, B[:16])


def test_back_to_another_page_shows_what_its_link_says(explored, browser):
    before = dict(browser.link)
    browser.show("inside")
    explored.follow_link()
    explored.open(1)
    browser.show("", before)
    explored.follow_link()
    assert (rows(explored), explored.now.opened) == ([0, 2], 2)
    assert browser.link == before
    browser.show("review", {})  # nothing was open there
    explored.follow_link()
    assert (rows(explored), explored.now.opened, browser.link) == ([], None, {})


def test_back_to_where_one_arrived_closes_nothing(explored, browser):
    written = dict(browser.link)
    browser.show("inside")
    explored.follow_link()
    explored.open(1)
    browser.show("inside", {})  # the address before it was written anew
    explored.follow_link()
    assert (rows(explored), explored.now.opened) == ([0, 2], 2)
    assert browser.link == {}  # as it was: writing it would be a step forth
    kept = explored.now
    explored.follow_link()
    assert explored.now is kept
    browser.by_history = False  # what was written got lost on its way to the browser
    explored.open(1)
    browser.link.clear()
    explored.follow_link()
    assert (explored.now.opened, browser.link) == (2, written)


def test_back_is_followed_though_its_first_run_ends_early(explored, browser):
    before = dict(browser.link)
    browser.show("inside")
    explored.follow_link()
    explored.open(1)
    browser.show("", before)
    browser.by_history = False  # the run that asks again for a study that is no longer in memory
    explored.follow_link()
    assert (explored.now.opened, browser.link) == (2, before)


def test_what_was_closed_since_one_arrived_stays_closed(explored, browser):
    browser.show("review")
    explored.follow_link()
    explored.select([])
    explored.open(None)
    explored.open(1)
    browser.show("review", {})
    explored.follow_link()
    assert (rows(explored), explored.now.opened, browser.link) == ([], None, {})


def test_what_was_open_at_an_arrival_is_not_opened_with_other_images(explored, browser, cache):
    browser.show("inside")
    explored.follow_link()
    others = Desk(OTHERS, cache)
    others.open(0)
    browser.show("inside", {})
    others.follow_link()
    assert (rows(others), others.now.opened) == ([], None)


def test_many_changes_of_the_link_are_one_step_of_the_browser(explored, browser, monkeypatch):
    class Counted(dict):
        writes = 0

        def update(self, *given):
            self.writes += 1
            super().update(*given)

        def __setitem__(self, name, value):
            self.writes += 1
            super().__setitem__(name, value)

    link = Counted()
    monkeypatch.setattr(selection.st, "query_params", link)
    leave()
    browser.by_history = False
    explored.follow_link()
    assert (set(link), link.writes) == ({"selection", "image"}, 1)
